"""Statements about readers' context that stands under the posts that it is about."""

from collections import defaultdict
from collections.abc import Collection
from typing import Final

from sqlalchemy import bindparam, select, update

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import PostKind, Said
from app.forum.tables import PostRow, VersionRow

_POST, _VERSION = columns_of(PostRow), columns_of(VersionRow)
_BESIDE: Final = (
    select(
        _POST.c.digest, _POST.c.record_id, _POST.c.author, _POST.c.number, _POST.c.about,
        _POST.c.parent, _VERSION.c.text, _VERSION.c.language,
    )
    .join(_VERSION, _VERSION.c.digest == _POST.c.current)
    .where(
        _POST.c.parent.in_(bindparam("posts", expanding=True)),
        _POST.c.kind == PostKind.CONTEXT.value,
        # The index of kinds is of those that have one.
        _POST.c.kind != "",
        _POST.c.is_beside,
        _POST.c.erased_on.is_(None),
        ~_POST.c.is_hidden,
        _POST.c.label == "",
    )
    .order_by(_POST.c.number)
)  # fmt: skip
_PUT: Final = (
    update(_POST).where(_POST.c.digest == bindparam("key")).values(is_beside=bindparam("stands"))
)


def put_beside(work: Work, note: bytes, *, stands: bool) -> None:
    """Say whether a context stands under the post that it is about."""
    work.run(_PUT, {"key": note, "stands": stands})


def list_beside(work: Work, posts: Collection[bytes]) -> dict[bytes, list[Said]]:
    """Return the context that stands under posts, by post; of what a desk labelled, none."""
    found = defaultdict[bytes, list[Said]](list)
    if posts:
        for row in work.run(_BESIDE, {"posts": list(posts)}):
            said = Said(
                digest=row.digest,
                record_id=row.record_id,
                did=row.author,
                number=row.number,
                about=row.about,
                text=row.text,
                language=row.language,
                has_words=True,
            )
            found[row.parent].append(said)
    return dict(found)
