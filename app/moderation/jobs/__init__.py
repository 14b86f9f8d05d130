"""What moderation does by itself, beside pages: looking for groups, hiding, ending what is over."""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial
from typing import Final

from app.db import Database
from app.moderation import service, store
from app.moderation.model.crowds import Group
from app.moderation.rules import note_cohort
from app.records import Door

from .grouping import find_groups_apart

EVERY_S: Final = 15
"""Seconds between two looks: what four people agree on is hidden within a minute."""
_NOTHING: Final = (0, 0)


class Watch:
    """Looks after cases for an instance; what it remembers is only what it need not do again."""

    def __init__(self, db: Database, door: Door, marks_key: bytes) -> None:
        """Look after nothing yet."""
        self._db = db
        self._door = door
        self._marks_key = marks_key
        self._seen = _NOTHING

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield what is to be done now, each an act of its own; one that fails stops no other."""
        with self._db.read() as work:
            over = service.list_over(work, self._door)
            latest = store.get_latest_report(work)
        for digest in over:
            yield partial(self._end, digest)
        if latest != self._seen:
            yield from self._look(latest)

    def _end(self, digest: bytes) -> None:
        with self._db.write() as work:
            service.end(work, self._door, digest)

    def _look(self, latest: tuple[int, int]) -> Iterator[Callable[[], object]]:
        """Weigh what was reported lately; yield what may be to hide."""
        with self._db.read() as work:
            crowd = service.read_crowd(work, self._marks_key)
        # No transaction is open meanwhile.
        found = find_groups_apart(crowd.sightings, crowd.joined)
        groups = [note_cohort(group, crowd.cohorts) for group in found]
        with self._db.write() as work:
            cases = service.weigh(work, groups)
        # If anything of this fails, all of it is looked at again.
        self._seen = latest
        for case in cases:
            yield partial(self._hide, case, groups, crowd.answered)

    def _hide(self, case: str, groups: Sequence[Group], answered: Collection[bytes]) -> None:
        try:
            with self._db.write() as work:
                service.hide_by_itself(work, self._door, case, groups, answered)
        except Exception:
            self._seen = _NOTHING
            raise
