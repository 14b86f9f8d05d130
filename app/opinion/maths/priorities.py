"""Which statement to show next: Polis' priority."""

from typing import Final

import numpy as np

from .plane import Plane
from .tallies import Tallies
from .values import Mask, Numbers

PRIORITY_OF_META: Final = 49.0
"""Statements about the conversation itself, as Polis sets them."""


def measure_extremity(plane: Plane) -> Numbers:
    """Return how far a single vote for each statement moves a person (statements)."""
    loading = np.sqrt(np.square(plane.axes).sum(axis=1))
    extremity: Numbers = np.sqrt(plane.columns) * np.abs(1 - plane.means) * loading
    return extremity


def measure_priorities(tallies: Tallies, extremity: Numbers, meta: Mask | None = None) -> Numbers:
    """Return each statement's priority (statements).

    High for what parts people, what few passed on and many agreed with, and what few have seen.
    Meta statements have one of their own.
    """
    together = tallies.together()
    agree, passed, seen = together.agree[0], together.counts[0, :, 1], together.seen[0]
    smoothed_passes, smoothed_agrees = (passed + 1) / (seen + 2), (agree + 1) / (seen + 2)
    importance = (1 - smoothed_passes) * (1 + extremity) * smoothed_agrees
    priorities: Numbers = np.square(importance * (1 + 8 * np.exp2(-seen / 5)))
    return priorities if meta is None else np.where(meta, PRIORITY_OF_META, priorities)
