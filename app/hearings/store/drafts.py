"""Rows of drafts of answers, and of who may write them: boxes that the database cannot open."""

from datetime import date

from sqlalchemy import delete, func, insert, select

from app.db import Work
from app.db.tables import columns_of
from app.hearings.tables import AnswerDraftRow, StaffRow

_DRAFT, _STAFF = columns_of(AnswerDraftRow), columns_of(StaffRow)


def find_draft(work: Work, asked: bytes) -> tuple[bytes, date] | None:
    """Return the box of what is drafted in answer to a post, and the day on which it was kept."""
    row = work.run(select(_DRAFT).where(_DRAFT.c.asked == asked)).one_or_none()
    return None if row is None else (row.box, row.day)


def set_draft(work: Work, asked: bytes, box: bytes, day: date) -> None:
    """Keep a draft in place of the one before it."""
    remove_draft(work, asked)
    work.session.execute(insert(_DRAFT).values(asked=asked, box=box, day=day))


def remove_draft(work: Work, asked: bytes) -> None:
    """Forget what is drafted in answer to a post, if anything is."""
    if work.connection.execute(delete(_DRAFT).where(_DRAFT.c.asked == asked)).rowcount:
        work.deleted.append("answer_draft")


def remove_drafts_before(work: Work, day: date) -> None:
    """Forget drafts that nobody has kept anew since a day."""
    if work.connection.execute(delete(_DRAFT).where(_DRAFT.c.day < day)).rowcount:
        work.deleted.append("answer_draft")


def list_drafted(work: Work) -> list[bytes]:
    """Return the posts in answer to which something is drafted."""
    return list(work.run(select(_DRAFT.c.asked).order_by(_DRAFT.c.asked)).scalars())


def add_staff(work: Work, hearing: str, mark: bytes, box: bytes) -> None:
    """Let somebody write drafts of a hearing."""
    work.session.execute(insert(_STAFF).values(hearing=hearing, mark=mark, box=box))


def remove_staff(work: Work, hearing: str, mark: bytes) -> None:
    """Let somebody write drafts no more."""
    one = (_STAFF.c.hearing == hearing) & (_STAFF.c.mark == mark)
    work.session.execute(delete(_STAFF).where(one))
    work.deleted.append("hearing_staff")


def is_staff(work: Work, hearing: str, mark: bytes) -> bool:
    """Return whether somebody may write drafts of a hearing."""
    found = select(_STAFF.c.mark).where(_STAFF.c.hearing == hearing, _STAFF.c.mark == mark)
    return work.run(found).first() is not None


def list_staff(work: Work, hearing: str) -> list[bytes]:
    """Return the boxes of who may write drafts of a hearing, in an order that tells nothing."""
    found = select(_STAFF.c.box).where(_STAFF.c.hearing == hearing).order_by(_STAFF.c.mark)
    return list(work.run(found).scalars())


def count_staff(work: Work, hearing: str) -> int:
    """Return how many may write drafts of a hearing."""
    found = select(func.count()).select_from(_STAFF).where(_STAFF.c.hearing == hearing)
    return work.session.scalar(found) or 0
