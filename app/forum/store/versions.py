"""Which versions a post has."""

from sqlalchemy import func, select

from app.db import Work
from app.forum.tables import VersionRow


def list_version_digests(work: Work, post: bytes) -> list[bytes]:
    """Return the digests of a post's versions, shown or waiting."""
    return list(work.session.scalars(select(VersionRow.digest).where(VersionRow.post == post)))


def find_post_of_version(work: Work, digest: bytes) -> bytes | None:
    """Return the digest of the post that a version belongs to, or None."""
    return work.session.scalar(select(VersionRow.post).where(VersionRow.digest == digest))


def count_versions(work: Work, post: bytes) -> int:
    """Return how many versions a post has, shown or waiting."""
    query = select(func.count()).select_from(VersionRow).where(VersionRow.post == post)
    return work.session.scalar(query) or 0
