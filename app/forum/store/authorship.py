"""Statements about who wrote what, whether readers see it or not."""

from collections.abc import Collection

from sqlalchemy import exists, select
from sqlalchemy.orm import aliased

from app.db import Work
from app.forum.model import ThreadId
from app.forum.tables import PostRow, ThreadRow


def list_digests_by_authors(work: Work, dids: Collection[str]) -> list[bytes]:
    """Return all posts of some keys, also those that wait, are hidden or were erased."""
    return list(work.session.scalars(select(PostRow.digest).where(PostRow.author.in_(dids))))


def list_threads_opened_by(work: Work, dids: Collection[str]) -> list[ThreadId]:
    """Return the threads that some keys opened, shown or not."""
    query = select(ThreadRow.id).join(PostRow, PostRow.digest == ThreadRow.opening)
    found = work.session.scalars(query.where(PostRow.author.in_(dids), PostRow.parent.is_(None)))
    return [ThreadId(thread) for thread in found]


def has_answered(work: Work, authors: Collection[str], others: Collection[str]) -> bool:
    """Return whether some keys answered a post of some others, where readers can see it."""
    answered = aliased(PostRow)
    query = select(
        exists()
        .where(PostRow.author.in_(authors), PostRow.erased_on.is_(None))
        .where(PostRow.log_index.is_not(None), PostRow.parent == answered.digest)
        .where(answered.author.in_(others))
    )
    return bool(work.session.scalar(query))
