"""What stands over a thread's pages, in one question: the thread, its board, how many wrote."""

from types import SimpleNamespace
from typing import Any, Final

from sqlalchemy import Row, bindparam, select

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import Thread, ThreadHead, ThreadId
from app.forum.tables import BoardRow, ThreadRow

from . import measures
from .boards import board_of_row, mark_of_row
from .counting import AUTHORS_OF_THREAD

_BOARD, _THREAD = columns_of(BoardRow), columns_of(ThreadRow)
_OF_BOARD: Final = {column.name: f"board_{column.name}" for column in _BOARD.c}
_FIND: Final = (
    select(
        *_THREAD.c,
        *(_BOARD.c[name].label(label) for name, label in _OF_BOARD.items()),
        AUTHORS_OF_THREAD.scalar_subquery().label("author_count"),
    )
    .join(_BOARD, _BOARD.c.did == _THREAD.c.board)
    .where(_THREAD.c.id == bindparam("key"), _THREAD.c.is_public)
)


def find_head(work: Work, thread_id: str) -> ThreadHead | None:
    """Return what stands over the pages of a thread that readers can see, or None."""
    row = work.run(_FIND, {"key": thread_id}).first()
    if row is None:
        return None
    board = SimpleNamespace(**{name: getattr(row, label) for name, label in _OF_BOARD.items()})
    return ThreadHead(
        thread=thread_of_row(row),
        board=board_of_row(board),
        mark=mark_of_row(row),
        author_count=row.author_count,
    )


def thread_of_row(row: Row[Any]) -> Thread:
    """Return the thread of a row."""
    return Thread(
        id=ThreadId(row.id),
        board=row.board,
        opening=row.opening,
        post_count=row.post_count,
        started_on=row.started_on,
        last_day=row.last_day,
        tags=tuple(row.tags),
        is_pinned=bool(row.is_pinned),
        state=measures.state_of(row),
        measures=measures.measures_of(row),
    )
