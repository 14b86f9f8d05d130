"""What ratings make of context, by the maths, which takes its time to load."""

from collections.abc import Mapping
from typing import Final

import numpy as np

from app.opinion.maths.bothsides import UNRATED, NoteStatus, decide_by_side, measure_by_side
from app.opinion.maths.ratings import Ratings
from app.opinion.model import Helps, Status, Why
from app.opinion.service import RatedBoard

_STATUS: Final = {
    NoteStatus.HELPFUL: Status.SHOWN,
    NoteStatus.NOT_HELPFUL: Status.NOT_HELPFUL,
    NoteStatus.NEEDS_MORE: Status.NEEDS_MORE,
}
_BACK: Final = {shown: status for status, shown in _STATUS.items()}


def decide(rated: RatedBoard, told: Mapping[bytes, Status]) -> dict[bytes, tuple[Status, Why]]:
    """Return what ratings make of each note, and why; `told` is what readers are told now."""
    ratings = Ratings.from_rows(
        rated.raters,
        rated.posts,
        np.asarray(rated.helps, dtype=np.float64) / Helps.YES,
        people=rated.people,
        statements=rated.rated,
    )
    facts, found = measure_by_side(ratings), {}
    for note, place in rated.notes.items():
        measured = UNRATED if place is None else facts[place]
        verdict = decide_by_side(measured, _BACK[told.get(note, Status.NEEDS_MORE)])
        found[note] = (_STATUS[verdict.status], Why(verdict.reason))
    return found
