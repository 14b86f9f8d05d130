"""What the listening post does by itself: releases each Monday; rounds that ask people again."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Final

from app import hearings, opinion
from app.db import Database, Work
from app.forum import ThreadId
from app.listening import codec, service
from app.listening.model import Measure, PopulationMargin, Release
from app.listening.pages import render_file
from app.listening.service import Made
from app.records import Door
from app.web.languages import load_languages
from app.web.templating import Templates

from .apart import count_apart
from .officials import measure_officials

ROOT: Final = Path(__file__).resolve().parents[3]
MARGINS: Final = ROOT / "app" / "listening" / "margins.csv"
"""The table that the software comes with."""
OWN_MARGINS: Final = "margins.csv"
"""A host's own table, in its folder: it holds where it is there."""
EVERY_S: Final = 60 * 60
"""Seconds between two looks: a release comes on its day, and nobody waits for its minute."""


class Listener:
    """Publishes weeks for an instance; remembers nothing that a restart would miss."""

    def __init__(
        self,
        db: Database,
        door: Door,
        *,
        url: str,
        margins: Path,
        render: Callable[[Release], str],
        count: Callable[[ThreadId, str], Made] | None = None,
        measure: Callable[[Work], Sequence[Measure]] | None = None,
    ) -> None:
        """Publish nothing yet.

        Args:
            db: of the instance.
            door: where records are handed in.
            url: of the database, for the process that counts.
            margins: the host's own table; without it, the one that the software comes with holds.
            render: makes the page that is kept as a file.
            count: makes something of a consultation's votes, by default apart.
            measure: returns outcomes of the whole host, where officials answer.

        """
        self._db = db
        self._door = door
        self._margins = margins
        self._render = render
        self._count = count or partial(count_apart, url)
        self._measure = measure

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield what is to be done now, each an act of its own; one that fails stops no other."""
        yield self._open_rounds
        with self._db.read() as work:
            week = service.find_week_due(work)
        if week is not None:
            yield partial(self.publish, week)

    def publish(self, week: date) -> None:
        """Count what was heard, and publish the week."""
        text, margins = self.read_margins()
        with self._db.read() as work:
            threads = service.list_to_count(work)
            overall = self._measure(work) if self._measure else ()
        # No transaction is open meanwhile.
        made = {thread: self._count(thread, text) for thread in threads}
        with self._db.write() as work:
            service.publish_release(
                work,
                self._door,
                week,
                made,
                margins=margins,
                overall=overall,
                render=self._render,
            )

    def read_margins(self) -> tuple[str, tuple[PopulationMargin, ...]]:
        """Return the table of margins, as text and as what it says.

        Raises:
            MarginsUnfitError: the host's own table is none.

        """
        path = self._margins if self._margins.exists() else MARGINS
        text = path.read_text("utf-8")
        return text, codec.parse_margins(text)

    def _open_rounds(self) -> None:
        with self._db.write() as work:
            opinion.open_rounds(work, later=hearings.list_not_yet_asked_again(work))


def open_listener(
    db: Database,
    door: Door,
    url: str,
    folder: Path,
    count: Callable[[ThreadId, str], Made] | None = None,
) -> Listener:
    """Return who publishes for the instance in a folder."""
    languages, templates = load_languages(ROOT / "translations"), Templates(ROOT / "templates")
    render = partial(render_file, languages=languages, templates=templates)
    return Listener(
        db,
        door,
        url=url,
        margins=folder / OWN_MARGINS,
        render=render,
        count=count,
        measure=measure_officials,
    )


__all__ = ["EVERY_S", "MARGINS", "OWN_MARGINS", "Listener", "open_listener"]
