"""How people inside and abroad vote, out of answers behind the noise of two coins.

What is told of a statement is told of both sides or of neither, in whole percents, from counts that
were rounded to five. It stays as it was told until ten people changed in it, so that whoever looks
before and after one vote learns nothing about that voter, not even what the coins let them say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from app.kernel.errors import MalformedError

from .coins import estimate_votes
from .disclosure import LEAST_PEOPLE, count_changed, round_counts
from .values import Integers
from .votes import AGREE, Votes

ANSWERS: Final = 3
"""Inside, abroad, rather not say: their numbers are 0, 1 and 2."""
TOLD: Final = 2
"""Of whom votes are told: not of those who would rather not say."""
UNANSWERED: Final = -1
WIDEST: Final = 0.4
"""A share that may lie anywhere within more than this is not told: 40 points."""
SHARED_FROM: Final = 0.6
"""Both sides agree where the lower bounds of both lie above this."""
Table: TypeAlias = tuple[tuple[int, int], ...]
"""Answers × (agree, anything else), as counted; it never leaves the host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of a side agree, in whole percents, and the bounds that hold it 95 times in 100."""

    share: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SidesOf:
    """What is told of a statement: each side's agreement, or None where too few tell."""

    number: int
    inside: Share | None
    abroad: Share | None
    table: Table
    """What it was made from, kept to see when ten people have changed."""

    @property
    def is_told(self) -> bool:
        """Whether anything is told."""
        return self.inside is not None and self.abroad is not None

    @property
    def is_shared(self) -> bool:
        """Whether both sides agree, as sure as the noise lets one be."""
        lows = [each.low for each in (self.inside, self.abroad) if each is not None]
        return len(lows) == TOLD and min(lows) > 100 * SHARED_FROM


def tally_sides(votes: Votes, answers: Integers) -> Integers:
    """Count votes by what their voters answered: statements × answers × (agree, anything else).

    `answers` has a place for each person: 0 to 2, or -1 for whoever was not asked or did not say.

    Raises:
        MalformedError: another number of people, or another answer.

    """
    if answers.shape != (votes.people,):
        raise MalformedError("an answer for each person, or -1")
    if answers.size and (answers.min() < UNANSWERED or answers.max() >= ANSWERS):
        raise MalformedError("there are three answers")
    said = answers[votes.person_of_each()]
    is_said = said != UNANSWERED
    is_other = (votes.table.data != AGREE).astype(np.int64)
    cells = (votes.table.indices.astype(np.int64) * ANSWERS + said) * 2 + is_other
    counts = np.bincount(cells[is_said], minlength=votes.statements * ANSWERS * 2)
    return counts.astype(np.int64).reshape(votes.statements, ANSWERS, 2)


def describe_sides(
    counts: Integers, numbers: Integers, last: Mapping[int, SidesOf]
) -> tuple[SidesOf, ...]:
    """Tell how both sides vote on statements, by `tally_sides` and the statements' numbers.

    `last` is what was told before, by number: it stays while fewer than ten people changed.
    """
    return tuple(
        _keep_or_describe(int(number), table, last.get(int(number)))
        for number, table in zip(numbers, counts, strict=True)
    )


def _keep_or_describe(number: int, table: Integers, last: SidesOf | None) -> SidesOf:
    if last is not None and count_changed(np.array(last.table), table) < LEAST_PEOPLE:
        return last
    inside, abroad = _shares(table)
    rows = tuple((int(agree), int(other)) for agree, other in table)
    return SidesOf(number=number, inside=inside, abroad=abroad, table=rows)


def _shares(table: Integers) -> tuple[Share, Share] | tuple[None, None]:
    """Return the agreement of both sides; of neither if one has too few to tell."""
    if table.sum(axis=1).min() < LEAST_PEOPLE:
        return None, None
    found = estimate_votes(round_counts(table))
    share, low, high = (array[:TOLD, 0] for array in (found.share, found.low, found.high))
    if np.isnan(share).any() or (high - low > WIDEST).any():
        return None, None
    inside, abroad = (
        Share(
            share=round(100 * min(max(share[side], 0.0), 1.0)),
            low=int(100 * low[side]),
            high=int(-(-100 * high[side] // 1)),
        )
        for side in range(TOLD)
    )
    return inside, abroad
