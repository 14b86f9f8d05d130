"""Rows of what the worker made of votes, and of the tables that were published."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.forum import ThreadId
from app.opinion.model import ConversationState
from app.opinion.tables import (
    AnalysisDueRow,
    AnalysisRow,
    ConversationRow,
    ReleaseRow,
    StatementRow,
)

_STATEMENT = columns_of(StatementRow)
_SET_PRIORITY = (
    update(_STATEMENT)
    .where(
        _STATEMENT.c.conversation == bindparam("thread"), _STATEMENT.c.number == bindparam("asked")
    )
    .values(priority=bindparam("new_priority"))
)


class Released(NamedTuple):
    """A table that was published."""

    sequence: int
    table: str
    record: bytes
    """Digest of the record that names the table's."""
    people: int
    figures: bytes
    """SHA-256 of the figures that it was made of."""


def find_figures(work: Work, thread: str) -> tuple[str, int, date] | None:
    """Return what readers are shown, as kept; how many people voted then; and the day."""
    found = select(AnalysisRow.report, AnalysisRow.people, AnalysisRow.made_on)
    row = work.session.execute(found.where(AnalysisRow.conversation == thread)).one_or_none()
    return None if row is None else (row.report, row.people, row.made_on)


def find_compass(work: Work, thread: str) -> bytes | None:
    """Return what places one voter, as kept."""
    found = select(AnalysisRow.plane).where(AnalysisRow.conversation == thread)
    return work.session.scalar(found)


def find_picture(work: Work, thread: str) -> bytes:
    """Return the map as a PNG; empty where there is none."""
    found = select(AnalysisRow.picture).where(AnalysisRow.conversation == thread)
    return work.session.scalar(found) or b""


def set_analysis(
    work: Work,
    thread: ThreadId,
    *,
    made_on: date,
    people: int,
    figures: str,
    compass: bytes,
    picture: bytes,
) -> None:
    """Keep what readers are shown, in place of what was kept before."""
    work.session.execute(delete(AnalysisRow).where(AnalysisRow.conversation == thread))
    values = {
        "conversation": thread,
        "made_on": made_on,
        "people": people,
        "report": figures,
        "plane": compass,
        "picture": picture,
    }
    work.session.execute(insert(AnalysisRow).values(values))


def set_priorities(work: Work, thread: ThreadId, priorities: Mapping[int, int]) -> None:
    """Say how much is learnt from asking each statement next, by their numbers."""
    rows = [
        {"thread": thread, "asked": number, "new_priority": priority}
        for number, priority in priorities.items()
    ]
    if rows:
        work.run(_SET_PRIORITY, rows)


def list_unreleased(work: Work) -> list[ThreadId]:
    """Return the closed consultations with figures that no published table has, and none due."""
    released = select(ReleaseRow.conversation)
    due = select(AnalysisDueRow.conversation)
    found = (
        select(ConversationRow.thread)
        .join(AnalysisRow, AnalysisRow.conversation == ConversationRow.thread)
        .where(
            ConversationRow.state != ConversationState.OPEN.value,
            ConversationRow.thread.not_in(released),
            ConversationRow.thread.not_in(due),
        )
    )
    return [ThreadId(thread) for thread in work.session.scalars(found)]


def find_release(work: Work, thread: str) -> Released | None:
    """Return the table that was published last, or None."""
    found = select(
        ReleaseRow.sequence,
        ReleaseRow.table,
        ReleaseRow.digest,
        ReleaseRow.people,
        ReleaseRow.figures,
    ).where(ReleaseRow.conversation == thread)
    row = work.session.execute(found.order_by(ReleaseRow.sequence.desc()).limit(1)).one_or_none()
    return row and Released(*row)


def find_table(work: Work, record: bytes) -> str | None:
    """Return the table that a record (its digest) names, also one that is not the last."""
    found = select(ReleaseRow.table).where(ReleaseRow.digest == record)
    return work.session.execute(found).scalar_one_or_none()


def add_release(work: Work, thread: ThreadId, released: Released) -> None:
    """Publish a table."""
    values = {
        "conversation": thread,
        "sequence": released.sequence,
        "table": released.table,
        "digest": released.record,
        "people": released.people,
        "figures": released.figures,
    }
    work.session.execute(insert(ReleaseRow).values(values))
