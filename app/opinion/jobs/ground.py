"""Who keeps the order of common ground."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from app.db import Database
from app.opinion import store

EVERY_S: Final = 10 * 60
"""Seconds between two orders: a time of its own, so that none tells when somebody rated."""


class GroundKeeper:
    """Orders the posts of each board anew, by what was rated."""

    def __init__(self, db: Database, marks_key: bytes) -> None:
        """Have ordered nothing yet."""
        self._db = db
        self._marks_key = marks_key

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield what is to be done, a board each; one that fails stops no other."""
        with self._db.read() as work:
            boards = store.list_rated_boards(work)
        for board in boards:
            yield partial(self.order, board)

    def order(self, board: str) -> bool:
        """Order a board; return whether anything changed."""
        # Tens of megabytes of maths, which a host where nobody rates need not hold.
        from app.opinion.service import ground  # noqa: PLC0415

        with self._db.read() as work:
            rated = ground.read_rated(work, board, self._marks_key)
        # No transaction is open meanwhile.
        placings = ground.order_board(rated)
        with self._db.write() as work:
            return ground.publish_order(work, rated, placings)
