"""Who keeps the order of common ground."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from app.db import Database
from app.opinion import store

_LOOKS_BETWEEN: Final = 6
EVERY_S: Final = 10 * 60
"""Seconds between two orders: a time of its own, so that none tells when somebody rated."""


class GroundKeeper:
    """Orders the posts of each board anew, by what was rated."""

    def __init__(self, db: Database, marks_key: bytes) -> None:
        """Have ordered nothing yet."""
        self._db = db
        self._marks_key = marks_key
        self._seen: dict[str, tuple[int, int]] = {}
        self._looks = 0

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield what is to be done, a board each; one that fails stops no other."""
        with self._db.read() as work:
            sums = store.sum_ratings(work)
        if self._looks % _LOOKS_BETWEEN == 0:
            # Who counts may have changed, or two ratings each into the other.
            self._seen.clear()
        self._looks += 1
        for board, told in sums.items():
            if self._seen.get(board) != told:
                yield partial(self._look, board, told)

    def _look(self, board: str, told: tuple[int, int]) -> bool:
        is_changed = self.order(board)
        self._seen[board] = told
        return is_changed

    def order(self, board: str) -> bool:
        """Order a board; return whether anything changed."""
        # Tens of megabytes of maths, which a host where nobody rates need not hold.
        from app.opinion.service import ground  # noqa: PLC0415

        with self._db.read() as work:
            rated = ground.list_rated(work, board, self._marks_key)
        # No transaction is open meanwhile.
        placings = ground.order_board(rated)
        with self._db.write() as work:
            return ground.publish_order(work, rated, placings)
