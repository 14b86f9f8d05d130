"""`goftogu check`: what a running instance should be able to show about itself."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import text

from app import forum, records, tlog
from app.db import Work
from app.kernel.clock import Instant
from app.kernel.errors import AppError, CorruptStateError
from app.wiring import House

from .output import counted, progress

HOURS_A_DAY: Final = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    what: str
    is_good: bool
    advice: str


def inspect(house: House) -> list[Finding]:
    """Look at everything; a finding that is not good says what to do."""
    with house.db.read() as work:
        witnesses = _witnesses(work)
    return [*inspect_database(house), _signed(house), *witnesses]


def inspect_database(house: House) -> list[Finding]:
    """Look at keys and database, as a backup holds them."""
    with house.db.read() as work:
        return [
            _keys(house),
            _database(house, work),
            _records(work),
            _pages(work),
            Finding(
                what=f"log: {_entries(tlog.count_entries(work))} without a gap",
                is_good=tlog.has_every_index(work),
                advice="Stop writing and restore the database: entries of the log are missing.",
            ),
            _effects(work),
        ]


def _keys(house: House) -> Finding:
    folder = house.settings.data / "keys"
    loose = [path.name for path in folder.iterdir() if path.stat().st_mode & 0o077]
    return Finding(
        what="keys: readable by their owner alone",
        is_good=not loose,
        advice=f"Run: chmod 600 {' '.join(str(folder / name) for name in loose)}",
    )


def _database(house: House, work: Work) -> Finding:
    is_sqlite = house.db.engine.dialect.name == "sqlite"
    # PostgreSQL checks its pages itself, as it reads them.
    result = work.session.scalar(text("PRAGMA integrity_check" if is_sqlite else "SELECT 'ok'"))
    return Finding(
        what="database: intact" if is_sqlite else "database: answers",
        is_good=result == "ok",
        advice="Stop the instance and restore the last backup.",
    )


def _pages(work: Work) -> Finding:
    """Compare what readers see with what was signed."""
    changed = forum.list_changed(work)
    return Finding(
        what="pages: show the words that were signed",
        is_good=not changed,
        advice="Somebody changed the database: restore the last backup. Readers see other words "
        f"than these say: {' '.join(d.hex() for d in changed[:5])}",
    )


def _records(work: Work) -> Finding:
    """Verify every record's bytes again, as a stranger would."""
    bad: list[str] = []
    digests = records.list_digests(work)
    with progress("records", len(digests)) as advance:
        for digest in digests:
            stored = records.find_record(work, digest)
            if stored and stored.raw is not None:
                try:
                    verified = records.verify_record(records.parse_record(stored.raw))
                    if verified.digest != digest:
                        bad.append(digest.hex())
                except AppError:
                    bad.append(digest.hex())
            advance()
    return Finding(
        what=f"records: {len(digests)} {'verifies' if len(digests) == 1 else 'verify'}",
        is_good=not bad,
        advice=f"These do not verify, restore them from a copy: {' '.join(bad[:5])}",
    )


def _effects(work: Work) -> Finding:
    """Look whether everything that is in the log is shown."""
    aside = [str(entry.index) for entry in tlog.list_aside(work)]
    return Finding(
        what="log: all that it holds is shown",
        is_good=not aside,
        advice=f"Not shown, for they failed (see `effect-failed` in the server's log): entries "
        f"{' '.join(aside[:5])}. Each start tries them again; a newer version may show them.",
    )


def _signed(house: House) -> Finding:
    """Look whether the database continues what the log has signed."""
    try:
        size = house.sequencer.inspect()
    except CorruptStateError as error:
        what, advice = "log: may be signed", f"{str(error)[:1].upper()}{str(error)[1:]}."
        return Finding(what=what, is_good=False, advice=advice)
    what = "log: not signed yet" if size is None else f"log: {_entries(size)} signed"
    return Finding(what=what, is_good=True, advice="")


def _witnesses(work: Work) -> list[Finding]:
    """Look how old each witness's cosignature is; of a log that is idle it may be any age."""
    entries = tlog.count_entries(work)
    return [_cosigned(witness, entries, work.now) for witness in tlog.list_witnessed(work)]


def _cosigned(witness: tlog.Witnessed, entries: int, now: Instant) -> Finding:
    hours = witness.hours_since(now)
    said = (
        "nothing"
        if hours is None
        else f"{_entries(witness.tree_size)}, {counted(hours, 'hour', 'hours')} ago"
    )
    return Finding(
        what=f"witness {witness.name}: signed {said}",
        is_good=hours is not None and (witness.tree_size == entries or hours < HOURS_A_DAY),
        advice=f"Does the worker run, does {witness.url} answer, and does its host look after our "
        "log? If it is gone for good: goftogu witness remove.",
    )


def _entries(count: int) -> str:
    return counted(count, "entry", "entries")
