"""On which side of a board its readers stand: learnt from what helps them, and from nothing else.

The axis is that of `factors`: what people who rate alike have in common. Whoever stands near its
middle is on neither side, and counts for neither. Without ten people on each there are no sides.
Only people whom somebody answers for are given to it: who makes up a hundred names makes no side.
"""

from typing import Final

import numpy as np

from .disclosure import LEAST_PEOPLE
from .factors import factorise
from .ratings import Ratings
from .values import Integers

SIDES: Final = 2
NEITHER: Final = -1
MIDDLE: Final = 0.15
"""How far from the middle of the axis a side begins, as in Community Notes (OPINION.md §2.3)."""


def find_sides(ratings: Ratings) -> Integers | None:
    """Return everybody's side, 0 or 1, or `NEITHER` (people); None where there are no two sides."""
    place = factorise(ratings).person_factor
    side = np.where(place <= -MIDDLE, 0, np.where(place >= MIDDLE, 1, NEITHER))
    sizes = [int((side == number).sum()) for number in range(SIDES)]
    return side.astype(np.int64) if min(sizes) >= LEAST_PEOPLE else None


def count_sides(ratings: Ratings, side: Integers) -> Integers:
    """Return how many of each side a post does not help, and helps (posts × sides × 2)."""
    shape = (ratings.given.shape[1], SIDES, 2)
    owner = side[ratings.person_of_each()]
    helps = (ratings.values.data > 0.5).astype(np.int64)
    cells = (ratings.given.indices * SIDES + owner) * 2 + helps
    counts = np.bincount(cells[owner != NEITHER], minlength=shape[0] * SIDES * 2)
    return counts.reshape(shape).astype(np.int64)
