"""A question whose answer proves nothing about who gave it: two coins and a die (Warner 1965).

The person tosses two coins where nobody sees. Two heads: answer truthfully. Anything else: throw a
die, and answer what it says, whatever is true; with three answers 1 and 2 are the first, 3 and 4
the second, 5 and 6 the third. So of four people one tells the truth, and nobody, not the host and
not whoever seizes its disk, can tell which. With three answers (inside, abroad, I would rather not
say) the table of what is answered, given what is true, is

    true     answered: first  second  third
    first              1/2    1/4     1/4
    second             1/4    1/2     1/4
    third              1/4    1/4     1/2

and no answer makes anything more than twice as likely than it was (with two answers 5/3 times, with
six 3 times). Many answers together still tell shares: the noise is known, and is taken out again.
Nothing here tosses: a coin that the host tosses is one that it sees.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from app.kernel.errors import MalformedError

from .intervals import TWO_SIDED_95, wilson
from .values import Integers, Numbers

TRUTH: Final = Fraction(1, 4)
"""The chance of two heads."""
DIE: Final = 6
LEAST_SEEN: Final = 2.0
"""How many standard errors of a side's size it must hold before its votes are told."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Estimate:
    """What most likely is true; `error` is one standard error, of chance and of the coins together.

    `low` and `high` hold it 95 times in 100, within 0 and 1. Not a number: too few to tell.
    """

    share: Numbers
    error: Numbers
    low: Numbers
    high: Numbers


def answer_matrix(answers: int) -> tuple[tuple[Fraction, ...], ...]:
    """Return the chance of each answer (columns), given each truth (rows).

    Raises:
        MalformedError: a die does not fall into so many equal parts.
    """
    if answers not in {2, 3, DIE}:
        raise MalformedError("a die has two, three or six equal parts")
    by_die = (1 - TRUTH) / answers
    return tuple(
        tuple(by_die + (TRUTH if given == true else 0) for given in range(answers))
        for true in range(answers)
    )


def estimate_shares(answered: Integers) -> Estimate:
    """Estimate how many of all truly are what; `answered` counts each answer (answers).

    The interval is Wilson's of what was answered, with the noise taken out. What n people answer is
    as sure as what a poll of n / 15 would say of an even split, and less sure of rare truths.

    Raises:
        MalformedError: counts are negative, or a die does not fall into so many parts.
    """
    by_die = _require_counts(answered)
    people = int(answered.sum())
    seen = answered / max(people, 1)
    low, high = wilson(answered, np.full(answered.shape, people))
    unknown = people == 0
    return Estimate(
        share=np.where(unknown, np.nan, (seen - by_die) / float(TRUTH)),
        error=np.where(unknown, np.nan, np.sqrt(seen * (1 - seen) / max(people, 1)) / float(TRUTH)),
        low=np.clip((low - by_die) / float(TRUTH), 0, 1),
        high=np.clip((high - by_die) / float(TRUTH), 0, 1),
    )


def estimate_counts(answered: Integers) -> Numbers:
    """Estimate how many of each true side chose what (sides × choices), given the same as answered.

    Unbiased: on average over all coins it is the truth. So it may lie below nothing.

    Raises:
        MalformedError: counts are negative, or a die does not fall into so many parts.
    """
    by_die = _require_counts(answered)
    counts: Numbers = (answered - by_die * answered.sum(axis=0)) / float(TRUTH)
    return counts


def estimate_votes(answered: Integers) -> Estimate:
    """Estimate the share of each true side that chose what, given answered sides × choices.

    The choice itself is told openly: only the side is hidden. Errors are those of a ratio of two
    sums over people (the delta method). A side whose size the noise could explain is not told.

    Raises:
        MalformedError: counts are negative, or a die does not fall into so many parts.
    """
    by_die = _require_counts(answered)
    counts = estimate_counts(answered)
    size = counts.sum(axis=1)
    people = float(answered.sum())
    truth = float(TRUTH)
    # What one person adds to a side's size: `inside` if that side was answered, else `outside`.
    inside, outside = (1 - by_die) / truth, -by_die / truth
    sides = answered.sum(axis=1)
    size_error = np.sqrt(
        np.maximum(sides * inside**2 + (people - sides) * outside**2 - size**2 / max(people, 1), 0)
    )
    is_seen = size > LEAST_SEEN * np.maximum(size_error, 1e-9)
    safe = np.where(is_seen, size, 1.0)
    share = counts / safe[:, np.newaxis]
    here, elsewhere = answered, answered.sum(axis=0) - answered
    variance = (
        here * (inside * (1 - share)) ** 2
        + elsewhere * (outside * (1 - share)) ** 2
        + (sides[:, np.newaxis] - here) * (inside * share) ** 2
        + (people - sides[:, np.newaxis] - elsewhere) * (outside * share) ** 2
    )
    error = np.sqrt(variance) / safe[:, np.newaxis]
    reach, known = TWO_SIDED_95, is_seen[:, np.newaxis]
    return Estimate(
        share=np.where(known, share, np.nan),
        error=np.where(known, error, np.nan),
        low=np.where(known, np.clip(share - reach * error, 0, 1), 0.0),
        high=np.where(known, np.clip(share + reach * error, 0, 1), 1.0),
    )


def _require_counts(answered: Integers) -> float:
    """Return the chance that the die says a given answer."""
    if not np.issubdtype(answered.dtype, np.integer) or (answered < 0).any():
        raise MalformedError("answers are counted in whole numbers")
    matrix = answer_matrix(len(answered))
    return float(matrix[0][1])
