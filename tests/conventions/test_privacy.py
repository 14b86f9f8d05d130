"""It cannot leak what it never had: no column, log call or lock file for what must not be kept."""

import re
from pathlib import Path

import app.main  # noqa: F401 (registers every table)
from app.db import Base

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN_WORDS = {
    "ip", "addr", "address", "agent", "email", "mail", "phone", "referer", "referrer", "device",
    "circuit", "country", "firstname", "lastname", "legal", "user",
}  # fmt: skip


def test_no_column_can_hold_who_or_where_somebody_is() -> None:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            assert not set(column.name.split("_")) & FORBIDDEN_WORDS, f"{table.name}.{column.name}"


def test_every_time_column_is_coarse() -> None:
    for table in Base.metadata.tables.values():
        for column in table.columns:
            kind = type(column.type).__name__
            assert "DateTime" not in kind, f"{table.name}.{column.name}"
            if column.name.endswith(("_at", "_by", "_until")):
                assert kind == "CoarseInstant", f"{table.name}.{column.name}"


def test_no_file_names_a_registry() -> None:
    for path in [*ROOT.glob("requirements/*.txt"), *ROOT.rglob("package-lock.json")]:
        if "node_modules" in path.parts:
            continue
        text = path.read_text(encoding="utf-8")
        assert not re.search(r'"resolved"|--(?:extra-)?index-url|registry\.npmjs', text), path


def test_no_code_reads_an_address() -> None:
    for path in (ROOT / "app").rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        assert not re.search(
            r"request\.client|request\.url\b|x-forwarded|user-agent\"\]", source, re.IGNORECASE
        ), path
