"""What people inside and abroad say, with the noise of their coins taken out (`coins`)."""

from typing import Final

import numpy as np

from .coins import Estimate, estimate_shares
from .disclosure import LEAST_PEOPLE, round_counts
from .figures import Share, SideFigures
from .living import tally_sides, view_sides
from .sheets import Ballots

_SIDES: Final = 3


def describe_sides(ballots: Ballots) -> SideFigures | None:
    """Return how many live where, and the view of each side; None where too few said anything.

    The noise is as large as a poll of a fifteenth of them would have, so that a hundred answers
    tell nothing yet.
    """
    answered = np.bincount(ballots.sides[ballots.sides >= 0], minlength=_SIDES).astype(np.int64)
    if answered.min() < LEAST_PEOPLE:
        return None
    estimate = estimate_shares(round_counts(answered))
    inside, abroad, unsaid = (_share(estimate, side) for side in range(_SIDES))
    people = int(round_counts(answered.sum(keepdims=True))[0])
    return SideFigures(
        inside=inside, abroad=abroad, unsaid=unsaid, people=people, views=_views(ballots)
    )


def _views(ballots: Ballots) -> dict[str, tuple[Share, Share]]:
    """Return how many agree inside and abroad, by the number of each statement that tells it."""
    counts = tally_sides(ballots.votes, ballots.sides)
    found = {}
    for at in np.flatnonzero(ballots.asked).tolist():
        views = view_sides(counts[at])
        if views is not None:
            inside, abroad = (
                Share(percent=each.percent, low=each.low, high=each.high) for each in views
            )
            found[str(at + 1)] = (inside, abroad)
    return found


def _share(estimate: Estimate, side: int) -> Share:
    percent, low, high = (
        round(float(values[side]) * 100)
        for values in (np.clip(estimate.share, 0, 1), estimate.low, estimate.high)
    )
    return Share(percent=percent, low=low, high=high)
