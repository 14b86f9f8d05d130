"""Deciding which of readers' context is shown, whenever ratings have changed."""

from collections.abc import Callable, Iterator
from functools import partial
from hashlib import sha256
from typing import Final

from app.db import Database
from app.kernel.clock import day_of
from app.opinion import service, store

EVERY_S: Final = 300
"""Seconds between two looks: nobody waits at a page for it."""


class NoteKeeper:
    """Looks after context; what it remembers is only what it need not do again."""

    def __init__(self, db: Database, marks_key: bytes) -> None:
        """Look after nothing yet."""
        self._db = db
        self._marks_key = marks_key
        self._seen: dict[str, bytes] = {}

    def list_due(self) -> Iterator[Callable[[], int]]:
        """Yield what decides about the context of each board; each says how much changed."""
        with self._db.read() as work:
            boards = store.list_rated_boards(work)
        for board in boards:
            yield partial(self._keep_board, board)

    def _keep_board(self, board: str) -> int:
        # Pages, which have this room's face as well, do without the maths.
        from .deciding import decide  # noqa: PLC0415 (what is so large)

        with self._db.read() as work:
            rated = service.list_rated(work, self._marks_key, board)
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
