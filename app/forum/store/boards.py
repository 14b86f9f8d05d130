"""Statements about boards, and about how stewards set threads."""

import json
from types import SimpleNamespace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    String,
    bindparam,
    func,
    insert,
    select,
    type_coerce,
    update,
)

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import Board, Openers, ThreadId, ThreadMark, ThreadState
from app.forum.tables import BoardRow, ThreadRow

_BOARD, _THREAD = columns_of(BoardRow), columns_of(ThreadRow)
_FIND_BY_DID = select(_BOARD).where(_BOARD.c.did == bindparam("key"))
_FIND_BY_SLUG = select(_BOARD).where(_BOARD.c.slug == bindparam("key"))
_LIST = select(_BOARD).order_by(_BOARD.c.position, _BOARD.c.slug)
_GET_MARK = select(_THREAD.c.is_pinned, _THREAD.c.state, _THREAD.c.head).where(
    _THREAD.c.id == bindparam("key")
)


def add_board(work: Work, board: Board) -> None:
    """Add a board behind the others."""
    position = work.session.scalar(select(func.max(BoardRow.position)))
    values = {
        **_settings(board),
        "did": board.did,
        "slug": board.slug,
        "fingerprint": board.fingerprint,
        "position": 0 if position is None else position + 1,
        "founded_on": board.founded_on,
        "home": board.home,
        "thread_count": 0,
    }
    work.session.execute(insert(BoardRow).values(values))


def change_board(work: Work, board: Board) -> None:
    """Put a board's settings in place of the former ones."""
    change = update(BoardRow).where(BoardRow.did == board.did)
    work.session.execute(change.values(_settings(board)))


def set_home(work: Work, did: str, home: str) -> None:
    """Say which instance keeps a board."""
    work.session.execute(update(BoardRow).where(BoardRow.did == did).values(home=home))


def has_boards_elsewhere(work: Work, instance_did: str) -> bool:
    """Return whether another instance than this one keeps any board."""
    query = select(_BOARD.c.did).where(_BOARD.c.home != instance_did).limit(1)
    return work.run(query).first() is not None


def find_board(work: Work, *, did: str = "", slug: str = "") -> Board | None:
    """Return a board by its key or its short name, or None."""
    query, key = (_FIND_BY_DID, did) if did else (_FIND_BY_SLUG, slug)
    return work.recall_one(query, {"key": key}, board_of_row)


def list_boards(work: Work) -> list[tuple[Board, int]]:
    """Return all boards in their order, each with its number of threads."""
    return [(board_of_row(row), row.thread_count) for row in work.run(_LIST)]


def get_mark(work: Work, thread_id: ThreadId) -> ThreadMark:
    """Return how stewards set a thread, shown or waiting."""
    row = work.run(_GET_MARK, {"key": thread_id}).one()
    return mark_of_row(row)


def mark_of_row(row: Row[Any]) -> ThreadMark:
    """Return how stewards set the thread of a row."""
    return ThreadMark(is_pinned=bool(row.is_pinned), state=ThreadState(row.state), head=row.head)


def set_mark(work: Work, thread_id: ThreadId, mark: ThreadMark) -> None:
    """Set a thread."""
    values = {"is_pinned": mark.is_pinned, "state": mark.state.value, "head": mark.head}
    work.session.execute(update(ThreadRow).where(ThreadRow.id == thread_id).values(values))


def has_tag(tag: str) -> ColumnElement[bool]:
    """Return whether a thread has a tag.

    Tags are a JSON list, in which a tag with its quotes stands for nothing but itself. LIKE would
    take capitals for small letters on one database and not on the other; both replace alike.
    """
    kept = type_coerce(_THREAD.c.tags, String)
    return func.replace(kept, json.dumps(tag, ensure_ascii=False), "") != kept


def _settings(board: Board) -> dict[str, Any]:
    return {
        "position": board.position,
        "name": dict(board.name),
        "purpose": dict(board.purpose),
        "rules": dict(board.rules),
        "tick_s": board.tick_s,
        "openers": board.openers.value,
        "tags": list(board.tags),
        "is_archived": board.is_archived,
        "filters": list(board.filters),
        "holds_first": board.holds_first,
        "delay_s": board.delay_s,
        "head": board.head,
    }


def board_of_row(row: Row[Any] | SimpleNamespace) -> Board:
    """Return the board of a row, or of those of its columns that name a board's."""
    return Board(
        did=row.did,
        slug=row.slug,
        fingerprint=row.fingerprint,
        name=row.name,
        purpose=row.purpose,
        rules=row.rules,
        tick_s=row.tick_s,
        openers=Openers(row.openers),
        founded_on=row.founded_on,
        home=row.home,
        tags=tuple(row.tags),
        position=row.position,
        is_archived=bool(row.is_archived),
        filters=tuple(row.filters),
        holds_first=bool(row.holds_first),
        delay_s=row.delay_s,
        head=row.head,
    )
