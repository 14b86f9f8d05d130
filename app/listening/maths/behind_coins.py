"""The gap between what is said and what is held, where who speaks is told behind coins alone.

Who wrote is joined to who votes nowhere. So voters are asked how much they wrote, as deniably as
where they live (ADR-0051), and what many answers say together takes the place of each one's:

    e = Σ over answers of (4 for what was answered less 1) × posts of people who answer so

is on average what somebody wrote. How many posts "a post or two" and "more" are is counted in the
thread itself, which everybody can read.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from app.kernel.errors import MalformedError
from app.opinion.maths.coins import answer_matrix

from .gap import FEWEST_SPEAKERS

VOICES: Final = 3
"""Silent, a post or two, more."""
_MATRIX: Final = answer_matrix(VOICES)
_CHANCE: Final = float(_MATRIX[0][1])
_TRUTH: Final = float(_MATRIX[0][0]) - _CHANCE
_ENDS: Final = (2.5, 97.5)
_SURE: Final = 2.0
"""Standard errors by which more than nothing must have been written."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeniableGap:
    """How far what is said lies from what is held, in standard deviations of what is held."""

    speakers: int
    value: float
    low: float
    high: float
    extremity: float
    extremity_low: float
    extremity_high: float


def find_deniable_gap(
    answers: NDArray[np.int64],
    posts: Floats,
    preferred: Floats,
    weights: Floats,
    *,
    seed: int,
    draws: int = 400,
) -> DeniableGap | None:
    """Return the gap; None where too few wrote, or the coins hide whether anybody did.

    Args:
        answers: of each person, 0 to 2: how much they say they wrote.
        posts: how many posts people of each answer wrote on average (3).
        preferred: what each person holds, by their votes.
        weights: of each person, with a mean of 1; behind coins some may lie below 0.
        seed: of the draws.
        draws: how often people are drawn again.

    Raises:
        MalformedError: the shapes differ, or there is no such answer.

    """
    people = len(answers)
    if not answers.shape == preferred.shape == weights.shape or posts.shape != (VOICES,):
        raise MalformedError("an answer, a position and a weight of each person")
    if not people or answers.min() < 0 or answers.max() >= VOICES:
        raise MalformedError("there are three answers")
    noisy = (np.eye(VOICES)[answers] - _CHANCE) / _TRUTH
    said, speaks = noisy @ posts, 1 - noisy[:, 0]
    speakers = float(speaks.sum())
    error = float(said.std() * np.sqrt(people))
    middle, spread = _spread(preferred, weights)
    if speakers < FEWEST_SPEAKERS or said.sum() < _SURE * error or not spread:
        return None
    far = np.abs(preferred - middle)
    held = np.stack([preferred, far], axis=1)
    random, found = np.random.default_rng(seed), np.empty((draws, 2))
    for place in range(draws):
        times = np.bincount(random.integers(people, size=people), minlength=people).astype(float)
        found[place] = _gaps(said * times, held, weights * times) / spread
    (low, far_low), (high, far_high) = np.percentile(found, _ENDS, axis=0)
    value, extremity = _gaps(said, held, weights) / spread
    return DeniableGap(
        speakers=round(speakers),
        value=float(value),
        low=float(low),
        high=float(high),
        extremity=float(extremity),
        extremity_low=float(far_low),
        extremity_high=float(far_high),
    )


def _gaps(said: Floats, held: Floats, weights: Floats) -> Floats:
    gaps: Floats = said @ held / said.sum() - weights @ held / weights.sum()
    return gaps


def _spread(values: Floats, weights: Floats) -> tuple[float, float]:
    """Return middle and standard deviation of everybody's positions."""
    middle = float(weights @ values / weights.sum())
    variance = float(weights @ np.square(values - middle) / weights.sum())
    return middle, float(np.sqrt(max(variance, 0.0)))
