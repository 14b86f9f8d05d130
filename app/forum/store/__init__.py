"""Every statement of the forum."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, insert, select, text, update

from app import identity, records
from app.db import Work
from app.db.tables import columns_of
from app.forum import codec
from app.forum.model import (
    Origin,
    Post,
    PostKind,
    Text,
    Thread,
    ThreadId,
    ThreadSort,
    ThreadSummary,
    Version,
)
from app.forum.tables import BoardRow, PostRow, ThreadRow, VersionRow
from app.kernel import strict_json
from app.records.model import IMPORTED, Custody

from .boards import (
    add_board,
    change_board,
    find_board,
    get_mark,
    has_boards_elsewhere,
    has_tag,
    list_boards,
    set_home,
    set_mark,
)
from .counting import count_authors
from .heads import find_head, thread_of_row
from .showing import publish_posts, publish_version
from .texts import no_words, read_text, text_columns, text_values
from .translations import has_lost_original
from .versions import count_versions, find_post_of_version, list_version_digests

__all__ = [
    "add_board",
    "change_board",
    "count_authors",
    "count_versions",
    "find_board",
    "find_head",
    "find_post_of_version",
    "get_mark",
    "has_boards_elsewhere",
    "list_boards",
    "list_version_digests",
    "publish_posts",
    "publish_version",
    "set_home",
    "set_mark",
]

_BOARD, _THREAD = columns_of(BoardRow), columns_of(ThreadRow)
_POST, _VERSION = columns_of(PostRow), columns_of(VersionRow)
_PARENT = _POST.alias("parent_post")
# Rows of plain tables: what the session does for each object costs more than reading it.
_POSTS = (
    select(
        *(_POST.c[name] for name in (
            "digest", "record_id", "thread", "board", "number", "log_index", "parent",
            "author", "custody", "day", "erased_on", "head",
            "is_hidden", "is_unreviewed", "is_held", "act", "act_rule", "label", "kind", "about",
        )),
        *(_PARENT.c[name].label(f"parent_{name}") for name in (
            "number", "erased_on", "is_hidden", "act", "act_rule",
        )),
        _VERSION.c.digest.label("version_digest"),
        _VERSION.c.number.label("version_number"),
        _VERSION.c.day.label("version_day"),
        *text_columns(_VERSION),
    )
    .join(_VERSION, _VERSION.c.digest == _POST.c.current)
    .outerjoin(_PARENT, _PARENT.c.digest == _POST.c.parent)
)  # fmt: skip
# Few posts that the host signed are imports: the others need not be read.
_IMPORTED = IMPORTED.encode()
_FIND_POST = _POSTS.where(_POST.c.digest == bindparam("key"))
_FIND_POST_BY_ID = _POSTS.where(_POST.c.record_id == bindparam("key"))
_LIST_POSTS = _POSTS.where(
    _POST.c.thread == bindparam("key"),
    _POST.c.number.between(bindparam("first"), bindparam("last"))
    | (_POST.c.number == bindparam("also")),
    # To have the order for nothing, SQLite would walk the whole thread instead of looking up both.
).order_by(_POST.c.number + 0)
_FIND_THREAD = select(_THREAD).where(_THREAD.c.id == bindparam("key"), _THREAD.c.is_public)
_ADD_THREAD, _ADD_POST, _ADD_VERSION = insert(_THREAD), insert(_POST), insert(_VERSION)
_EMPTY_VERSIONS = (
    update(_VERSION).where(_VERSION.c.post == bindparam("key")).values(no_words(_VERSION))
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
    work.add(_ADD_THREAD, values)


def add_post(work: Work, first: Version, values: Mapping[str, Any]) -> None:
    """Add a post that nobody sees yet, with its first version; `values` are its other columns."""
    own = {
        "digest": first.digest,
        "number": None,
        "log_index": None,
        "day": first.day,
        "current": first.digest,
        "head": first.digest,
    }
    work.add(_ADD_POST, {**own, **values})
    add_version(work, first.digest, first)


def add_version(work: Work, post: bytes, version: Version) -> None:
    """Add a version that nobody sees yet."""
    values = {
        "digest": version.digest,
        "post": post,
        "number": version.number,
        "is_public": False,
        "day": version.day,
        **text_values(version.text),
    }
    work.add(_ADD_VERSION, values)


def set_head(work: Work, post: bytes, head: bytes) -> None:
    """Name a post's newest version, shown or waiting."""
    work.session.execute(update(PostRow).where(PostRow.digest == post).values(head=head))


def erase_post(work: Work, post: bytes, day: date) -> list[bytes]:
    """Empty every version of a post and mark it erased; return the digests of the versions."""
    digests = list_version_digests(work, post)
    work.run(_EMPTY_VERSIONS, {"key": post})
    change_post(work, post, erased_on=day, is_hidden=False)
    return digests


