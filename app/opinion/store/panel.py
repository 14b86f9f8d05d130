"""Rows of who was drawn to vote, by marks that nobody opens without the folder's key."""

from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import bindparam, delete, func, insert, or_, select

from app.db import Work
from app.db.tables import columns_of
from app.forum import ThreadId
from app.opinion.model import ConversationState
from app.opinion.tables import ConversationRow, PanelDutyRow

_DUTY, _CONVERSATION = columns_of(PanelDutyRow), columns_of(ConversationRow)
# It is asked with every vote.
_IS_IN_PANEL = select(_DUTY.c.week).where(
    _DUTY.c.mark.in_(bindparam("marks", expanding=True)),
    _DUTY.c.conversation == bindparam("thread"),
)


def add_drawn(work: Work, thread: ThreadId, week: date, marks: Iterable[bytes]) -> None:
    """Remember who was drawn for a consultation, in the order of the marks: it tells nothing."""
    rows = [{"mark": mark, "week": week, "conversation": thread} for mark in sorted(marks)]
    if rows:
        work.run(insert(_DUTY), rows)


def has_panel(work: Work, thread: ThreadId, week: date) -> bool:
    """Return whether somebody was drawn for a consultation in a week."""
    found = select(_DUTY.c.mark).where(_DUTY.c.conversation == thread, _DUTY.c.week == week)
    return work.run(found.limit(1)).first() is not None


def count_drawn(work: Work, week: date) -> dict[bytes, int]:
    """Return how often each mark was drawn in a week."""
    counted = select(_DUTY.c.mark, func.count()).where(_DUTY.c.week == week)
    rows = work.connection.execute(counted.group_by(_DUTY.c.mark))
    return {bytes(mark): count for mark, count in rows}


def is_in_panel(work: Work, thread: ThreadId, marks: Collection[bytes]) -> bool:
    """Return whether one of these marks was drawn for a consultation."""
    return work.run(_IS_IN_PANEL, {"marks": list(marks), "thread": thread}).first() is not None


def list_drawn(work: Work, marks: Collection[bytes]) -> list[str]:
    """Return the consultations that these marks were drawn for, by thread."""
    found = select(_DUTY.c.conversation).where(_DUTY.c.mark.in_(marks)).distinct()
    return sorted(work.run(found).scalars())


def remove_panels(work: Work, oldest: date) -> bool:
    """Forget who was drawn in weeks before this one, or for what is closed; return if anybody."""
    is_open = _CONVERSATION.c.state == ConversationState.OPEN.value
    still_open = select(_CONVERSATION.c.thread).where(is_open)
    over = or_(_DUTY.c.week < oldest, _DUTY.c.conversation.not_in(still_open))
    return work.connection.execute(delete(_DUTY).where(over)).rowcount > 0
