"""Deciding which of readers' context is shown, whenever ratings have changed."""

from hashlib import sha256
from typing import Final

import numpy as np

from app.db import Database
from app.kernel.clock import day_of
from app.opinion import service, store
from app.opinion.maths.bothsides import UNRATED, decide_by_side, measure_by_side
from app.opinion.maths.notes import NoteStatus
from app.opinion.maths.ratings import Ratings
from app.opinion.model import Helps, Status
from app.opinion.service import RatedBoard

EVERY_S: Final = 300
"""Seconds between two looks: nobody waits at a page for it."""
_STATUS: Final = {
    NoteStatus.HELPFUL: Status.SHOWN,
    NoteStatus.NOT_HELPFUL: Status.NOT_HELPFUL,
    NoteStatus.NEEDS_MORE: Status.NEEDS_MORE,
}
_BACK: Final = {shown: status for status, shown in _STATUS.items()}


class NoteKeeper:
    """Looks after context; what it remembers is only what it need not do again."""

    def __init__(self, db: Database, marks_key: bytes) -> None:
        """Look after nothing yet."""
        self._db = db
        self._marks_key = marks_key
        self._seen: dict[str, bytes] = {}

    def keep(self) -> int:
        """Decide about the context of every board; return how many statuses changed."""
        with self._db.read() as work:
            boards = store.list_rated_boards(work)
        return sum(self._keep_board(board) for board in boards)

    def _keep_board(self, board: str) -> int:
        with self._db.read() as work:
            rated = service.read_rated(work, self._marks_key, board)
            today, before = day_of(work.now), store.list_standings(work, list(rated.notes))
        # A status holds for a day, so that the same ratings are looked at again on the next.
        seen = sha256(repr((today, rated)).encode()).digest()
        if not rated.notes or self._seen.get(board) == seen:
            return 0
        # No transaction is open meanwhile.
        told = {note: history[-1].status for note, history in before.items()}
        found = decide(rated, told)
        with self._db.write() as work:
            changed = service.settle(work, found, rated.named)
        self._seen[board] = seen
        return changed


def decide(rated: RatedBoard, told: dict[bytes, Status]) -> dict[bytes, tuple[Status, str]]:
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
        found[note] = (_STATUS[verdict.status], verdict.reason.value)
    return found
