"""What consultations do by themselves: analysing votes, publishing results."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

from app.db import Database
from app.forum import ThreadId
from app.opinion import service, store
from app.opinion.service.results import Made
from app.records import Door

from .analysing import analyse_apart

EVERY_S: Final = 0.5
"""Seconds between two looks: what is voted shows within five."""
_MOST_RESTS: Final = 600


class Analyst:
    """Analyses consultations for an instance; remembers only how long to rest after failures."""

    def __init__(
        self,
        db: Database,
        door: Door,
        analyse: Callable[[ThreadId], Made] | None = None,
        *,
        url: str = "",
    ) -> None:
        """Analyse nothing yet; `analyse` makes something of votes, by default apart, from `url`."""
        self._db = db
        self._door = door
        self._analyse = analyse or partial(analyse_apart, url)
        self._rests: dict[ThreadId, tuple[int, int]] = {}

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield what is to be done now, each an act of its own; one that fails stops no other."""
        with self._db.read() as work:
            due, unreleased = store.list_analyses_due(work), store.list_unreleased(work)
        for thread in due:
            left, last = self._rests.get(thread, (0, 0))
            if left:
                self._rests[thread] = (left - 1, last)
            else:
                yield partial(self._attempt, thread)
        for thread in unreleased:
            yield partial(self._publish, thread)

    def _attempt(self, thread: ThreadId) -> None:
        """Analyse a consultation; one that fails stays due, and rests twice as long each time."""
        _, last = self._rests.get(thread, (0, 0))
        rest = min(max(2 * last, 1), _MOST_RESTS)
        self._rests[thread] = (rest, rest)
        with self._db.write() as work:
            store.begin_analysis(work, thread)
        # No transaction is open meanwhile.
        made = self._analyse(thread)
        with self._db.write() as work:
            service.keep_analysis(work, thread, made)
        del self._rests[thread]

    def _publish(self, thread: ThreadId) -> None:
        with self._db.write() as work:
            service.publish_results(work, self._door, thread)


__all__ = ["EVERY_S", "Analyst"]
