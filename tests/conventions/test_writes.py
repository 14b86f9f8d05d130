"""Only a unit of work commits, and pages that are read do not write (ADR-0003)."""

import ast
import re
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
ROUTES = sorted(p for p in APP.rglob("*.py") if "routes" in p.name or p.parent.name == "routes")
# Leaving ends the session without a question or a form: a link must do (UX.md §2).
WRITING_GETS = {"leave"}


def test_nobody_else_commits() -> None:
    committing = [
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        if ".commit()" in path.read_text(encoding="utf-8")
    ]

    assert committing == ["db/engine.py"]


@pytest.mark.parametrize("path", ROUTES, ids=lambda p: str(p.relative_to(APP)))
def test_get_handlers_only_read(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.FunctionDef) or node.name in WRITING_GETS:
            continue
        methods = {
            d.func.attr
            for d in node.decorator_list
            if isinstance(d, ast.Call) and isinstance(d.func, ast.Attribute)
        }
        if "get" in methods:
            assert ".write()" not in ast.unparse(node), f"{node.name} is a GET and writes"


def test_no_model_reads_what_visitors_send() -> None:
    """Pydantic's own takes "5" for 5 and passes by what it does not know: we read strictly instead."""
    models = [
        str(path.relative_to(APP))
        for path in APP.rglob("*.py")
        if re.search(r"\bBaseModel\b|\bTypeAdapter\b|= Body\(", path.read_text(encoding="utf-8"))
    ]

    assert models == []
