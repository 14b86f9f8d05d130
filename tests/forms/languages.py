"""The languages that every form answers in, and a way to try many cases without trying each in all of them."""

from collections.abc import Sequence
from itertools import product

import pytest
from app.settings import ROOT
from app.web.languages import load_languages

LANGUAGES = load_languages(ROOT / "translations")
CODES = list(LANGUAGES)


def by_turns(
    *axes: Sequence[pytest.ParameterSet], fast_one_in: int = 1
) -> list[pytest.ParameterSet]:
    """Return every combination of parameters with a language; the languages take turns.

    Each value of each axis meets every language, if its neighbour has at least as many values. Of
    two long axes, each value of one meets one in `fast_one_in` of the other's in the fast tier, and
    the rest in the gate.
    """
    cases = []
    for combination in product(*(list(enumerate(axis)) for axis in axes)):
        first, last = combination[0][0], combination[-1][0]
        marks = [pytest.mark.slow] if (first - last) % fast_one_in else []
        code = CODES[sum(place for place, _ in combination) % len(CODES)]
        values = [value for _, part in combination for value in part.values]
        name = "-".join(str(part.id) for _, part in combination)
        cases.append(pytest.param(*values, code, id=f"{name}-{code}", marks=marks))
    return cases


def named(*values: str) -> list[pytest.ParameterSet]:
    """Return values as parameters that are named after themselves."""
    return [pytest.param(value, id=value) for value in values]
