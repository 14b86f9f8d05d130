"""Rows of consultations."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.forum import ThreadId
from app.opinion.model import Change, Conversation, ConversationState, ResultsShown
from app.opinion.tables import ConversationRow, StatementRow

_CONVERSATION: Final = columns_of(ConversationRow)
# Prepared once: every vote and every page of a thread asks for it.
_BY_THREAD: Final = select(_CONVERSATION).where(_CONVERSATION.c.thread == bindparam("named"))
_BY_RECORD: Final = select(_CONVERSATION).where(_CONVERSATION.c.record_id == bindparam("named"))


def add_conversation(work: Work, conversation: Conversation) -> None:
    """Open a consultation on a thread."""
    values = {
        "thread": conversation.thread,
        "board": conversation.board,
        "record_id": conversation.record_id,
        "question": conversation.question,
        "language": conversation.language,
        "results": conversation.results.value,
        "asks_side": conversation.asks_side,
        "state": conversation.state.value,
        "opened_on": conversation.opened_on,
        "until": conversation.until,
        "ballot_keys": " ".join(conversation.keys),
        "head": conversation.head,
    }
    work.session.execute(insert(ConversationRow).values(values))


def change_conversation(work: Work, thread: ThreadId, change: Change, head: bytes) -> None:
    """Set what a record changes of a consultation; `head` is its digest."""
    values = {"state": change.state.value, "until": change.until, "head": head}
    found = ConversationRow.thread == thread
    work.session.execute(update(ConversationRow).where(found).values(values))


def set_merged(work: Work, thread: ThreadId, merged: dict[int, int]) -> None:
    """Set which statements others stand for: these, and no more."""
    of_it = StatementRow.conversation == thread
    work.session.execute(update(StatementRow).where(of_it).values(merged_into=None))
    for number, target in merged.items():
        one = update(StatementRow).where(of_it, StatementRow.number == number)
        work.session.execute(one.values(merged_into=target))


def find_conversation(work: Work, *, thread: str = "", record_id: str = "") -> Conversation | None:
    """Return a thread's consultation, or the one that a record opened, or None."""
    if thread:
        row = work.run(_BY_THREAD, {"named": thread}).one_or_none()
    else:
        row = work.run(_BY_RECORD, {"named": record_id}).one_or_none()
    return None if row is None else _conversation(row)


def list_conversations(work: Work, board: str | None = None) -> list[Conversation]:
    """Return the consultations that are not archived, the open ones first, then by thread."""
    found = select(ConversationRow).where(ConversationRow.state != ConversationState.ARCHIVED.value)
    if board is not None:
        found = found.where(ConversationRow.board == board)
    rows = work.session.scalars(
        found.order_by(
            ConversationRow.state.desc(), ConversationRow.opened_on.desc(), ConversationRow.thread
        )
    )
    return [_conversation(row) for row in rows]


def list_due(work: Work, today: date) -> list[Conversation]:
    """Return the open consultations whose last day has passed."""
    rows = work.session.scalars(
        select(ConversationRow).where(
            ConversationRow.state == ConversationState.OPEN.value, ConversationRow.until < today
        )
    )
    return [_conversation(row) for row in rows]


def _conversation(row: ConversationRow | Row[Any]) -> Conversation:
    return Conversation(
        thread=ThreadId(row.thread),
        board=row.board,
        record_id=row.record_id,
        question=row.question,
        language=row.language,
        results=ResultsShown(row.results),
        asks_side=bool(row.asks_side),
        state=ConversationState(row.state),
        opened_on=row.opened_on,
        until=row.until,
        keys=tuple(row.ballot_keys.split()),
        head=row.head,
    )
