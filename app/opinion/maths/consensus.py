"""What all groups hold, and how sure that is."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.special import polygamma

from .tallies import Tallies, smoothed
from .values import Integers, Numbers

ONE_SIDED_95: Final = 1.6448536269514722


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Consensus:
    """Group-informed consensus of each statement (each array: statements).

    `product` is Polis' value, which falls with each group more and serves for comparing with Polis;
    `shown` its geometric mean over groups, which does not. `lower` and `upper` bound `shown`: nine
    times in ten it lies between them. Statements are ranked by `lower`.
    """

    product: Numbers
    shown: Numbers
    lower: Numbers
    upper: Numbers
    groups: int

    @property
    def product_lower(self) -> Numbers:
        """Return the lower bound on the scale of `product`; it ranks statements as `lower` does."""
        bound: Numbers = self.lower**self.groups
        return bound

    @property
    def product_upper(self) -> Numbers:
        """Return the upper bound on the scale of `product`."""
        bound: Numbers = self.upper**self.groups
        return bound

    def ranked(self, left_out: Integers | None = None) -> Integers:
        """Return statements, the best first; equal ones in the order of their shown value."""
        order: Integers = np.lexsort((-np.round(self.shown, 12), -np.round(self.lower, 12)))
        return order if left_out is None else order[~np.isin(order, left_out)]


def measure_consensus(tallies: Tallies) -> Consensus:
    """Measure consensus over groups.

    A group's share of agreement is uncertain as Beta(agree + 1, others + 1), whose mean is Polis'
    smoothed share. The cumulants of the logarithm of such a share are known (polygamma functions),
    and those of independent groups add up; the third corrects the quantiles for its skew (Cornish
    and Fisher 1938). So a statement that two people saw has a wide interval and a low bound,
    however both voted (polis-community/red-dwarf#72).
    """
    agree, seen, groups = tallies.agree, tallies.seen, tallies.groups
    product: Numbers = smoothed(agree, seen).prod(axis=0)
    log_mean, variance, third = (
        (polygamma(order, agree + 1) - polygamma(order, seen + 2)).sum(axis=0)
        / groups ** (order + 1)
        for order in range(3)
    )
    deviation = np.sqrt(variance)
    lean = (ONE_SIDED_95**2 - 1) / 6 * third / variance
    return Consensus(
        product=product,
        shown=product ** (1 / groups),
        lower=np.exp(log_mean - ONE_SIDED_95 * deviation + lean),
        upper=np.minimum(np.exp(log_mean + ONE_SIDED_95 * deviation + lean), 1.0),
        groups=groups,
    )
