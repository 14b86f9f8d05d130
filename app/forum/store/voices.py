"""Who speaks how much in a thread, for sums over all of them: everybody can count the same."""

from typing import Any, Final, NamedTuple

from sqlalchemy import bindparam, func, select

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import ThreadId
from app.forum.tables import PostRow, VersionRow

_POST, _VERSION = columns_of(PostRow), columns_of(VersionRow)
_LIST: Final = (
    select(
        _POST.c.digest,
        _POST.c.author,
        _POST.c.parent,
        func.length(_VERSION.c.text).label("characters"),
    )
    .join(_VERSION, _VERSION.c.digest == _POST.c.current)
    .where(
        _POST.c.thread == bindparam("key"),
        _POST.c.log_index.is_not(None),
        _POST.c.erased_on.is_(None),
        ~_POST.c.is_hidden,
    )
    .order_by(_POST.c.number)
)


class Voice(NamedTuple):
    """A post that readers can see: by whom, answering what, how long."""

    digest: bytes
    author: str
    parent: bytes | None
    characters: int


def list_voices(work: Work, thread: ThreadId) -> list[Voice]:
    """Return the posts of a thread that readers can see, without their words."""
    rows: list[Any] = list(work.run(_LIST, {"key": thread}))
    return [Voice(row.digest, row.author, row.parent, row.characters or 0) for row in rows]
