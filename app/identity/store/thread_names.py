"""Statements about names for one thread. None of them joins a name to who took it."""

from sqlalchemy import delete, insert, select

from app.crypto.blind import require_key
from app.db import Work, write_anew
from app.identity.model.tokens import Cohort
from app.identity.tables.tokens import ThreadNameCohortRow, ThreadNameRow, ThreadNamesTakenRow

from . import months


def find_thread_name_cohort(work: Work, name: str) -> Cohort | None:
    """Return a month's issuer, or None if it has none."""
    row = work.session.get(ThreadNameCohortRow, name)
    return None if row is None else _cohort(row)


def list_thread_name_cohorts(work: Work, oldest: str, newest: str) -> list[Cohort]:
    """Return the issuers from one month to another, both included."""
    found = select(ThreadNameCohortRow).where(ThreadNameCohortRow.name.between(oldest, newest))
    rows = work.session.scalars(found.order_by(ThreadNameCohortRow.name))
    return [_cohort(row) for row in rows]


def get_thread_name_box(work: Work, name: str) -> bytes | None:
    """Return a month's sealed private key, or None once the month is over."""
    return work.session.get_one(ThreadNameCohortRow, name).box


def add_thread_name_cohort(work: Work, name: str, key: bytes, box: bytes) -> None:
    """Give a month its issuer."""
    values = {"name": name, "key": key, "box": box}
    work.session.execute(insert(ThreadNameCohortRow).values(values))


def count_names_taken(work: Work, root: str, cohort: str) -> int:
    """Return how many names a persona took in a month."""
    return months.count_of(work, ThreadNamesTakenRow, root, cohort)


def count_one_name_taken(work: Work, root: str, cohort: str) -> None:
    """Count one more of them."""
    months.count_one(work, ThreadNamesTakenRow, root, cohort)


def add_thread_name(work: Work, did: str, thread: str) -> None:
    """Let a key post in a thread."""
    work.session.execute(insert(ThreadNameRow).values(did=did, thread=thread))


def remove_thread_name(work: Work, did: str) -> None:
    """Forget that a key is a name for one thread: it has a card."""
    work.session.execute(delete(ThreadNameRow).where(ThreadNameRow.did == did))


def holds_thread_name(work: Work, did: str) -> bool:
    """Return whether a key is a name for one thread."""
    return work.session.get(ThreadNameRow, did) is not None


def even_out_names_taken(work: Work) -> None:
    """Write every count anew: each would be of the time of the name that was taken with it."""
    write_anew(work, ThreadNamesTakenRow)


def remove_old_name_secrets(work: Work, current: str) -> bool:
    """Forget what signed before this month, and who took how many; return whether there was any."""
    return months.forget_before(work, ThreadNameCohortRow, ThreadNamesTakenRow, current)


def remove_names_taken(work: Work, root: str) -> None:
    """Forget how many names a persona took."""
    work.session.execute(delete(ThreadNamesTakenRow).where(ThreadNamesTakenRow.root == root))


def _cohort(row: ThreadNameCohortRow) -> Cohort:
    return Cohort(name=row.name, key=require_key(row.key), is_frozen=False, purpose="thread-name")
