"""Statements about what desks leave for each other, have looked at, and look up beside a case."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import delete, func, insert, select, true, update

from app.db import Work
from app.kernel.clock import Instant
from app.moderation.model import Action, Case, CaseState, Rule, Subject
from app.moderation.rules import DANGER
from app.moderation.tables import ActionRow, CaseRow, DeskSessionRow, ExposureRow, ReportRow

from .actions import find_action
from .cases import list_cases


def read_memo(work: Work, case_id: str) -> str:
    """Return what desks noted for each other about a case; empty for no note."""
    memo = select(CaseRow.memo).where(CaseRow.id == case_id)
    return work.session.scalar(memo) or ""


def set_memo(work: Work, case_id: str, memo: str) -> None:
    """Keep what desks note for each other about a case."""
    work.session.execute(update(CaseRow).where(CaseRow.id == case_id).values(memo=memo))


def count_exposure(work: Work, desk: str, day: date) -> int:
    """Return how many cases of danger a desk has opened on a day."""
    row = work.session.get(ExposureRow, (desk, day))
    return 0 if row is None else row.count


def add_exposure(work: Work, desk: str, day: date) -> None:
    """Count one more case of danger that a desk opens on a day."""
    row = (ExposureRow.desk == desk) & (ExposureRow.day == day)
    if work.session.get(ExposureRow, (desk, day)) is None:
        work.session.execute(insert(ExposureRow).values(desk=desk, day=day, count=1))
    else:
        work.session.execute(update(ExposureRow).where(row).values(count=ExposureRow.count + 1))


def remove_past_exposure(work: Work, today: date) -> None:
    """Forget how many cases of danger desks opened before today."""
    work.session.execute(delete(ExposureRow).where(ExposureRow.day < today))


def count_dangerous(work: Work, *, boards: Collection[str] | None) -> int:
    """Return how many open cases are of danger; `boards` None means on all of them."""
    query = (
        select(func.count())
        .select_from(CaseRow)
        .where(
            CaseRow.state == CaseState.OPEN.value,
            true() if boards is None else CaseRow.board.in_(boards),
            CaseRow.rank <= -DANGER,
        )
    )
    return work.session.scalars(query).one()


def list_cases_on(work: Work, subject: Subject) -> list[Case]:
    """Return the cases of a subject, the newest first."""
    of = (CaseRow.subject_kind == subject.kind.value) & (CaseRow.subject == subject.name)
    return sorted(list_cases(work, of), key=lambda case: case.opened_at, reverse=True)


def list_similar(work: Work, case: Case, rule: Rule, limit: int) -> list[Action]:
    """Return what decided the latest cases of the same board that were reported under a rule."""
    named = select(ReportRow.case).where(ReportRow.rule == rule.value)
    query = (
        select(ActionRow.digest)
        .join(CaseRow, CaseRow.decision == ActionRow.digest)
        .where(CaseRow.board == case.board, CaseRow.id != case.id, CaseRow.id.in_(named))
        .order_by(ActionRow.taken_at.desc(), ActionRow.digest)
        .limit(limit)
    )
    found = (find_action(work, digest) for digest in work.session.scalars(query).all())
    return [action for action in found if action is not None]


def extend_desk_session(work: Work, mark: bytes, idle_until: Instant) -> None:
    """Let a session go on for as long as somebody works in it."""
    row = update(DeskSessionRow).where(DeskSessionRow.mark == mark)
    work.session.execute(row.values(idle_until=idle_until))
