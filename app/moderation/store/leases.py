"""Statements about who holds a case, and who does not want it."""

from collections.abc import Collection

from sqlalchemy import delete, insert, select, true, union

from app.db import Work
from app.moderation.model import CaseState, Lease
from app.moderation.tables import CaseRow, LeaseRow, ReportRow, SkippedRow


def find_lease(work: Work, *, case: str = "", desk: str = "") -> Lease | None:
    """Return the lease of a case, or the one that a desk has, ended or not; or None."""
    of = LeaseRow.case == case if case else LeaseRow.desk == desk
    row = work.session.scalars(select(LeaseRow).where(of)).first()
    return None if row is None else Lease(case=row.case, desk=row.desk, ends_at=row.ends_at)


def list_taken_cases(work: Work, *, but: str = "") -> set[str]:
    """Return the cases that desks have now, without what `but` has: at most one each."""
    held = (LeaseRow.ends_at > work.minute) & (LeaseRow.desk != but)
    return set(work.session.scalars(select(LeaseRow.case).where(held)))


def add_lease(work: Work, lease: Lease) -> None:
    """Put a case into a desk's hands.

    Raises:
        IntegrityError: another desk has it, or this desk has another case.

    """
    values = {"case": lease.case, "desk": lease.desk, "ends_at": lease.ends_at}
    work.session.execute(insert(LeaseRow).values(values))


def remove_lease(work: Work, case: str) -> None:
    """Take a case out of whatever hands it is in."""
    work.session.execute(delete(LeaseRow).where(LeaseRow.case == case))


def remove_ended_leases(work: Work) -> None:
    """Take all cases out of hands that have held them for too long."""
    work.session.execute(delete(LeaseRow).where(LeaseRow.ends_at <= work.minute))


def add_skipped(work: Work, case: str, desk: str) -> None:
    """Remember that a desk does not want a case."""
    if not has_skipped(work, case, desk):
        work.session.execute(insert(SkippedRow).values(case=case, desk=desk))


def has_skipped(work: Work, case: str, desk: str) -> bool:
    """Return whether a desk does not want a case."""
    return work.session.get(SkippedRow, (case, desk)) is not None


def remove_skipped_of_decided(work: Work) -> None:
    """Forget who did not want cases that nobody has to look at any more."""
    decided = select(CaseRow.id).where(CaseRow.state == CaseState.DECIDED.value)
    work.session.execute(delete(SkippedRow).where(SkippedRow.case.in_(decided)))


def list_waiting(
    work: Work, desk: str, person: bytes, *, boards: Collection[str] | None, limit: int
) -> list[tuple[str, bool]]:
    """Return the first cases of the queue that a desk may be given, each with its danger.

    Not those that another desk has, nor those it skipped, nor those its holder reported.
    """
    of_desk = SkippedRow.desk == desk
    taken = union(
        select(LeaseRow.case),
        select(SkippedRow.case).where(of_desk),
        select(ReportRow.case).where(ReportRow.mark == person),
    )
    query = (
        select(CaseRow.id, CaseRow.is_dangerous)
        .where(
            CaseRow.state == CaseState.OPEN.value,
            CaseRow.report_count > 0,
            true() if boards is None else CaseRow.board.in_(boards),
            CaseRow.id.not_in(taken),
        )
        .order_by(CaseRow.rank, CaseRow.opened_at, CaseRow.id)
        .limit(limit)
    )
    return [(case, bool(is_dangerous)) for case, is_dangerous in work.session.execute(query)]