def empty_versions(work: Work, post: bytes) -> None:
    """Take the words out of every version of a post; their signed bytes know them."""
    work.run(_EMPTY_VERSIONS, {"key": post})


def change_post(work: Work, post: bytes, **values: object) -> None:
    """Change what stands beside the words of a post."""
    work.session.execute(update(PostRow).where(PostRow.digest == post).values(values))


def set_words(work: Work, version: bytes, words: Text) -> None:
    """Put the words of a version back."""
    row = update(VersionRow).where(VersionRow.digest == version)
    work.session.execute(row.values(text_values(words)))


def find_thread(work: Work, thread_id: str) -> Thread | None:
    """Return a thread that readers can see, or None."""
    row = work.run(_FIND_THREAD, {"key": thread_id}).first()
    return None if row is None else thread_of_row(row)


def find_post(work: Work, *, digest: bytes = b"", record_id: str = "") -> Post | None:
    """Return a post, shown or waiting, by its digest or its record id, or None."""
    if digest:
        return next(iter(_posts(work, _FIND_POST, {"key": digest})), None)
    return next(iter(_posts(work, _FIND_POST_BY_ID, {"key": record_id})), None)


def list_posts(
    work: Work, thread_id: ThreadId, first: int, last: int, *, also: int = 0
) -> list[Post]:
    """Return the posts of a thread with numbers from `first` to `last`, and the number `also`."""
    return _posts(work, _LIST_POSTS, {"key": thread_id, "first": first, "last": last, "also": also})


def list_posts_at(work: Work, thread_id: ThreadId, numbers: Iterable[int]) -> list[Post]:
    """Return the posts of a thread with these numbers."""
    query = _POSTS.where(_POST.c.thread == thread_id, _POST.c.number.in_(list(numbers)))
    return _posts(work, query)


def list_waiting(work: Work, thread_id: ThreadId, authors: Iterable[str]) -> list[Post]:
    """Return the posts of some keys in a thread that wait for their tick, but for erased ones."""
    query = _POSTS.where(
        _POST.c.thread == thread_id,
        _POST.c.author.in_(list(authors)),
        _POST.c.number.is_(None),
        _POST.c.erased_on.is_(None),
    )
    return _posts(work, query.order_by(_POST.c.digest))


def list_by_authors(work: Work, dids: Iterable[str], limit: int) -> list[Post]:
    """Return the newest posts of some keys that readers can see."""
    query = _POSTS.where(
        _POST.c.author.in_(list(dids)),
        _POST.c.log_index.is_not(None),
        _POST.c.erased_on.is_(None),
        ~_POST.c.is_hidden,
    )
    return _posts(work, query.order_by(_POST.c.log_index.desc()).limit(limit))


def list_unerased(work: Work, dids: Iterable[str]) -> list[Post]:
    """Return every post of some keys that was not erased, shown or waiting."""
    where = _POST.c.author.in_(list(dids)) & _POST.c.erased_on.is_(None)
    return _posts(work, _POSTS.where(where))


def list_named(work: Work, digests: Iterable[bytes]) -> list[Post]:
    """Return the posts with these digests, newest first; those that wait come last."""
    query = _POSTS.where(_POST.c.digest.in_(list(digests)))
    return sorted(_posts(work, query), key=lambda post: -(post.log_index or 0))


def list_at_places(work: Work, places: Iterable[int]) -> list[Post]:
    """Return the posts at these places in the order of readers here, newest first."""
    query = _POSTS.where(_POST.c.log_index.in_(list(places)))
    return _posts(work, query.order_by(_POST.c.log_index.desc()))


def list_numbered(work: Work, thread_id: ThreadId, numbers: Iterable[int]) -> list[Post]:
    """Return the posts of a thread with these numbers, in no order."""
    where = (_POST.c.thread == thread_id) & _POST.c.number.in_(list(numbers))
    return _posts(work, _POSTS.where(where))


def list_shown(work: Work) -> list[bytes]:
    """Return the digests of all posts that readers can see."""
    shown = PostRow.number.is_not(None) & PostRow.erased_on.is_(None) & ~PostRow.is_hidden
    return list(work.session.scalars(select(PostRow.digest).where(shown)))


def list_latest_posts(work: Work, board: str, limit: int, tag: str) -> list[Post]:
    """Return the newest posts of a board that readers can see, under a tag if one is named."""
    query = _POSTS.join(_THREAD, _THREAD.c.id == _POST.c.thread)
    query = query.where(_THREAD.c.board == board, _POST.c.log_index.is_not(None))
    if tag:
        query = query.where(has_tag(tag))
    # Each by an index of its own: those signed for the board, and the few that were moved there.
    moved = (_POST.c.board != board) & text("thread.move_act IS NOT NULL")
    newest = query.order_by(_POST.c.log_index.desc()).limit(limit)
    found = _posts(work, newest.where(_POST.c.board == board)) + _posts(work, newest.where(moved))
    return sorted(found, key=lambda post: -(post.log_index or 0))[:limit]


