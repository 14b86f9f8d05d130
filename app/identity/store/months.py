"""What invitations and names for one thread keep alike: a secret a month, and a count a persona."""

from typing import TypeAlias, TypeVar

from sqlalchemy import delete, select, update

from app.db import Work
from app.identity.tables.tokens import (
    InvitationCohortRow,
    InvitationsGivenRow,
    ThreadNameCohortRow,
    ThreadNamesTakenRow,
)

Cohorts: TypeAlias = type[InvitationCohortRow] | type[ThreadNameCohortRow]
Count = TypeVar("Count", InvitationsGivenRow, ThreadNamesTakenRow)


def count_of(work: Work, counts: type[Count], root: str, cohort: str) -> int:
    """Return how many a persona has in a month."""
    row = work.session.get(counts, (root, cohort))
    return row.count if row else 0


def count_one(work: Work, counts: type[Count], root: str, cohort: str) -> None:
    """Count one more of them."""
    row = work.session.get(counts, (root, cohort))
    if row is None:
        work.session.add(counts(root=root, cohort=cohort, count=1))
    else:
        row.count += 1


def forget_before(work: Work, cohorts: Cohorts, counts: type[Count], current: str) -> bool:
    """Forget the secrets of earlier months, and the counts; return whether there were any."""
    old = (cohorts.name < current) & cohorts.box.is_not(None)
    if work.session.scalar(select(cohorts.name).where(old).limit(1)) is None:
        return False
    work.session.execute(update(cohorts).where(old).values(box=None))
    work.session.execute(delete(counts).where(counts.cohort < current))
    return True
