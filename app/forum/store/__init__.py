"""Every statement of the forum."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, select, text, update
from sqlalchemy.orm import aliased

from app import identity, records
from app.db import Work
from app.db.tables import columns_of
from app.forum import codec
from app.forum.model import (
    Post,
    Text,
    Thread,
    ThreadId,
    ThreadSort,
    ThreadState,
    ThreadSummary,
    Version,
)
from app.forum.tables import BoardRow, PostRow, ThreadRow, VersionRow
from app.kernel import strict_json
from app.records.model import Custody

from .boards import add_board, change_board, find_board, get_mark, list_boards, set_mark

__all__ = ["add_board", "change_board", "find_board", "get_mark", "list_boards", "set_mark"]

_Parent = aliased(PostRow)
_BOARD, _THREAD = columns_of(BoardRow), columns_of(ThreadRow)
_POST, _VERSION = columns_of(PostRow), columns_of(VersionRow)
_ADD_THREAD, _ADD_POST, _ADD_VERSION = insert(_THREAD), insert(_POST), insert(_VERSION)
_FIND_PLACE = (
    select(_POST.c.thread, _POST.c.day, *(c for c in _THREAD.c if c.name != "id"))
    .join(_THREAD, _THREAD.c.id == _POST.c.thread)
    .where(_POST.c.digest == bindparam("key"))
)
_NUMBER_POST = (
    update(_POST)
    .where(_POST.c.digest == bindparam("key"))
    .values(number=bindparam("new_number"), log_index=bindparam("new_index"))
)
_SHOW_VERSION = update(_VERSION).where(_VERSION.c.digest == bindparam("key")).values(is_public=True)
_MOVE_THREAD = (
    update(_THREAD)
    .where(_THREAD.c.id == bindparam("key"))
    .values(
        post_count=_THREAD.c.post_count + 1,
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
    .values(thread_count=_BOARD.c.thread_count + 1)
)


def add_thread(
    work: Work,
    thread_id: ThreadId,
    board: str,
    opening: bytes,
    day: date,
    tags: tuple[str, ...],
) -> None:
    """Add a thread that nobody sees yet."""
    values = {
        "id": thread_id,
        "board": board,
        "opening": opening,
        "is_public": False,
        "post_count": 0,
        # The opening is number 1 even where a shuffle shows an answer first.
        "next_number": 2,
        "first_index": 0,
        "last_index": 0,
        "tags": list(tags),
        "started_on": day,
        "last_day": day,
    }
    work.run(_ADD_THREAD, values)


def add_post(work: Work, values: dict[str, Any]) -> None:
    """Add a post that nobody sees yet."""
    work.run(_ADD_POST, values)


def add_version(work: Work, post: bytes, version: Version) -> None:
    """Add a version that nobody sees yet."""
    values = {
        "digest": version.digest,
        "post": post,
        "number": version.number,
        "is_public": False,
        "language": version.text.language,
        "title": version.text.title,
        "text": version.text.markdown,
        "day": version.day,
    }
    work.run(_ADD_VERSION, values)


def set_head(work: Work, post: bytes, head: bytes) -> None:
    """Name a post's newest version, shown or waiting."""
    work.session.execute(update(PostRow).where(PostRow.digest == post).values(head=head))


def count_versions(work: Work, post: bytes) -> int:
    """Return how many versions a post has, shown or waiting."""
    query = select(func.count()).select_from(VersionRow).where(VersionRow.post == post)
    return work.session.scalar(query) or 0


def publish_post(work: Work, digest: bytes, index: int) -> tuple[str, str]:
    """Give a post its number and let readers see it; its thread moves to the front of the lists.

    Returns the thread and the board.
    """
    place = work.run(_FIND_PLACE, {"key": digest}).one()
    is_opening = place.opening == digest
    number = 1 if is_opening else place.next_number
    work.run(_NUMBER_POST, {"key": digest, "new_number": number, "new_index": index})
    work.run(_SHOW_VERSION, {"key": digest})
    values = {
        "key": place.thread,
        "new_next": place.next_number + (not is_opening),
        "new_first": index if is_opening else place.first_index,
        "new_last": max(place.last_index, index),
        "new_day": max(place.last_day, place.day),
        "new_public": bool(place.is_public) or is_opening,
    }
    work.run(_MOVE_THREAD, values)
    if is_opening:
        work.run(_COUNT_THREAD, {"key": place.board})
    return place.thread, place.board


