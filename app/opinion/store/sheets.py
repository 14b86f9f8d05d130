"""Rows of votes: one a ballot, in which nothing tells when they came."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.forum import ThreadId
from app.opinion.tables import AnalysisDueRow, SheetRow

_SHEET, _DUE = columns_of(SheetRow), columns_of(AnalysisDueRow)
_OF_BALLOT = (
    _SHEET.c.conversation == bindparam("thread"),
    _SHEET.c.ballot == bindparam("name"),
)
_FIND_SHEET = select(_SHEET.c.votes, _SHEET.c.side).where(*_OF_BALLOT)
_ADD_SHEET = insert(_SHEET)
_SET_VOTES = update(_SHEET).where(*_OF_BALLOT).values(votes=bindparam("new_votes"))
_SET_SIDE = update(_SHEET).where(*_OF_BALLOT).values(side=bindparam("new_side"))
_IS_DUE = select(_DUE.c.conversation).where(_DUE.c.conversation == bindparam("thread"))
_MAKE_DUE = insert(_DUE)


def find_sheet(work: Work, thread: ThreadId, ballot: str) -> bytes | None:
    """Return the votes of a ballot as kept, or None where it has none yet."""
    row = work.run(_FIND_SHEET, {"thread": thread, "name": ballot}).one_or_none()
    return None if row is None else bytes(row.votes)


def find_side(work: Work, thread: ThreadId, ballot: str) -> str | None:
    """Return what a ballot's voter said of where they live, behind the noise; None if nothing."""
    row = work.run(_FIND_SHEET, {"thread": thread, "name": ballot}).one_or_none()
    return None if row is None else row.side


def set_sheet(work: Work, thread: ThreadId, ballot: str, votes: bytes) -> None:
    """Keep the votes of a ballot, and have the consultation analysed anew."""
    # Most votes are not the first of their ballot.
    new = {"thread": thread, "name": ballot, "new_votes": votes}
    changed = work.connection.execute(_SET_VOTES, new)
    if not changed.rowcount:
        work.run(_ADD_SHEET, _new(thread, ballot, votes=votes))
    _make_due(work, thread)


def set_side(work: Work, thread: ThreadId, ballot: str, side: str) -> None:
    """Keep what a ballot's voter said, and have the consultation analysed anew."""
    if find_sheet(work, thread, ballot) is None:
        work.run(_ADD_SHEET, _new(thread, ballot, side=side))
    else:
        work.run(_SET_SIDE, {"thread": thread, "name": ballot, "new_side": side})
    _make_due(work, thread)


def count_sheets(work: Work, thread: ThreadId) -> int:
    """Return how many ballots of a consultation have votes or a side."""
    counted = select(func.count()).where(_SHEET.c.conversation == thread)
    return work.connection.execute(counted).scalar_one()


def list_sheets(work: Work, thread: ThreadId) -> Iterator[tuple[str, bytes, str | None]]:
    """Yield ballots, their votes and sides, by ballot: a million are never held at once."""
    found = select(_SHEET.c.ballot, _SHEET.c.votes, _SHEET.c.side)
    found = found.where(_SHEET.c.conversation == thread).order_by(_SHEET.c.ballot)
    for row in work.connection.execute(found.execution_options(yield_per=10_000)):
        yield row.ballot, bytes(row.votes), row.side


def is_analysis_due(work: Work, thread: ThreadId) -> bool:
    """Return whether somebody voted since a consultation was analysed."""
    return work.run(_IS_DUE, {"thread": thread}).one_or_none() is not None


def say_analysed(work: Work, thread: ThreadId) -> None:
    """Say that a consultation is being analysed as it is now."""
    work.connection.execute(delete(_DUE).where(_DUE.c.conversation == thread))


def _make_due(work: Work, thread: ThreadId) -> None:
    if not is_analysis_due(work, thread):
        work.run(_MAKE_DUE, {"conversation": thread})


def _new(
    thread: ThreadId, ballot: str, *, votes: bytes = b"", side: str | None = None
) -> dict[str, Any]:
    return {"conversation": thread, "ballot": ballot, "votes": votes, "side": side}
