"""Releases: made once a week, signed, and never made anew."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from app import hearings, identity, opinion, records, tlog
from app.db import Work
from app.forum import ThreadId
from app.kernel.clock import day_of
from app.listening import codec, rules, store
from app.listening.errors import NoReleaseError, ReleasedError
from app.listening.model import Cell, Measure, PopulationMargin, Release, Released
from app.records import VerifiedRecord, sign_record
from app.records.errors import WrongSignerError

SUBJECT = "listening"
"""Pages about releases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What was made of one consultation."""

    cells: Mapping[str, Cell]
    gap: tuple[Measure, ...]
    outcomes: tuple[Measure, ...]


def accept_release(work: Work, record: VerifiedRecord, *, instance_did: str) -> tlog.Lane:
    """Let the log name the files of a week's release.

    Raises:
        WrongSignerError: another key than the home instance's signed it.
        ReleasedError: the week has its release, or is none: it does not begin on a Monday.

    """
    if record.signer != instance_did:
        raise WrongSignerError("another key than the instance's")
    week = date.fromisoformat(record.document["urn:goftogu:release"]["week"])
    if rules.monday_of(week) != week or store.find_release(work, week) is not None:
        raise ReleasedError("the week has its release")
    return tlog.HOUSE_LANE


def find_week_due(work: Work) -> date | None:
    """Return the week that has no release yet; None where it has one."""
    week = rules.monday_of(day_of(work.now))
    return None if store.find_release(work, week) else week


def list_to_count(work: Work) -> list[ThreadId]:
    """Return the consultations that a release is made of: those whose results are everybody's."""
    return [each.thread for each in opinion.list_heard(work)]


def publish_release(
    work: Work,
    door: records.Door,
    week: date,
    made: Mapping[ThreadId, Made],
    *,
    margins: Sequence[PopulationMargin],
    overall: Sequence[Measure],
    render: Callable[[Release], str],
) -> Released:
    """Publish a week: keep its files and cells, and sign a record that names them.

    Raises:
        ReleasedError: the week has its release.

    """
    heard = []
    for thread, one in made.items():
        found = rules.put_together(thread, one.cells, one.gap, one.outcomes)
        if found is not None:
            heard.append(found)
            store.set_cells(work, thread, one.cells)
    people = sum(each.card.people for each in heard)
    release = Release(week=week, people=people, heard=tuple(heard), overall=tuple(overall))
    table, codebook = rules.write_table(release), rules.write_codebook(margins)
    page = render(release)
    members = codec.release_members(
        week,
        codebook=sha256(codebook.encode()).digest(),
        table=sha256(table.encode()).digest(),
        page=sha256(page.encode()).digest(),
        people=people,
    )
    nonce, day = identity.encode_id(work), day_of(work.now)
    receipt = door.submit(work, sign_record(door.key, "Announce", members, nonce=nonce, day=day))
    figures = codec.encode_release(release)
    kept = store.KeptRelease(week, receipt.digest, figures, table, codebook, page)
    store.add_release(work, kept)
    for each in heard:
        if told := codec.again_members(each, week, table):
            hearings.tell_asked_again(work, ThreadId(each.thread), told)
    work.changed.add(SUBJECT)
    return _released(kept)


def get_release(work: Work, week: date) -> Released:
    """Return a week's release.

    Raises:
        NoReleaseError: there is none.

    """
    kept = store.find_release(work, week)
    if kept is None:
        raise NoReleaseError("no release of this week")
    return _released(kept)


def find_latest(work: Work) -> Released | None:
    """Return the release that was published last, or None."""
    kept = store.find_latest(work)
    return None if kept is None else _released(kept)


def _released(kept: store.KeptRelease) -> Released:
    return Released(
        week=kept.week,
        digest=kept.digest,
        release=codec.decode_release(kept.figures),
        table=kept.table,
        codebook=kept.codebook,
        page=kept.page,
    )
