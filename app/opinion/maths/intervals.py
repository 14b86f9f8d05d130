"""How sure a share is."""

from typing import Final

import numpy as np

from .values import Integers, Numbers

TWO_SIDED_95: Final = 1.959963984540054


def wilson(part: Integers, whole: Integers) -> tuple[Numbers, Numbers]:
    """Return the bounds of a share, right 95 times in 100 (Wilson 1927); 0 and 1 of nobody."""
    square = TWO_SIDED_95**2
    counted = np.maximum(whole, 1)
    share = part / counted
    middle = (share + square / (2 * counted)) / (1 + square / counted)
    reach = TWO_SIDED_95 * np.sqrt(share * (1 - share) / counted + square / (4 * counted**2))
    reach = reach / (1 + square / counted)
    nobody = whole == 0
    # The ends themselves, where rounding would stop a hair before them.
    lower = np.where(nobody | (part == 0), 0.0, middle - reach)
    upper = np.where(nobody | (part == whole), 1.0, middle + reach)
    return lower, upper