def list_threads(
    work: Work,
    *,
    board: str | None,
    sort: ThreadSort,
    offset: int,
    limit: int,
    since: int = -1,
    tag: str = "",
) -> list[ThreadSummary]:
    """Return threads that readers can see, of one board or of all, with a post after `since`."""
    column = _THREAD.c.first_index if sort is ThreadSort.NEW else _THREAD.c.last_index
    order: list[Any] = [column.desc()]
    if board is not None and sort is ThreadSort.REPLY:
        order.insert(0, _THREAD.c.is_pinned.desc())
    # What stands before the page is passed over in an index, without its rows.
    page = _threads(select(_THREAD.c.id), board, sort, since, tag).order_by(*order)
    found = select(_THREAD).where(_THREAD.c.id.in_(page.offset(offset).limit(limit)))
    return summarise(work, found.order_by(*order))


def summarise(work: Work, query: Select[Any]) -> list[ThreadSummary]:
    """Return the threads that a query selects, each with its opening."""
    rows = work.run(query).all()
    opening = _POST.c.digest.in_([row.opening for row in rows])
    openings = {post.thread: post for post in _posts(work, _POSTS.where(opening))}
    return [
        ThreadSummary(thread=thread_of_row(row), opening=openings[ThreadId(row.id)]) for row in rows
    ]


def count_threads(
    work: Work, *, board: str | None, sort: ThreadSort, since: int = -1, tag: str = ""
) -> int:
    """Return how many threads such a list has."""
    if since < 0 and not tag and sort is not ThreadSort.UNANSWERED:
        # Boards keep count of the threads that readers can see.
        query = select(func.sum(_BOARD.c.thread_count))
        query = query if board is None else query.where(_BOARD.c.did == board)
    else:
        query = _threads(select(func.count()).select_from(_THREAD), board, sort, since, tag)
    return work.run(query).scalar() or 0


def list_versions(work: Work, post: bytes, *, also_waiting: bool = False) -> list[Version]:
    """Return the versions of a post that readers can see, or that its author can, oldest first."""
    query = select(_VERSION).where(_VERSION.c.post == post)
    if not also_waiting:
        query = query.where(_VERSION.c.is_public)
    return [
        Version(digest=row.digest, number=row.number, text=read_text(row), day=row.day)
        for row in work.run(query.order_by(_VERSION.c.number))
    ]


def _threads(
    query: Select[Any], board: str | None, sort: ThreadSort, since: int, tag: str
) -> Select[Any]:
    query = query.where(_THREAD.c.is_public)
    if since >= 0:
        query = query.where(_THREAD.c.last_index > since)
    if board is not None:
        query = query.where(_THREAD.c.board == board)
    if tag:
        query = query.where(has_tag(tag))
    # Written out: SQLite takes the index of these rows only where it reads the same words.
    return query.where(text("post_count = 1")) if sort is ThreadSort.UNANSWERED else query


def _posts(work: Work, query: Select[Any], values: Mapping[str, Any] | None = None) -> list[Post]:
    rows = work.run(query, values).all()
    dids = list({row.author for row in rows})
    authors = {author.did: author for author in identity.list_authors(work, dids)}
    origins = _origins(work, [row.digest for row in rows if row.custody == Custody.INSTANCE])
    return [_post(row, authors, origins) for row in rows]


def _origins(work: Work, digests: list[bytes]) -> dict[bytes, Origin]:
    """Return where posts were imported from: that stands in their signed bytes alone."""
    found = {
        record.digest: codec.decode_origin(strict_json.decode(record.raw))
        for record in records.list_records(work, digests)
        if record.raw is not None and _IMPORTED in record.raw
    }
    return {digest: origin for digest, origin in found.items() if origin is not None}


def _post(
    row: Row[Any], authors: Mapping[str, identity.Author], origins: Mapping[bytes, Origin]
) -> Post:
    lost = has_lost_original(row)
    text = read_text(row)
    return Post(
        digest=row.digest,
        record_id=row.record_id,
        thread=ThreadId(row.thread),
        board=row.board,
        number=row.number,
        log_index=row.log_index,
        parent=row.parent,
        parent_number=row.parent_number,
        author=authors[row.author],
        custody=Custody(row.custody),
        day=row.day,
        erased_on=row.erased_on,
        head=row.head,
        version=Version(
            digest=row.version_digest,
            number=row.version_number,
            text=replace(text, markdown="") if lost else text,
            day=row.version_day,
        ),
        origin=origins.get(row.digest),
        kind=PostKind(row.kind),
        about=row.about,
        is_hidden=lost or bool(row.is_hidden),
        act=row.parent_act if lost else row.act,
        act_rule=row.parent_act_rule if lost else row.act_rule,
        label=row.label,
        is_unreviewed=bool(row.is_unreviewed),
        is_held=bool(row.is_held),
        lost_original=lost,
    )
