"""How sure a share is, and a difference of two shares."""

from typing import Final

import numpy as np
from scipy.special import ndtri

from .values import Integers, Numbers

CONFIDENCE: Final = 0.95
TWO_SIDED_95: Final = 1.959963984540054


def reach_of(comparisons: int) -> float:
    """Return how many standard errors an interval reaches that is one of several (Bonferroni).

    All of them together are right 95 times in 100.
    """
    return float(ndtri(1 - (1 - CONFIDENCE) / (2 * max(comparisons, 1))))


def wilson(part: Integers, whole: Integers, reach: float = TWO_SIDED_95) -> tuple[Numbers, Numbers]:
    """Return the bounds of a share, right 95 times in 100 (Wilson 1927); 0 and 1 of nobody.

    `reach` is how many standard errors they lie apart from the share, if not those of 95 in 100.
    """
    square = reach**2
    counted = np.maximum(whole, 1)
    share = part / counted
    middle = (share + square / (2 * counted)) / (1 + square / counted)
    half = reach * np.sqrt(share * (1 - share) / counted + square / (4 * counted**2))
    half = half / (1 + square / counted)
    nobody = whole == 0
    # The ends themselves, where rounding would stop a hair before them.
    lower = np.where(nobody | (part == 0), 0.0, middle - half)
    upper = np.where(nobody | (part == whole), 1.0, middle + half)
    return lower, upper


def difference(
    first: tuple[Integers, Integers], second: tuple[Integers, Integers], reach: float = TWO_SIDED_95
) -> tuple[Numbers, Numbers]:
    """Return the bounds of the first share less the second (Newcombe 1998, method 10).

    Each is (part, whole), arrays of one shape. If one of them is of nobody: -1 and 1.
    """
    (part_1, whole_1), (part_2, whole_2) = first, second
    share_1, share_2 = part_1 / np.maximum(whole_1, 1), part_2 / np.maximum(whole_2, 1)
    (low_1, high_1), (low_2, high_2) = wilson(*first, reach), wilson(*second, reach)
    low = share_1 - share_2 - np.hypot(share_1 - low_1, high_2 - share_2)
    high = share_1 - share_2 + np.hypot(high_1 - share_1, share_2 - low_2)
    known = (whole_1 > 0) & (whole_2 > 0)
    return np.where(known, low, -1.0), np.where(known, high, 1.0)
