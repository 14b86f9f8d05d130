"""Shares of a population from those who came, with two intervals, or the reason for none.

The first interval is right if people of the same margins answer alike (AAPOR: no "margin of
sampling error" can be told of people who came by themselves). The second one allows those who came
to differ by an odds ratio in what no margin tells.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.kernel.errors import MalformedError

from .raking import Cells, Codes, Margin, Raked, find_cells, rake, weigh

GAMMA: Final = 1.2
"""Both ends of the second interval are moved by odds of Γ²: under unseen selection this covered
97.5 to 99 of 100 in the trials of OPINION.md section 5."""
FEWEST: Final = 100
"""Below this effective number nothing is said."""
DRAWS: Final = 400
_ENDS: Final = (2.5, 97.5)
_TOLERANCE: Final = 1e-4
"""Of weights in a draw, whose own spread is a thousand times that."""


class Unsaid(StrEnum):
    """Why there is no estimate."""

    TOO_FEW = "too-few"
    """The effective number of people is too small."""
    EMPTY_LEVEL = "empty-level"
    """Nearly all people are of one level of a margin: nothing can be weighted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """From where to where a share may lie."""

    low: float
    high: float

    def widened(self, gamma: float = GAMMA) -> "Interval":
        """Return it with the odds of both ends by and over Γ²."""
        return Interval(low=_by_odds(self.low, gamma**-2), high=_by_odds(self.high, gamma**2))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """One figure with everything that its card has to say."""

    raw: float
    """The share of those who came."""
    raked: Raked
    share: float | None = None
    """Weighted; None where nothing can be said."""
    sampling: Interval | None = None
    """If people of the same margins answer alike."""
    selection: Interval | None = None
    """If those who came also differ in what no margin tells."""
    unsaid: Unsaid | None = None

    @property
    def people(self) -> int:
        """How many answered."""
        return len(self.raked.weights)


def estimate_shares(
    holds: NDArray[np.float64],
    codes: Codes,
    margins: Sequence[Margin],
    *,
    seed: int,
    draws: int = DRAWS,
    gamma: float = GAMMA,
) -> list[Estimate]:
    """Return what share of the population holds each of some things.

    Args:
        holds: people × things, 1 or 0; or other numbers, where an answer came through noise.
        codes: people × margins, see `rake`.
        margins: of the population.
        seed: of the draws of the interval: the same gives the same.
        draws: how often people are drawn and weighted again.
        gamma: of the second interval.

    Raises:
        MalformedError: see `rake`; or `holds` is not of the same people.

    """
    if holds.ndim != 2 or len(holds) != len(codes):
        raise MalformedError("one answer of each person to each question")
    cells, raked = find_cells(codes, margins), rake(codes, margins)
    raw = holds.mean(axis=0)
    unsaid = _find_reason(cells, raked.effective_size)
    if unsaid is not None:
        return [Estimate(raw=float(each), raked=raked, unsaid=unsaid) for each in raw]
    shares = np.average(holds, axis=0, weights=raked.weights)
    ends = np.percentile(_draw_again(holds, cells, seed, draws), _ENDS, axis=0).clip(0, 1)
    found = list[Estimate]()
    for each, share, low, high in zip(raw, shares, *ends, strict=True):
        sampling = Interval(low=float(low), high=float(high))
        wide = sampling.widened(gamma)
        found.append(
            Estimate(
                raw=float(each), raked=raked, share=float(share), sampling=sampling, selection=wide
            )
        )
    return found


def _draw_again(
    holds: NDArray[np.float64], cells: Cells, seed: int, draws: int
) -> NDArray[np.float64]:
    """Return the shares (draws × things) in bootstrap draws of people, each weighted anew."""
    random = np.random.default_rng(seed)
    shares = np.empty((draws, holds.shape[1]))
    for place in range(draws):
        drawn = random.integers(len(holds), size=len(holds))
        by_kind, _ = weigh(cells, cells.count(drawn), tolerance=_TOLERANCE)
        weights = by_kind[cells.kind_of[drawn]]
        shares[place] = weights @ holds[drawn] / weights.sum()
    return shares


def _find_reason(cells: Cells, size: float) -> Unsaid | None:
    if any(len(target) == 1 for target in cells.targets):
        return Unsaid.EMPTY_LEVEL
    return Unsaid.TOO_FEW if size < FEWEST else None


def _by_odds(share: float, factor: float) -> float:
    return share * factor / (1 - share + share * factor)