def publish_version(work: Work, digest: bytes) -> tuple[str, str]:
    """Let readers see a revision; of those that are shown the latest is its post's current version.

    Two revisions can share a batch, and a batch is shuffled. Returns the thread and the board.
    """
    work.run(_SHOW_VERSION, {"key": digest})
    post = work.session.scalars(select(VersionRow.post).where(VersionRow.digest == digest)).one()
    shown = select(VersionRow.digest).where(VersionRow.post == post, VersionRow.is_public)
    latest = work.session.scalars(shown.order_by(VersionRow.number.desc()).limit(1)).one()
    work.session.execute(update(PostRow).where(PostRow.digest == post).values(current=latest))
    thread, board = work.session.execute(
        select(PostRow.thread, PostRow.board).where(PostRow.digest == post)
    ).one()
    return thread, board


def erase_post(work: Work, post: bytes, day: date) -> list[bytes]:
    """Empty every version of a post and mark it erased; return the digests of the versions."""
    digests = list_version_digests(work, post)
    work.session.execute(
        update(VersionRow)
        .where(VersionRow.post == post, VersionRow.title.is_not(None))
        .values(title="")
    )
    work.session.execute(update(VersionRow).where(VersionRow.post == post).values(text=""))
    work.session.execute(update(PostRow).where(PostRow.digest == post).values(erased_on=day))
    return digests


def list_version_digests(work: Work, post: bytes) -> list[bytes]:
    """Return the digests of a post's versions, shown or waiting."""
    return list(work.session.scalars(select(VersionRow.digest).where(VersionRow.post == post)))


def find_thread(work: Work, thread_id: str) -> Thread | None:
    """Return a thread that readers can see, or None."""
    query = select(ThreadRow).where(ThreadRow.id == thread_id, ThreadRow.is_public)
    row = work.session.scalar(query.execution_options(populate_existing=True))
    return None if row is None else _thread(row)


def count_authors(work: Work, thread_id: ThreadId) -> int:
    """Return how many keys wrote in a thread."""
    query = select(func.count(PostRow.author.distinct())).where(
        PostRow.thread == thread_id, PostRow.log_index.is_not(None)
    )
    return work.session.scalar(query) or 0


def find_post(work: Work, *, digest: bytes = b"", record_id: str = "") -> Post | None:
    """Return a post, shown or waiting, by its digest or its record id, or None."""
    where = PostRow.digest == digest if digest else PostRow.record_id == record_id
    return next(iter(_posts(work, _select_posts().where(where))), None)


def list_posts(work: Work, thread_id: ThreadId, first: int, last: int) -> list[Post]:
    """Return the posts of a thread with numbers from `first` to `last`."""
    query = _select_posts().where(
        PostRow.thread == thread_id, PostRow.number >= first, PostRow.number <= last
    )
    return _posts(work, query.order_by(PostRow.number))


def list_waiting(work: Work, thread_id: ThreadId, author: str) -> list[Post]:
    """Return the posts of one key in a thread that wait for their tick."""
    query = _select_posts().where(
        PostRow.thread == thread_id, PostRow.author == author, PostRow.number.is_(None)
    )
    return _posts(work, query.order_by(PostRow.digest))


def list_by_authors(work: Work, dids: Iterable[str], limit: int) -> list[Post]:
    """Return the newest posts of some keys that readers can see."""
    query = _select_posts().where(
        PostRow.author.in_(list(dids)),
        PostRow.log_index.is_not(None),
        PostRow.erased_on.is_(None),
    )
    return _posts(work, query.order_by(PostRow.log_index.desc()).limit(limit))


def list_unerased(work: Work, dids: Iterable[str]) -> list[Post]:
    """Return every post of some keys that was not erased, shown or waiting."""
    where = PostRow.author.in_(list(dids)) & PostRow.erased_on.is_(None)
    return _posts(work, _select_posts().where(where))


def list_at_places(work: Work, places: Iterable[int]) -> list[Post]:
    """Return the posts at these places of the log, newest first."""
    query = _select_posts().where(PostRow.log_index.in_(list(places)))
    return _posts(work, query.order_by(PostRow.log_index.desc()))


def list_shown(work: Work) -> list[bytes]:
    """Return the digests of all posts that readers can see."""
    shown = PostRow.number.is_not(None) & PostRow.erased_on.is_(None)
    return list(work.session.scalars(select(PostRow.digest).where(shown)))


def get_post_of_version(work: Work, digest: bytes) -> bytes:
    """Return the digest of the post that a version belongs to."""
    return work.session.scalars(select(VersionRow.post).where(VersionRow.digest == digest)).one()


def count_by_authors(work: Work, dids: Iterable[str]) -> int:
    """Return how many posts of some keys readers can see."""
    query = select(func.count()).where(
        PostRow.author.in_(list(dids)),
        PostRow.log_index.is_not(None),
        PostRow.erased_on.is_(None),
    )
    return work.session.scalar(query) or 0


def list_latest_posts(work: Work, board: str, limit: int) -> list[Post]:
    """Return the newest posts of a board that readers can see."""
    query = _select_posts().where(PostRow.board == board, PostRow.log_index.is_not(None))
    return _posts(work, query.order_by(PostRow.log_index.desc()).limit(limit))


