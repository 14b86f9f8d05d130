"""How sure a share is: Wilson's interval, and Newcombe's for a difference of two shares."""

from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtri

from .values import Numbers

CONFIDENCE: Final = 0.95


def reach_of(confidence: float, comparisons: int = 1) -> float:
    """Return how many standard errors a two-sided interval reaches, shared among comparisons."""
    return float(ndtri(1 - (1 - confidence) / (2 * max(comparisons, 1))))


def wilson(part: ArrayLike, whole: ArrayLike, reach: float) -> tuple[Numbers, Numbers]:
    """Return the lower and upper bound of each share; of nothing, 0 and 1 (Wilson 1927)."""
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    count = np.maximum(whole, 1)
    share, square = part / count, reach * reach
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = reach * np.sqrt(share * (1 - share) / count + square / (4 * count * count))
    half = half / (1 + square / count)
    low = np.where(whole > 0, np.maximum(middle - half, 0.0), 0.0)
    high = np.where(whole > 0, np.minimum(middle + half, 1.0), 1.0)
    return low, high


def difference(
    first: tuple[ArrayLike, ArrayLike], second: tuple[ArrayLike, ArrayLike], reach: float
) -> tuple[Numbers, Numbers]:
    """Return the bounds of the first share less the second (Newcombe 1998, method 10).

    Each is (part, whole), arrays of one shape. If one of them is of nothing: -1 and 1.
    """
    shares, bounds, known = [], [], np.asarray(True)
    for part, whole in (first, second):
        whole_ = np.asarray(whole, dtype=np.float64)
        shares.append(np.asarray(part, dtype=np.float64) / np.maximum(whole_, 1))
        bounds.append(wilson(part, whole, reach))
        known = known & (whole_ > 0)
    gap = shares[0] - shares[1]
    (low_1, high_1), (low_2, high_2) = bounds
    low = gap - np.hypot(shares[0] - low_1, high_2 - shares[1])
    high = gap + np.hypot(high_1 - shares[0], shares[1] - low_2)
    return np.where(known, low, -1.0), np.where(known, high, 1.0)
