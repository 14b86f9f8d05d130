"""What the public learns of ratings, and the order that follows from that and nothing else.

Of each post and side the counts are published when ten people of it rated, rounded to five, and not
anew before ten changed (`disclosure` says against whom). What is not published counts as not rated,
so that anybody who has the file comes to the same order (`ranking`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import numpy as np

from .disclosure import LEAST_PEOPLE, count_changed, round_counts
from .ranking import HELPS, RATINGS, Heard, Place, order_posts
from .values import Integers

_UNRATED: Final = Fraction(HELPS, RATINGS)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Counted:
    """A post's counts (sides × not, helps): as the public has them, and as they were then."""

    public: Integers
    exact: Integers

    @property
    def heard(self) -> tuple[Heard, ...]:
        """Return what is published, side by side."""
        return tuple(Heard(int(helps), int(other + helps)) for other, helps in self.public)


def release_counts(
    counts: Mapping[str, Integers], last: Mapping[str, Counted]
) -> dict[str, Counted]:
    """Decide what the public learns of posts, by their digests, after what it learnt `last`.

    Sides have no names: they are called so that fewest people seem to have changed theirs. Else a
    rating could be read off two files of which one has its sides the other way round.
    """
    if _changed(counts, last, is_turned=True) < _changed(counts, last, is_turned=False):
        counts = {digest: table[::-1] for digest, table in counts.items()}
    return {
        digest: known
        for digest, table in counts.items()
        if (known := _release(table, last.get(digest))) is not None
    }


def place_posts(released: Mapping[str, Counted]) -> list[tuple[int, Place]]:
    """Return posts in their order, each with its place: never zero, which all others have.

    Below zero stand those that stand no lower than a post which nobody rated.
    """
    places = order_posts({digest: counted.heard for digest, counted in released.items()})
    above = sum(place.least >= _UNRATED for place in places)
    numbers = [*range(-above, 0), *range(1, len(places) - above + 1)]
    return list(zip(numbers, places, strict=True))


def _release(table: Integers, last: Counted | None) -> Counted | None:
    if last is not None and count_changed(last.exact, table) < LEAST_PEOPLE:
        return last
    is_told = table.sum(axis=1, keepdims=True) >= LEAST_PEOPLE
    if not is_told.any():
        return None
    helps = round_counts(table[:, 1])
    # Both are rounded by themselves; what is published of them is ratings and helps.
    ratings = round_counts(table.sum(axis=1))
    public = np.stack([ratings - helps, helps], axis=1)
    return Counted(public=np.where(is_told, public, 0), exact=table.copy())


def _changed(
    counts: Mapping[str, Integers], last: Mapping[str, Counted], *, is_turned: bool
) -> int:
    step = -1 if is_turned else 1
    return sum(
        count_changed(counted.exact, counts[digest][::step])
        for digest, counted in last.items()
        if digest in counts
    )
