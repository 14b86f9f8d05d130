"""Statements about what desks did to threads, and about first posts that wait for one."""

from collections.abc import Collection, Iterable
from typing import Any, Final

from sqlalchemy import Row, bindparam, func, select, text, update

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import Measures, Place, ThreadId, ThreadState
from app.forum.tables import BoardRow, PostRow, ThreadRow

_BOARD, _POST, _THREAD = columns_of(BoardRow), columns_of(PostRow), columns_of(ThreadRow)
_GET_PLACE = select(_THREAD.c.board, _THREAD.c.state, _THREAD.c.act, _THREAD.c.delay_s).where(
    _THREAD.c.id == bindparam("key")
)
_FIND_DELAYS = (
    select(_THREAD.c.id, _THREAD.c.delay_s, _BOARD.c.did, _BOARD.c.delay_s.label("of_board"))
    .join(_POST, _POST.c.thread == _THREAD.c.id)
    .join(_BOARD, _BOARD.c.did == _THREAD.c.board)
    .where(_POST.c.record_id == bindparam("key"))
)
_COUNT_FIRST = select(func.count()).select_from(
    select(_POST.c.digest)
    .where(_POST.c.author.in_(bindparam("keys", expanding=True)))
    .limit(bindparam("most"))
    .subquery()
)
_COUNT_THREAD = (
    update(_BOARD)
    .where(_BOARD.c.did == bindparam("key"))
    .values(thread_count=_BOARD.c.thread_count + bindparam("more"))
)
# Written out: SQLite takes the index of these rows only where it reads the same words.
UNREVIEWED: Final = text("post.is_unreviewed AND post.log_index IS NULL")


def get_place(work: Work, thread_id: ThreadId) -> Place:
    """Return where a thread stands, shown or waiting, and what its next post has to keep to."""
    row = work.run(_GET_PLACE, {"key": thread_id}).one()
    return Place(board=row.board, state=state_of(row), delay_s=row.delay_s)


def find_delays(work: Work, record_id: str) -> dict[str, int]:
    """Return the seconds that the thread of a post and its board ask for between two posts."""
    row = work.run(_FIND_DELAYS, {"key": record_id}).first()
    return {} if row is None else {row.id: row.delay_s, row.did: row.of_board}


def state_of(row: Row[Any]) -> ThreadState:
    """Return a thread's state: as stewards set it, or locked where a desk did."""
    state = ThreadState(row.state)
    return ThreadState.LOCKED if state is ThreadState.OPEN and row.act is not None else state


def measures_of(row: Row[Any]) -> Measures:
    """Return what desks did to the thread of a row."""
    return Measures(lock=row.act, slow=row.slow_act, delay_s=row.delay_s, move=row.move_act)


def set_lock(work: Work, thread_id: ThreadId, act: bytes | None) -> None:
    """Lock a thread, or take that back."""
    _change(work, thread_id, act=act)


def set_delay(work: Work, thread_id: ThreadId, delay_s: int, act: bytes | None) -> None:
    """Slow a thread, or take that back."""
    _change(work, thread_id, delay_s=delay_s, slow_act=act)


def set_board(work: Work, thread_id: ThreadId, board: str, act: bytes | None) -> None:
    """Put a thread that readers see on another board, which counts it from now on."""
    former = work.session.scalars(select(ThreadRow.board).where(ThreadRow.id == thread_id)).one()
    _change(work, thread_id, board=board, move_act=act)
    work.run(_COUNT_THREAD, [{"key": former, "more": -1}, {"key": board, "more": 1}])


def list_shown_in(work: Work, thread_id: ThreadId) -> list[tuple[bytes, int]]:
    """Return the posts of a thread that readers see, each with its place in the log."""
    query = select(PostRow.digest, PostRow.log_index).where(
        PostRow.thread == thread_id, PostRow.log_index.is_not(None)
    )
    return [(digest, place) for digest, place in work.session.execute(query) if place is not None]


def count_first(work: Work, dids: Iterable[str], most: int) -> int:
    """Return how many posts some keys have written, shown, waiting or erased; `most` at most."""
    count: int = work.run(_COUNT_FIRST, {"keys": list(dids), "most": most}).scalar_one()
    return count


def list_unreviewed(work: Work, boards: Collection[str] | None) -> list[bytes]:
    """Return the first posts that wait and that no desk has looked at, of some boards or of all."""
    query = (
        select(PostRow.digest)
        .join(ThreadRow, ThreadRow.id == PostRow.thread)
        .where(UNREVIEWED, PostRow.erased_on.is_(None), ~PostRow.is_hidden)
    )
    if boards is not None:
        query = query.where(ThreadRow.board.in_(boards))
    return list(work.session.scalars(query.order_by(PostRow.day, PostRow.digest)))


def _change(work: Work, thread_id: ThreadId, **values: object) -> None:
    rows = update(ThreadRow).where(ThreadRow.id == thread_id)
    work.session.execute(rows.values(values))
