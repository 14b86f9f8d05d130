"""Budgets of size: what is longer is split by decision, not by line count (STYLE.md §8.9)."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
FILES = sorted(APP.rglob("*.py"))
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(APP)))
def test_file_and_functions_keep_their_budget(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    long = [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_FUNCTION_LINES
    ]

    assert source.count("\n") <= MOST_FILE_LINES
    assert long == []
