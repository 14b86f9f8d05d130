"""Where a step that draws nearer comes to rest, in fewer steps than it takes by itself."""

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np

from .values import Numbers

_MEMORY: Final = 5
_WORSE: Final = 2.0
"""How much larger than the last a step may be before what is remembered is forgotten."""
_RANK: Final = 1e-10
Step: TypeAlias = Callable[[Numbers], Numbers]


def find_fixed_point(step: Step, start: Numbers, *, still: float, most: int) -> tuple[Numbers, int]:
    """Return where `step` moves nothing further than `still`, and how many steps it took.

    Anderson's mixing (Walker and Ni 2011): the next place is the one at which the last few steps,
    were they straight lines, would have ended. Where that leads astray it begins anew from the
    plain step, so that it does not do worse than repeating the step. It ends after `most` steps.
    """
    place = start
    image = step(place)
    taken, moves, turns = 1, list[Numbers](), list[Numbers]()
    while (length := _length(image - place)) >= still and taken < most:
        following = image
        if turns:
            matrix = np.stack(turns, axis=1)
            share = np.linalg.lstsq(matrix, image - place, rcond=_RANK)[0]
            following = image - (np.stack(moves, axis=1) + matrix) @ share
        found = step(following)
        taken += 1
        if turns and _length(found - following) > _WORSE * length:
            moves, turns = [], []
            place, image = image, step(image)
            taken += 1
            continue
        moves = [*moves, following - place][-_MEMORY:]
        turns = [*turns, (found - following) - (image - place)][-_MEMORY:]
        place, image = following, found
    return image, taken


def _length(change: Numbers) -> float:
    return float(np.abs(change).max(initial=0.0))
