"""Budgets of size: what is longer is split by decision, not by line count (STYLE.md §8.9)."""

import ast
from functools import cache
from pathlib import Path
from statistics import median, quantiles

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
FILES = sorted(APP.rglob("*.py"))
MOST_FILE_LINES = 400
MOST_FUNCTION_LINES = 60
# Of the whole house: what one file or function may take, not all may.
MEDIAN_FILE_LINES = 120
MOST_LINES_OF_19_FILES_IN_20 = 343
MOST_LINES_OF_19_FUNCTIONS_IN_20 = 33


@cache
def lines_of(path: Path) -> tuple[int, list[tuple[str, int]]]:
    """Return how many lines a file has, and each of its functions."""
    source = path.read_text(encoding="utf-8")
    functions = [
        (node.name, node.end_lineno - node.lineno + 1)
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno
    ]
    return source.count("\n"), functions


def most_of_19_in_20(lengths: list[int]) -> float:
    return quantiles(lengths, n=20, method="inclusive")[-1]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(APP)))
def test_file_and_functions_keep_their_budget(path: Path) -> None:
    lines, functions = lines_of(path)

    assert lines <= MOST_FILE_LINES
    assert [name for name, length in functions if length > MOST_FUNCTION_LINES] == []


def test_house_keeps_its_budget() -> None:
    files = [lines for lines, _ in map(lines_of, FILES) if lines]
    functions = [length for _, found in map(lines_of, FILES) for _, length in found]

    assert median(files) <= MEDIAN_FILE_LINES
    assert most_of_19_in_20(files) <= MOST_LINES_OF_19_FILES_IN_20
    assert most_of_19_in_20(functions) <= MOST_LINES_OF_19_FUNCTIONS_IN_20
