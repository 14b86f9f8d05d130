"""Statements about readers' context that stands under the posts that it is about."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, and_, bindparam, case, or_, select, update

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import Around, PostKind, Said
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
_STANDS: Final = and_(_POST.c.kind == PostKind.CONTEXT.value, _POST.c.is_beside)
_AROUND: Final = (
    select(
        _POST.c.digest, _POST.c.record_id, _POST.c.author, _POST.c.number, _POST.c.about,
        _POST.c.parent, _POST.c.kind, _VERSION.c.language,
        _STANDS.label("stands"),
        # Of all else the words are not needed, and there may be many.
        case((_STANDS, _VERSION.c.text), else_="").label("text"),
    )
    .join(_VERSION, _VERSION.c.digest == _POST.c.current)
    .where(
        _POST.c.parent.in_(bindparam("posts", expanding=True)),
        or_(
            and_(_STANDS, _POST.c.label == ""),
            _POST.c.kind.in_((PostKind.TRANSLATION.value, PostKind.SUMMARY.value)),
        ),
        _POST.c.kind != "",
        _POST.c.number.is_not(None),
        _POST.c.erased_on.is_(None),
        ~_POST.c.is_hidden,
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
            found[row.parent].append(_said(row))
    return dict(found)


def look_around(work: Work, opening: bytes, posts: Collection[bytes], language: str) -> Around:
    """Return what answers posts of a thread and is more than an answer, in one question.

    `posts` are those whose words readers can read; the summary of a thread answers its opening.
    """
    found = defaultdict[bytes, list[Said]](list)
    translated, has_summary = set[bytes](), False
    for row in work.run(_AROUND, {"posts": [opening, *posts]}):
        if row.kind == PostKind.SUMMARY.value:
            has_summary |= row.parent == opening
        elif row.parent not in posts:
            continue
        elif row.stands:
            found[row.parent].append(_said(row))
        elif row.language == language:
            translated.add(row.parent)
    return Around(beside=dict(found), translated=translated, has_summary=has_summary)


def list_of_kind(work: Work, board: str, kind: PostKind) -> list[tuple[bytes, date, bool]]:
    """Return the posts of a kind that were shown on a board, by digest.

    Each with its day, and whether its words can be read.
    """
    found = select(_POST.c.digest, _POST.c.day, _POST.c.erased_on, _POST.c.is_hidden).where(
        _POST.c.board == board,
        _POST.c.kind == kind.value,
        _POST.c.kind != "",
        _POST.c.number.is_not(None),
    )
    return [
        (row.digest, row.day, row.erased_on is None and not row.is_hidden)
        for row in work.run(found.order_by(_POST.c.digest))
    ]


def _said(row: Row[Any]) -> Said:
    return Said(
        digest=row.digest,
        record_id=row.record_id,
        did=row.author,
        number=row.number,
        about=row.about,
        text=row.text,
        language=row.language,
        has_words=True,
    )
