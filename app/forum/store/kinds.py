"""Statements about posts that are more to their thread than a post: by what they answer."""

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Row, bindparam, select

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import PostKind, Said
from app.forum.tables import PostRow, VersionRow

_POST, _VERSION = columns_of(PostRow), columns_of(VersionRow)
_SAID: Final = select(
    _POST.c.digest, _POST.c.record_id, _POST.c.author, _POST.c.number, _POST.c.about,
    _POST.c.erased_on, _POST.c.is_hidden, _VERSION.c.text, _VERSION.c.language,
).join(_VERSION, _VERSION.c.digest == _POST.c.current)  # fmt: skip
_AMONG: Final = _POST.c.digest.in_(bindparam("digests", expanding=True))
_SAID_BY: Final = _SAID.where(_AMONG)
_READABLE: Final = select(_POST.c.digest).where(
    _AMONG, _POST.c.number.is_not(None), _POST.c.erased_on.is_(None), ~_POST.c.is_hidden
)


def list_said(work: Work, parent: bytes, kind: PostKind) -> list[Said]:
    """Return the posts of a kind that answer a post, shown or waiting, in no order."""
    found = _SAID.where(_POST.c.parent == parent, _POST.c.kind == kind.value, _POST.c.kind != "")
    return [_said(row) for row in work.run(found)]


def list_said_by(work: Work, digests: Collection[bytes]) -> list[Said]:
    """Return what these posts say, in no order."""
    return [_said(row) for row in work.run(_SAID_BY, {"digests": list(digests)})]


def list_readable(work: Work, digests: Collection[bytes]) -> set[bytes]:
    """Return which of these posts readers can read: shown, and neither erased nor hidden."""
    return {row.digest for row in work.run(_READABLE, {"digests": list(digests)})}


def _said(row: Row[Any]) -> Said:
    return Said(
        digest=row.digest,
        record_id=row.record_id,
        did=row.author,
        number=row.number,
        about=row.about,
        text=row.text,
        language=row.language,
        has_words=row.erased_on is None and not row.is_hidden,
    )
