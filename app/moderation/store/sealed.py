"""Statements about what is sealed to the host's legal contact."""

from datetime import date

from sqlalchemy import delete, func, insert, select

from app.db import Work
from app.moderation.model import CaseState, Sealed
from app.moderation.tables import CaseRow, SealedCopyRow


def put_sealed(work: Work, sealed: Sealed) -> None:
    """Keep what is sealed of a post, instead of what was."""
    remove_sealed(work, sealed.post)
    values = {
        "post": sealed.post,
        "case": sealed.case or None,
        "box": sealed.box,
        "ends_on": sealed.ends_on,
    }
    work.session.execute(insert(SealedCopyRow).values(values))


def find_sealed(work: Work, post: bytes) -> Sealed | None:
    """Return what is sealed of a post, or None."""
    row = work.session.scalars(select(SealedCopyRow).where(SealedCopyRow.post == post)).first()
    if row is None:
        return None
    return Sealed(post=row.post, case=row.case or "", box=row.box, ends_on=row.ends_on)


def count_sealed(work: Work) -> int:
    """Return of how many posts something is sealed."""
    return work.session.scalars(select(func.count()).select_from(SealedCopyRow)).one()


def remove_sealed(work: Work, post: bytes) -> None:
    """Forget what is sealed of a post."""
    work.session.execute(delete(SealedCopyRow).where(SealedCopyRow.post == post))


def remove_ended_sealed(work: Work, day: date) -> bool:
    """Forget copies that have ended or whose case was decided; return whether there were any.

    What is in quarantine has no case, and no end.
    """
    decided = select(CaseRow.id).where(CaseRow.state == CaseState.DECIDED.value)
    over = (SealedCopyRow.ends_on <= day) | SealedCopyRow.case.in_(decided)
    posts = work.session.scalars(select(SealedCopyRow.post).where(over)).all()
    work.session.execute(delete(SealedCopyRow).where(SealedCopyRow.post.in_(posts)))
    return bool(posts)
