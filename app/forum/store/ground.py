"""Statements about the order of common ground: few posts have a place in it."""

from collections.abc import Iterable, Sequence

from sqlalchemy import bindparam, delete, insert, select

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import Placing, PostKind, ThreadId, ThreadSummary
from app.forum.tables import GroundRow, PostRow, ThreadRow

from . import summarise
from .boards import has_tag

_GROUND, _THREAD, _POST = columns_of(GroundRow), columns_of(ThreadRow), columns_of(PostRow)
_ADD = insert(_GROUND)
_LIST = select(_GROUND).where(_GROUND.c.board == bindparam("board")).order_by(_GROUND.c.place)
_AT_ONCE = 500
_PLACEABLE = select(_POST.c.digest, _POST.c.thread, _POST.c.erased_on, _POST.c.is_hidden).where(
    _POST.c.number.is_not(None), _POST.c.kind == PostKind.POST.value
)
_IN_THREAD = (
    select(_POST.c.number, _GROUND.c.place)
    .join(_POST, _POST.c.digest == _GROUND.c.post)
    .where(_GROUND.c.thread == bindparam("thread"), _POST.c.number.is_not(None))
    .order_by(_GROUND.c.place)
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


def list_placeable(work: Work, digests: Sequence[bytes]) -> dict[bytes, str]:
    """Return the threads of those of some posts that can have a place: that readers can read."""
    found: dict[bytes, str] = {}
    for start in range(0, len(digests), _AT_ONCE):
        some = _POST.c.digest.in_(digests[start : start + _AT_ONCE])
        found |= {
            row.digest: row.thread
            for row in work.run(_PLACEABLE.where(some))
            if row.erased_on is None and not row.is_hidden
        }
    return found


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


def list_ranked_posts(work: Work, thread: ThreadId) -> list[tuple[int, int]]:
    """Return the numbers and places of a thread's posts that have a place, in their order."""
    return [(row.number, row.place) for row in work.run(_IN_THREAD, {"thread": thread})]


def list_threads(work: Work, ids: Sequence[ThreadId]) -> list[ThreadSummary]:
    """Return threads in the order in which they are named."""
    found = summarise(work, select(_THREAD).where(_THREAD.c.id.in_(ids)))
    by_id = {one.thread.id: one for one in found}
    return [by_id[thread] for thread in ids if thread in by_id]
