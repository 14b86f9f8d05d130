"""How people inside and abroad vote, out of answers behind the noise of two coins (`coins`).

What is told of a statement is told of both sides or of neither, in whole percents, from counts
that were rounded to five. The bounds hold the noise that the coins added, which is most of it: to
tell of a statement within 20 points each way takes about a thousand answers.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from app.kernel.errors import MalformedError

from .coins import estimate_votes
from .disclosure import LEAST_PEOPLE, round_counts
from .values import Integers
from .votes import AGREE, Votes

ANSWERS: Final = 3
"""Inside, abroad, rather not say: their numbers are 0, 1 and 2."""
TOLD: Final = 2
"""Of whom votes are told: not of those who would rather not say."""
UNANSWERED: Final = -1
WIDEST: Final = 0.4
"""A share that may lie anywhere within more than this is not told: 40 points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How many of a side agree, in whole percents, and the bounds that hold it 95 times in 100."""

    percent: int
    low: int
    high: int


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


def view_sides(counts: Integers) -> tuple[View, View] | None:
    """Tell who of both sides agree with a statement, inside first; None where too few tell.

    `counts` are those of one statement in `tally_sides`: answers × (agree, anything else).
    """
    if counts.sum(axis=1).min() < LEAST_PEOPLE:
        return None
    found = estimate_votes(round_counts(counts))
    share, low, high = (array[:TOLD, 0] for array in (found.share, found.low, found.high))
    if np.isnan(share).any() or (high - low > WIDEST).any():
        return None
    inside, abroad = (
        View(
            percent=round(100 * float(np.clip(share[side], 0, 1))),
            low=int(np.floor(100 * low[side])),
            high=int(np.ceil(100 * high[side])),
        )
        for side in range(TOLD)
    )
    return inside, abroad
