"""The table of what must hold for safety: no bar is forgotten, and no test of it is imagined."""

import ast
import re
from functools import cache
from pathlib import Path
from typing import Final

import pytest

TESTS = Path(__file__).resolve().parents[1]
TABLE = TESTS / "SECURITY_BARS.md"
# How many bars each part of the list has.
SIZES: Final = dict(zip("ABCDEFGHIJKL", (10, 6, 15, 14, 19, 13, 12, 11, 12, 7, 7, 11), strict=True))
_row = re.compile(r"^\| ([A-L]\d+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
_test = re.compile(r"`([\w/]+\.py)::(\w+)`")
_without = re.compile(r"not yet: part [6-9]\b|not ours: \w|open: \w")

ROWS = _row.findall(TABLE.read_text(encoding="utf-8"))


@cache
def names_in(file: Path) -> set[str]:
    """Return the tests of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    return {name for name in found if name.startswith("test_")}


def test_every_bar_stands_in_the_table_once() -> None:
    wanted = [f"{part}{number + 1}" for part, size in SIZES.items() for number in range(size)]

    assert len(wanted) == 137
    assert [bar for bar, _, _ in ROWS] == wanted


@pytest.mark.parametrize(("bar", "what", "state"), ROWS, ids=[bar for bar, _, _ in ROWS])
def test_bar_is_held_by_tests_that_are_there_or_says_why_not(
    bar: str, what: str, state: str
) -> None:
    assert _test.match(state) or _without.match(state)
    for file, name in _test.findall(state):
        assert name in names_in(TESTS / file)
    assert state.count("::") == len(_test.findall(state))
    assert all(part in "6789" for part in re.findall(r"not yet: part (\d+)", state))
