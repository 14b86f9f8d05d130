"""Looking at everything once a minute, for the worker."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from app import forum, hearings, tlog
from app.db import Database, Work
from app.federation import partners
from app.federation.partners.evidence import list_contradictions
from app.federation.partners.watching import OWN
from app.federation.shelf import Shelf
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.tlog.files import PublicFolder

from . import rules, store
from .model import GOOD, NONE, ON, Line

EVERY_S: Final = 60.0
DRILL: Final = "drill.json"
"""What the restore drill leaves in the instance's folder: {"day", "result", "note"}."""


class Doctor:
    """Writes a line for each thing that can go wrong."""

    def __init__(
        self,
        db: Database,
        published: tlog.PublishedLog,
        data: Path,
        is_halted: Callable[[], bool],
        own_did: str,
    ) -> None:
        """Know the database, the published log, the instance's folder, whether the log may sign.

        `own_did` is the instance's own key.
        """
        self._db = db
        self._published = published
        self._data = data
        self._shelf = Shelf(PublicFolder(data / "public"))
        self._is_halted = is_halted
        self._own_did = own_did

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield the look."""
        yield self.look

    def look(self) -> None:
        """Look at everything, and keep what was seen."""
        with self._db.read() as work:
            lines = [*self._look_around(work), *self._look_at_others(work)]
        with self._db.write() as work:
            store.put_look(work, lines)

    def _look_around(self, work: Work) -> Iterator[Line]:
        today, disk = day_of(work.now), shutil.disk_usage(self._data)
        threads, _ = forum.list_threads(work, board=None, sort=forum.ThreadSort.REPLY, page=1)
        files = self._shelf.list_files()
        drill = self._data / DRILL
        yield Line(what="log", state="halted" if self._is_halted() else GOOD)
        has_two = bool(list_contradictions(self._data / "partners" / OWN))
        yield Line(what="own-log", state="two-histories" if has_two else GOOD)
        pause = hearings.find_pause(work, self._own_did)
        days = (today - pause.begun_on).days if pause else None
        yield Line(what="shutdown", state=ON if pause else NONE, value=days)
        yield rules.judge_bundles(
            files[0].day if files else None, threads[0].thread.last_day if threads else None, today
        )
        yield rules.judge_disk(disk.free, disk.total)
        yield rules.judge_drill(drill.read_bytes() if drill.exists() else None, today)

    def _look_at_others(self, work: Work) -> Iterator[Line]:
        boards = [board for board, _ in forum.list_boards(work)]
        slugs = {(board.home, board.did): board.slug for board in boards}
        witnesses, entries = tlog.list_witnessed(work), tlog.count_entries(work)
        for witness in witnesses:
            yield rules.judge_witness(witness, entries, work.now)
        for partner in partners.list_partners(work):
            replica = partners.get_replica(work, partner.did)
            both = {self._own_did, partner.did}
            grants = [
                each
                for each in partners.list_grants(work, partner.did)
                if {each.giver, each.taker} == both
            ]
            ahead = partners.count_future(work, partner.did)
            yield rules.judge_partner(partner, replica, grants, work.now, ahead=ahead)
            yield from rules.judge_grants(partner, grants, slugs, day_of(work.now))
        yield look_at_clock(self._published, work)


def look_at_clock(published: tlog.PublishedLog, work: Work) -> Line:
    """Compare our clock with those of the log's witnesses."""
    try:
        published_on = published.get_day()
    except AppError:
        published_on = None
    return rules.judge_clock(
        tlog.list_witnessed(work), tlog.count_entries(work), published_on, work.now
    )


def is_clock_off(published: tlog.PublishedLog, work: Work) -> bool:
    """Return whether our clock is wrong, as far as witnesses tell."""
    return not look_at_clock(published, work).is_good
