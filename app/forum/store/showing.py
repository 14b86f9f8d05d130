"""Statements that let readers see what a tick released."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update

from app.db import Work
from app.db.tables import columns_of
from app.forum.tables import BoardRow, PostRow, ThreadRow, VersionRow

_BOARD, _THREAD = columns_of(BoardRow), columns_of(ThreadRow)
_POST, _VERSION = columns_of(PostRow), columns_of(VersionRow)
_LIST_PLACES = (
    select(
        _POST.c.digest, _POST.c.thread, _POST.c.day.label("post_day"),
        _THREAD.c.board, _THREAD.c.opening, _THREAD.c.is_public, _THREAD.c.next_number,
        _THREAD.c.first_index, _THREAD.c.last_index, _THREAD.c.last_day,
    )
    .join(_THREAD, _THREAD.c.id == _POST.c.thread)
    .where(_POST.c.digest.in_(bindparam("keys", expanding=True)))
)  # fmt: skip
_NUMBER_POST = (
    update(_POST)
    .where(_POST.c.digest == bindparam("key"))
    .values(number=bindparam("new_number"), log_index=bindparam("new_index"))
)
_SHOW_VERSIONS = (
    update(_VERSION)
    .where(_VERSION.c.digest.in_(bindparam("keys", expanding=True)))
    .values(is_public=True)
)
_MOVE_THREAD = (
    update(_THREAD)
    .where(_THREAD.c.id == bindparam("key"))
    .values(
        post_count=_THREAD.c.post_count + bindparam("more"),
        next_number=bindparam("new_next"),
        first_index=bindparam("new_first"),
        last_index=bindparam("new_last"),
        last_day=bindparam("new_day"),
        is_public=bindparam("new_public"),
    )
)
_COUNT_THREAD = (
    update(_BOARD)
    .where(_BOARD.c.did == bindparam("key"))
    .values(thread_count=_BOARD.c.thread_count + bindparam("more"))
)


def publish_posts(work: Work, shown: Sequence[tuple[bytes, int]]) -> set[tuple[str, str]]:
    """Give posts their numbers and let readers see them; their threads move up in the lists.

    Numbers follow the order given. Returns the threads, each with its board.
    """
    digests = [digest for digest, _ in shown]
    places = {row.digest: row for row in work.run(_LIST_PLACES, {"keys": digests})}
    numbers, moves = [], dict[str, dict[str, Any]]()
    opened = Counter[str]()
    for digest, index in shown:
        place = places[digest]
        move = moves.setdefault(place.thread, _standing(place))
        is_opening = place.opening == digest
        number = 1 if is_opening else move["new_next"]
        numbers.append({"key": digest, "new_number": number, "new_index": index})
        move["more"] += 1
        move["new_next"] += not is_opening
        move["new_last"] = max(move["new_last"], index)
        move["new_day"] = max(move["new_day"], place.post_day)
        if is_opening:
            move.update(new_first=index, new_public=True)
            opened[place.board] += 1
    with work.sending_together():
        work.run(_NUMBER_POST, numbers)
        work.run(_SHOW_VERSIONS, {"keys": digests})
        work.run(_MOVE_THREAD, list(moves.values()))
        if opened:
            counts = [{"key": board, "more": more} for board, more in opened.items()]
            work.run(_COUNT_THREAD, counts)
    return {(place.thread, place.board) for place in places.values()}


def _standing(place: Row[Any]) -> dict[str, Any]:
    """Return a thread's values as they stand, for a move."""
    return {
        "key": place.thread,
        "more": 0,
        "new_next": place.next_number,
        "new_first": place.first_index,
        "new_last": place.last_index,
        "new_day": place.last_day,
        "new_public": bool(place.is_public),
    }


def publish_version(work: Work, digest: bytes) -> tuple[bytes, str, str]:
    """Let readers see a revision; of those that are shown the latest is its post's current version.

    Two revisions can share a batch, and a batch is shuffled. Returns the post, its thread and its
    board.
    """
    work.run(_SHOW_VERSIONS, {"keys": [digest]})
    post = work.session.scalars(select(VersionRow.post).where(VersionRow.digest == digest)).one()
    shown = select(VersionRow.digest).where(VersionRow.post == post, VersionRow.is_public)
    latest = work.session.scalars(shown.order_by(VersionRow.number.desc()).limit(1)).one()
    work.session.execute(update(PostRow).where(PostRow.digest == post).values(current=latest))
    thread, board = work.session.execute(
        select(ThreadRow.id, ThreadRow.board)
        .join(PostRow, PostRow.thread == ThreadRow.id)
        .where(PostRow.digest == post)
    ).one()
    return post, thread, board
