"""Statements for those who follow a thread."""

from sqlalchemy import bindparam, select

from app.db import Work
from app.db.tables import columns_of
from app.forum.tables import PostRow

_POST = columns_of(PostRow)
_GLANCE = select(_POST.c.number, _POST.c.current, _POST.c.erased_on).where(
    _POST.c.thread == bindparam("key"), _POST.c.number >= bindparam("first")
)


def list_versions_shown(work: Work, thread_id: str, first: int) -> dict[int, tuple[bytes, bool]]:
    """Return, by number from `first`, the version that is shown and whether the post is erased."""
    rows = work.run(_GLANCE, {"key": thread_id, "first": first})
    return {row.number: (row.current, row.erased_on is not None) for row in rows}
