"""Where the type checker is told to look away, the reason stands beside it or in the line above."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
IGNORE = "# type: " + "ignore["
_with_reason = re.compile(re.escape(IGNORE) + r"[a-z, -]+\]  # \S")


def lacking(source: str) -> list[str]:
    """Return the lines that look away without a reason."""
    found, above = [], ""
    for line in source.splitlines():
        if IGNORE not in line:
            above = line.strip()
        elif not _with_reason.search(line) and not above.startswith("# "):
            found.append(line.strip())
    return found


@pytest.mark.parametrize("part", ["app", "benchmarks", "migrations", "tests"])
def test_type_checker_looks_away_for_a_reason_only(part: str) -> None:
    files = sorted((ROOT / part).rglob("*.py"))

    assert files
    assert [line for path in files for line in lacking(path.read_text(encoding="utf-8"))] == []


def test_missing_reason_is_seen() -> None:
    assert lacking(f"x = 1\ny = f(x)  {IGNORE}arg-type]\n")
    assert not lacking(f"# The library has no types.\ny = f(x)  {IGNORE}arg-type]\n")
    assert not lacking(f"y = f(x)  {IGNORE}arg-type]  # has no types\n")
