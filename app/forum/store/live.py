"""Statements for those who follow a thread."""

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
        "number", "current", "erased_on", "is_hidden", "act", "label", "is_unreviewed",
    )),
    # A translation is shown as long as its original is.
    *(_PARENT.c[name] for name in ("erased_on", "is_hidden")),
).outerjoin(
    _PARENT, (_PARENT.c.digest == _POST.c.parent) & (_POST.c.kind == PostKind.TRANSLATION.value)
).where(_POST.c.thread == bindparam("key"), _POST.c.number >= bindparam("first"))  # fmt: skip


def list_versions_shown(work: Work, thread_id: str, first: int) -> dict[int, tuple[Hashable, ...]]:
    """Return, by number from `first`, what decides how a post is shown: its version first."""
    rows = work.run(_GLANCE, {"key": thread_id, "first": first})
    return {row.number: tuple(row[1:]) for row in rows}
