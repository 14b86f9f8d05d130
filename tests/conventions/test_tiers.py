"""Three tiers, each test in exactly one: fast, gate, nightly (tests/README.md)."""

import re
import socket
from itertools import chain, combinations
from pathlib import Path

import pytest
from _pytest.mark.expression import Expression
from tests.tiers import SLOWER

ROOT = Path(__file__).resolve().parents[2]
COMBINATIONS = list(chain.from_iterable(combinations(SLOWER, n) for n in range(len(SLOWER) + 1)))


def selected(target: str, marks: tuple[str, ...]) -> bool:
    """Return whether a target of the Makefile runs a test with these marks."""
    recipe = (
        (ROOT / "Makefile").read_text(encoding="utf-8").split(f"\n{target}:")[1].split("\n\n")[0]
    )
    expression = re.search(r'-m "([^"]+)" \$\(T\)', recipe)

    def has_mark(name: str, /, **_: object) -> bool:
        return name in marks

    return expression is None or Expression.compile(expression[1]).evaluate(has_mark)


@pytest.mark.parametrize("marks", COMBINATIONS, ids=lambda marks: "+".join(marks) or "unmarked")
def test_marks_put_a_test_into_one_tier(marks: tuple[str, ...]) -> None:
    assert selected("test-fast", marks) == (not marks)
    assert selected("test", marks) == ("nightly" not in marks)
    assert selected("nightly", marks)


def test_every_mark_of_ours_says_a_tier(pytestconfig: pytest.Config) -> None:
    lines: list[str] = pytestconfig.getini("markers")
    ours = (ROOT / "pyproject.toml").read_text(encoding="utf-8")

    declared = [name for name in (line.split(":")[0] for line in lines) if f'"{name}: ' in ours]

    assert sorted(declared) == sorted(SLOWER)


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_fast_test_opens_no_socket(family: int) -> None:
    with pytest.raises(UserWarning, match="tried to use socket"):
        socket.socket(family)