def list_threads(
    work: Work, *, board: str | None, sort: ThreadSort, offset: int, limit: int, since: int = -1
) -> list[ThreadSummary]:
    """Return threads that readers can see, of one board or of all, with a post after `since`."""
    column = ThreadRow.first_index if sort is ThreadSort.NEW else ThreadRow.last_index
    order: list[Any] = [column.desc()]
    if board is not None and sort is ThreadSort.REPLY:
        order.insert(0, ThreadRow.is_pinned.desc())
    # What stands before the page is passed over in an index, without its rows.
    page = _threads(select(ThreadRow.id), board, sort, since).order_by(*order)
    found = select(ThreadRow).where(ThreadRow.id.in_(page.offset(offset).limit(limit)))
    return summarise(work, found.order_by(*order))


def summarise(work: Work, query: Select[Any]) -> list[ThreadSummary]:
    """Return the threads that a query selects, each with its opening."""
    rows = work.session.scalars(query).all()
    openings = {
        post.thread: post
        for post in _posts(
            work, _select_posts().where(PostRow.digest.in_([r.opening for r in rows]))
        )
    }
    return [ThreadSummary(thread=_thread(row), opening=openings[ThreadId(row.id)]) for row in rows]


def count_threads(work: Work, *, board: str | None, sort: ThreadSort, since: int = -1) -> int:
    """Return how many threads such a list has."""
    if since < 0 and sort is not ThreadSort.UNANSWERED:
        # Boards keep count of the threads that readers can see.
        query = select(func.sum(BoardRow.thread_count))
        query = query if board is None else query.where(BoardRow.did == board)
    else:
        query = _threads(select(func.count()).select_from(ThreadRow), board, sort, since)
    return work.session.scalar(query) or 0


def list_versions(work: Work, post: bytes) -> list[Version]:
    """Return the versions of a post that readers can see, oldest first."""
    query = select(VersionRow).where(VersionRow.post == post, VersionRow.is_public)
    return [_version(row) for row in work.session.scalars(query.order_by(VersionRow.number))]


def find_post_of_version(work: Work, digest: bytes) -> bytes | None:
    """Return the digest of the post that a version belongs to, or None."""
    return work.session.scalar(select(VersionRow.post).where(VersionRow.digest == digest))


def _threads(query: Select[Any], board: str | None, sort: ThreadSort, since: int) -> Select[Any]:
    query = query.where(ThreadRow.is_public)
    if since >= 0:
        query = query.where(ThreadRow.last_index > since)
    if board is not None:
        query = query.where(ThreadRow.board == board)
    # Written out: SQLite takes the index of these rows only where it reads the same words.
    return query.where(text("post_count = 1")) if sort is ThreadSort.UNANSWERED else query


def _select_posts() -> Select[Any]:
    query: Any = (
        select(PostRow, VersionRow, _Parent.number)
        .join(VersionRow, VersionRow.digest == PostRow.current)
        .outerjoin(_Parent, _Parent.digest == PostRow.parent)
        .execution_options(populate_existing=True)
    )
    found: Select[Any] = query
    return found


def _posts(work: Work, query: Select[Any]) -> list[Post]:
    rows = work.session.execute(query).all()
    dids = list({row[0].author for row in rows})
    authors = {author.did: author for author in identity.list_authors(work, dids)}
    return [_with_origin(work, _post(row, authors)) for row in rows]


def _with_origin(work: Work, post: Post) -> Post:
    """Return a post with the mark of its import, which stands in its signed bytes alone."""
    record = records.find_record(work, post.digest) if post.custody is Custody.INSTANCE else None
    if record is None or record.raw is None:
        return post
    return replace(post, origin=codec.decode_origin(strict_json.decode(record.raw)))


def _post(row: Row[Any], authors: dict[str, identity.Author]) -> Post:
    post, version, parent_number = tuple(row)
    return Post(
        digest=post.digest,
        record_id=post.record_id,
        thread=ThreadId(post.thread),
        board=post.board,
        number=post.number,
        log_index=post.log_index,
        parent=post.parent,
        parent_number=parent_number,
        author=authors[post.author],
        custody=Custody(post.custody),
        day=post.day,
        erased_on=post.erased_on,
        head=post.head,
        version=_version(version),
    )


def _version(row: VersionRow) -> Version:
    text = Text(language=row.language, markdown=row.text, title=row.title)
    return Version(digest=row.digest, number=row.number, text=text, day=row.day)


def _thread(row: ThreadRow) -> Thread:
    return Thread(
        id=ThreadId(row.id),
        board=row.board,
        opening=row.opening,
        post_count=row.post_count,
        started_on=row.started_on,
        last_day=row.last_day,
        tags=tuple(row.tags),
        is_pinned=bool(row.is_pinned),
        state=ThreadState(row.state),
    )
