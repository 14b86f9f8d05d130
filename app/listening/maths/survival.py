"""How long answers take, where some have not come yet.

Kaplan and Meier, "Nonparametric estimation from incomplete observations" (1958); the variance is
Greenwood's (1926), its interval on the complementary log-log scale, and so within 0 and 1.
"""

from dataclasses import dataclass
from math import exp, log, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.kernel.errors import MalformedError

_Z: Final = 1.959964


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What share was answered by a day, with its interval."""

    day: int
    share: float
    low: float
    high: float
    at_risk: int
    """How many were waiting still just before it, and not for an unknown time."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Shares answered by the days on which answers came."""

    steps: tuple[Answered, ...]
    observed_to: int
    """Nothing is known beyond this day."""

    def at(self, day: int) -> Answered | None:
        """Return the share answered by a day, or None where nobody was watched for so long."""
        if day > self.observed_to:
            return None
        before = [step for step in self.steps if step.day <= day]
        return before[-1] if before else Answered(day=day, share=0.0, low=0.0, high=0.0, at_risk=0)

    @property
    def median(self) -> int | None:
        """The day by which half were answered, or None while fewer were."""
        return next((step.day for step in self.steps if step.share >= 0.5), None)


def follow(days: NDArray[np.int64], *, answered: NDArray[np.bool_]) -> Curve:
    """Return how answers came.

    Args:
        days: of each question, to its answer, or to the last day on which it was seen waiting.
        answered: whether it was.

    Raises:
        MalformedError: the shapes differ, or a day is negative.

    """
    if days.shape != answered.shape or days.ndim != 1 or (days < 0).any():
        raise MalformedError("a day of each question, from 0")
    waiting, greenwood, steps = 1.0, 0.0, list[Answered]()
    for day in np.unique(days[answered]):
        at_risk = int((days >= day).sum())
        came = int(((days == day) & answered).sum())
        waiting *= 1 - came / at_risk
        greenwood += came / (at_risk * (at_risk - came)) if at_risk > came else 0.0
        low, high = _interval(waiting, greenwood)
        steps.append(
            Answered(day=int(day), share=1 - waiting, low=1 - high, high=1 - low, at_risk=at_risk)
        )
    return Curve(tuple(steps), int(days.max()) if days.size else 0)


def _interval(waiting: float, greenwood: float) -> tuple[float, float]:
    if waiting <= 0 or waiting >= 1:
        return waiting, waiting
    spread = _Z * sqrt(greenwood) / abs(log(waiting))
    return waiting ** exp(spread), waiting ** exp(-spread)
