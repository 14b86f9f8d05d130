"""What a table of counts may tell the public without telling about anybody in it.

Vote vectors single people out: eight known votes are enough for half of them (OPINION.md §5). So
tables alone are published, and of tables:

- a table appears whole or not at all: a row left out can be had back from a sum;
- each count tells of at least ten people. Where one does not, answers are put together: agreement
  stands against all else, of which one may be told as few, be it nine or nobody; then only how many
  voted is told; then nothing;
- counts are rounded to five, each by itself, and no sum is published beside them: what few people
  said, who are in one table and not in another, is seldom in the difference;
- a table is not published anew before ten people changed in it: whoever compares two versions then
  learns about ten people together, never about one.

What stays possible: whoever is nine of the ten who changed, or knows how all others voted, may
learn what the tenth did. Count people for whom somebody vouches.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np

from app.kernel.errors import MalformedError

from .values import Integers

LEAST_PEOPLE: Final = 10
STEP: Final = 5
FEW: Final = 0
"""What is published for nine people and fewer: a count that is told is never so small."""
_CUTS: Final = (((0,), (1,), (2,)), ((0, 1), (2,)), ((0, 1, 2),))
"""How disagreement, passing and agreement are put together, the finest first."""
_AGAINST: Final = 2
"""Parts of the cut in which agreement stands against all else."""
Cut: TypeAlias = tuple[tuple[int, ...], ...]


class Silence(StrEnum):
    """Why nothing is published."""

    FEW_PEOPLE = "few-people"
    """A group has fewer than ten people in the table."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Release:
    """A table as the public has it, and as it was; `exact` never leaves the host.

    `rounded` are counts (groups × parts of `cut`), multiples of five from ten on, or `FEW`; `cut`
    says which answers (0 disagree, 1 pass, 2 agree) each part holds together.
    """

    rounded: Integers
    cut: Cut
    exact: Integers


def release_table(table: Integers, last: Release | None = None) -> Release | Silence:
    """Decide what the public may see of a table (groups × disagree, pass, agree) from now on.

    `last` is what it saw last, even if silence followed: while fewer than ten people changed since
    then, that very release is returned.

    Raises:
        MalformedError: the table has another shape, or negative counts.
    """
    if table.ndim != 2 or table.shape[1] != len(_CUTS[0]) or (table < 0).any():
        raise MalformedError("not a table of groups and answers")
    if last is not None and count_changed(last.exact, table) < LEAST_PEOPLE:
        return last
    for cut in _CUTS:
        parts = np.stack([table[:, list(part)].sum(axis=1) for part in cut], axis=1)
        is_told = parts >= LEAST_PEOPLE
        is_whole = is_told.any(axis=1).all() if len(cut) == _AGAINST else is_told.all()
        if parts.size and is_whole:
            rounded = np.where(is_told, round_counts(parts), FEW)
            return Release(rounded=rounded, cut=cut, exact=table.copy())
    return Silence.FEW_PEOPLE


def count_changed(before: Integers, now: Integers) -> int:
    """Return how many people must have changed between two tables, at the least.

    Who came, left, moved to another group or answered otherwise is in either sum at most once. With
    another number of groups only the sums over groups are compared: the same people cut otherwise
    are no new table, since two cuts may differ by one person who moved.
    """
    change = now - before if before.shape == now.shape else now.sum(axis=0) - before.sum(axis=0)
    return int(max(change[change > 0].sum(), -change[change < 0].sum()))


def round_counts(counts: Integers) -> Integers:
    """Round to multiples of five."""
    rounded: Integers = (counts + STEP // 2) // STEP * STEP
    return rounded
