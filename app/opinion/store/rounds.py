"""Rows of what voters say of themselves behind coins, and of what they say when asked again."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, delete, exists, insert, select, update

from app.db import Work
from app.forum import ThreadId
from app.opinion.model import ConversationState
from app.opinion.tables import ConversationRow, RoundRow, SecondSheetRow, SheetRow


class Said(NamedTuple):
    """One ballot: its votes, its answers behind coins, and its votes of the second round."""

    ballot: str
    votes: bytes
    side: str | None
    about: str | None
    again: bytes | None


def find_about(work: Work, thread: ThreadId, ballot: str) -> str | None:
    """Return a ballot's answers behind coins; None where there are none yet."""
    return work.session.scalar(select(SheetRow.about).where(*_of(thread, ballot)))


def set_about(work: Work, thread: ThreadId, ballot: str, about: str) -> bool:
    """Keep a ballot's answers; return whether it had votes and no answers yet."""
    # The database decides who is first: of two answers that come at once one is refused.
    unsaid = update(SheetRow).where(*_of(thread, ballot), SheetRow.about.is_(None))
    return work.connection.execute(unsaid.values(about=about)).rowcount > 0


def list_said(work: Work, thread: ThreadId) -> Iterator[Said]:
    """Yield all ballots, by their names, which say nothing."""
    joined = (SecondSheetRow.conversation == SheetRow.conversation) & (
        SecondSheetRow.ballot == SheetRow.ballot
    )
    found = (
        select(SheetRow.ballot, SheetRow.votes, SheetRow.side, SheetRow.about, SecondSheetRow.votes)
        .join(SecondSheetRow, joined, isouter=True)
        .where(SheetRow.conversation == thread)
        .order_by(SheetRow.ballot)
        .execution_options(yield_per=10_000)
    )
    for ballot, votes, side, about, again in work.connection.execute(found):
        yield Said(ballot, bytes(votes), side, about, again)


def list_without_round(work: Work) -> list[ThreadId]:
    """Return closed consultations whose voters were not asked again."""
    has_round = exists().where(RoundRow.conversation == ConversationRow.thread)
    closed = ConversationRow.state == ConversationState.CLOSED.value
    found = select(ConversationRow.thread).where(closed, ~has_round)
    return [ThreadId(thread) for thread in work.session.scalars(found)]


def add_round(work: Work, thread: ThreadId, opens_on: date, ends_on: date) -> None:
    """Say on which days voters are asked again."""
    values = {"conversation": thread, "opens_on": opens_on, "ends_on": ends_on}
    work.session.execute(insert(RoundRow).values(values))


def find_round(work: Work, thread: ThreadId) -> tuple[date, date] | None:
    """Return the first and the last day of a consultation's second round."""
    found = select(RoundRow.opens_on, RoundRow.ends_on).where(RoundRow.conversation == thread)
    row = work.session.execute(found).one_or_none()
    return None if row is None else (row.opens_on, row.ends_on)


def find_second(work: Work, thread: ThreadId, ballot: str) -> bytes | None:
    """Return what a ballot said when it was asked again."""
    of_it = SecondSheetRow.conversation == thread, SecondSheetRow.ballot == ballot
    return work.session.scalar(select(SecondSheetRow.votes).where(*of_it))


def set_second(work: Work, thread: ThreadId, ballot: str, votes: bytes) -> None:
    """Keep what a ballot says when it is asked again, in place of what it said before."""
    of_it = SecondSheetRow.conversation == thread, SecondSheetRow.ballot == ballot
    work.session.execute(delete(SecondSheetRow).where(*of_it))
    values = {"conversation": thread, "ballot": ballot, "votes": votes}
    work.session.execute(insert(SecondSheetRow).values(values))


def _of(thread: ThreadId, ballot: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return SheetRow.conversation == thread, SheetRow.ballot == ballot
