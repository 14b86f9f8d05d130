"""Budgets of size: what is longer is split by decision, not by line count (STYLE.md §8.9)."""

import ast
from functools import cache
from pathlib import Path
from statistics import median, quantiles

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


def test_every_file_and_function_keeps_its_budget() -> None:
    long = {
        str(path.relative_to(APP)): lines
        for path in FILES
        if (lines := lines_of(path)[0]) > MOST_FILE_LINES
    }
    functions = [
        f"{path.relative_to(APP)}: {name}, {length}"
        for path in FILES
        for name, length in lines_of(path)[1]
        if length > MOST_FUNCTION_LINES
    ]

    assert (long, functions) == ({}, [])


def test_house_keeps_its_budget() -> None:
    files = [lines for lines, _ in map(lines_of, FILES) if lines]
    functions = [length for _, found in map(lines_of, FILES) for _, length in found]

    assert median(files) <= MEDIAN_FILE_LINES
    assert most_of_19_in_20(files) <= MOST_LINES_OF_19_FILES_IN_20
    assert most_of_19_in_20(functions) <= MOST_LINES_OF_19_FUNCTIONS_IN_20
