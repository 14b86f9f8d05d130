"""Statements about the order of common ground: few posts have a place in it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, func, insert, select

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import Placing, ThreadId, ThreadSummary
from app.forum.tables import GroundRow, PostRow, ThreadRow

from . import summarise
from .boards import has_tag

_GROUND, _THREAD, _POST = columns_of(GroundRow), columns_of(ThreadRow), columns_of(PostRow)
_ADD = insert(_GROUND)
_LIST = select(_GROUND).where(_GROUND.c.board == bindparam("board")).order_by(_GROUND.c.place)
_PLACE = func.coalesce(_GROUND.c.place, 0)
_IN_THREAD = (
    select(_POST.c.digest)
    .outerjoin(_GROUND, _GROUND.c.post == _POST.c.digest)
    .where(_POST.c.thread == bindparam("thread"), _POST.c.number.is_not(None))
    # The opening is what all the others are about.
    .order_by(_POST.c.number != 1, _PLACE, _POST.c.number)
    .offset(bindparam("offset"))
    .limit(bindparam("limit"))
)


def list_placings(work: Work, board: str) -> list[Placing]:
    """Return the posts of a board that have a place, in their order."""
    return [
        Placing(
            post=row.post, thread=row.thread, place=row.place, counts=row.counts, exact=row.exact
        )
        for row in work.run(_LIST, {"board": board})
    ]


def set_placings(work: Work, board: str, placings: Iterable[Placing]) -> None:
    """Put a board's order in place of the former one."""
    work.connection.execute(delete(_GROUND).where(_GROUND.c.board == board))
    rows = [
        {
            "post": one.post, "thread": one.thread, "board": board, "place": one.place,
            "counts": one.counts, "exact": one.exact,
        }
        for one in placings
    ]  # fmt: skip
    if rows:
        work.run(_ADD, rows)


def list_ranked_threads(work: Work, board: str, tag: str) -> list[tuple[ThreadId, int]]:
    """Return the threads of a board whose openings have a place, in their order."""
    found = (
        select(_THREAD.c.id, _GROUND.c.place)
        .join(_GROUND, _GROUND.c.thread == _THREAD.c.id)
        .where(_GROUND.c.board == board, _GROUND.c.post == _THREAD.c.opening)
        # One that a desk moved stands in another board's list.
        .where(_THREAD.c.board == board, _THREAD.c.is_public)
    )
    found = found.where(has_tag(tag)) if tag else found
    return [(ThreadId(row.id), row.place) for row in work.run(found.order_by(_GROUND.c.place))]


def list_plain_threads(work: Work, board: str, tag: str, offset: int, limit: int) -> list[ThreadId]:
    """Return threads of a board whose openings have no place, the newest first."""
    has_place = (
        select(_GROUND.c.post)
        .where(_GROUND.c.post == _THREAD.c.opening, _GROUND.c.board == board)
        .exists()
    )
    found = select(_THREAD.c.id).where(_THREAD.c.is_public, _THREAD.c.board == board, ~has_place)
    found = found.where(has_tag(tag)) if tag else found
    found = found.order_by(_THREAD.c.first_index.desc()).offset(offset).limit(limit)
    return [ThreadId(row.id) for row in work.run(found)]


def list_in_thread(work: Work, thread: ThreadId, offset: int, limit: int) -> Sequence[bytes]:
    """Return the posts of a thread by their places: the opening, then common ground."""
    values = {"thread": thread, "offset": offset, "limit": limit}
    return work.run(_IN_THREAD, values).scalars().all()


def list_threads(work: Work, ids: Sequence[ThreadId]) -> list[ThreadSummary]:
    """Return threads in the order in which they are named."""
    found = summarise(work, select(_THREAD).where(_THREAD.c.id.in_(ids)))
    by_id = {one.thread.id: one for one in found}
    return [by_id[thread] for thread in ids if thread in by_id]
