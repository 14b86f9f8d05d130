"""Statements about posts that are more to their thread than a post: by what they answer."""

from sqlalchemy import select

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import PostKind, Said
from app.forum.tables import PostRow, VersionRow

_POST, _VERSION = columns_of(PostRow), columns_of(VersionRow)


def list_said(work: Work, parent: bytes, kind: PostKind) -> list[Said]:
    """Return the posts of a kind that answer a post, shown or waiting, in no order."""
    found = (
        select(
            _POST.c.digest, _POST.c.record_id, _POST.c.author, _POST.c.number, _POST.c.about,
            _POST.c.erased_on, _POST.c.is_hidden, _VERSION.c.text, _VERSION.c.language,
        )
        .join(_VERSION, _VERSION.c.digest == _POST.c.current)
        .where(_POST.c.parent == parent, _POST.c.kind == kind.value, _POST.c.kind != "")
    )  # fmt: skip
    return [
        Said(
            digest=row.digest,
            record_id=row.record_id,
            did=row.author,
            number=row.number,
            about=row.about,
            text=row.text,
            language=row.language,
            has_words=row.erased_on is None and not row.is_hidden,
        )
        for row in work.run(found)
    ]
