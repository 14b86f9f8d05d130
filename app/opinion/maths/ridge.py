"""Everybody's intercept and place on the axis at once: two equations in two unknowns each."""

from typing import Final

import numpy as np
from scipy.sparse import csr_array

INTERCEPT_PENALTY: Final = 0.15
FACTOR_PENALTY: Final = 0.03


class Terms:
    """Intercepts and places of all people, or of all statements, fitted to the others' in turn.

    `count` is how many ratings each has, `total` their sum, `size` how many have any. Whoever has
    none stays at zero.
    """

    def __init__(self, given: csr_array, values: csr_array) -> None:
        self.given, self.values = given, values
        self.count = np.diff(given.indptr).astype(np.float64)
        self.intercept = np.zeros(self.count.size)
        self.factor = np.zeros(self.count.size)
        self.total = values @ np.ones(values.shape[1])
        self.size = max(int(np.count_nonzero(self.count)), 1)
        share = float(self.count.sum()) / self.size
        self._ridge = (INTERCEPT_PENALTY * share, FACTOR_PENALTY * share)

    def fit(self, other: "Terms", mean: float) -> None:
        """Solve two equations in two unknowns for everybody at once."""
        given, factor = self.given, other.factor
        count, sums, squares = self.count, given @ factor, given @ (factor * factor)
        left = self.total - mean * count - given @ other.intercept
        slope = self.values @ factor - mean * sums - given @ (other.intercept * factor)
        first, second = count + self._ridge[0], squares + self._ridge[1]
        # Nobody rated anything: both ridges are zero, and so is everything else.
        scale = np.where(self.count > 0, first * second - sums * sums, 1.0)
        self.intercept = np.where(self.count > 0, (second * left - sums * slope) / scale, 0.0)
        self.factor = np.where(self.count > 0, (first * slope - sums * left) / scale, 0.0)
