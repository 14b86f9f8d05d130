"""Statements for those who follow a thread."""

from collections import defaultdict
from collections.abc import Hashable

from sqlalchemy import bindparam, select

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import PostKind
from app.forum.tables import PostRow

_POST = columns_of(PostRow)
_PARENT = _POST.alias("parent_post")
_GLANCE = select(
    *(_POST.c[name] for name in (
        "number", "kind", "current", "erased_on", "is_hidden", "act", "label", "is_unreviewed",
    )),
    # A translation is shown as long as its original is.
    *(_PARENT.c[name] for name in ("erased_on", "is_hidden")),
).outerjoin(
    _PARENT, (_PARENT.c.digest == _POST.c.parent) & (_POST.c.kind == PostKind.TRANSLATION.value)
).where(_POST.c.thread == bindparam("key"), _POST.c.number >= bindparam("first"))  # fmt: skip
_NOTES = (
    select(
        _PARENT.c.number,
        _POST.c.is_beside,
        *(_POST.c[name] for name in ("digest", "current", "erased_on", "is_hidden", "label")),
    )
    .join(_PARENT, _PARENT.c.digest == _POST.c.parent)
    .where(
        _POST.c.thread == bindparam("key"),
        _POST.c.kind == PostKind.CONTEXT.value,
        # The index of kinds is of those that have one.
        _POST.c.kind != "",
        _POST.c.number.is_not(None),
        _PARENT.c.number >= bindparam("first"),
    )
    .order_by(_PARENT.c.number, _POST.c.number)
)


def list_versions_shown(work: Work, thread_id: str, first: int) -> dict[int, tuple[Hashable, ...]]:
    """Return, by number from `first`, what decides how a post is shown.

    Its kind first, then its version; readers' context that stands under it comes last.
    """
    values = {"key": thread_id, "first": first}
    beside = defaultdict[int, tuple[Hashable, ...]](tuple)
    for row in work.run(_NOTES, values):
        if row.is_beside:
            beside[row.number] += tuple(row[2:])
    return {row.number: (*row[1:], beside[row.number]) for row in work.run(_GLANCE, values)}


def list_with_context(work: Work, thread_id: str, first: int) -> set[int]:
    """Return the numbers from `first` of posts for which readers proposed context."""
    return {row[0] for row in work.run(_NOTES, {"key": thread_id, "first": first})}
