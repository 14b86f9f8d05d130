"""Statements about reports and cases."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from sqlalchemy import ColumnElement, bindparam, delete, func, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import Instant
from app.moderation.model import Case, CaseState, Report, Rule, Subject, SubjectKind, Told
from app.moderation.model.crowds import Sighting
from app.moderation.rules import DANGER, rank_of
from app.moderation.tables import CaseRow, ReportRow

_ORDER = (CaseRow.rank, CaseRow.opened_at, CaseRow.id)
_AT_ONCE = 500
_CASE = columns_of(CaseRow)
_MOVE_CASES = (
    update(_CASE)
    .where(_CASE.c.subject_kind == bindparam("kind"), _CASE.c.subject == bindparam("name"))
    .values(board=bindparam("new"))
)


def add_case(work: Work, case: Case) -> None:
    """Open a case."""
    values = {
        "id": case.id,
        "subject_kind": case.subject.kind.value,
        "subject": case.subject.name,
        "board": case.board,
        "version": case.version,
        "state": case.state.value,
        "is_dangerous": case.is_dangerous,
        "weight": case.weight,
        "report_count": case.report_count,
        "rank": rank_of(case),
        "opened_at": case.opened_at,
        "decision": None,
        "memo": "",
    }
    work.session.execute(insert(CaseRow).values(values))


def change_case(work: Work, case: Case) -> None:
    """Keep a case as it is now; what it is about and when it was opened never change."""
    values = {
        "version": case.version,
        "state": case.state.value,
        "is_dangerous": case.is_dangerous,
        "weight": case.weight,
        "report_count": case.report_count,
        "rank": rank_of(case),
    }
    work.session.execute(update(CaseRow).where(CaseRow.id == case.id).values(values))


def move_cases(work: Work, subjects: Iterable[Subject], board: str) -> None:
    """Put all cases of subjects on another board: those that are decided can open again."""
    values = [{"kind": one.kind.value, "name": one.name, "new": board} for one in subjects]
    work.run(_MOVE_CASES, values)


def decide_case(work: Work, case: Case, act: bytes) -> None:
    """Keep that a case was decided, and by which act."""
    change_case(work, replace(case, state=CaseState.DECIDED))
    work.session.execute(update(CaseRow).where(CaseRow.id == case.id).values(decision=act))


def reopen_cases(work: Work, acts: Collection[bytes]) -> None:
    """Open the cases again that some acts decided, unless their subjects have open ones."""
    query = select(CaseRow.id).where(CaseRow.decision.in_(acts))
    for case_id in work.session.scalars(query).all():
        case = find_case(work, case_id)
        newest = case and find_newest_case(work, case.subject)
        if case and newest and newest.state is not CaseState.OPEN:
            change_case(work, replace(case, state=CaseState.OPEN))


def find_case(work: Work, case_id: str) -> Case | None:
    """Return a case by its id, or None."""
    return next(iter(list_cases(work, CaseRow.id == case_id, limit=1)), None)


def find_newest_case(work: Work, subject: Subject) -> Case | None:
    """Return the open case of a subject, else its latest decided one, or None."""
    of_subject = (CaseRow.subject_kind == subject.kind.value) & (CaseRow.subject == subject.name)
    cases = list_cases(work, of_subject)
    return max(cases, key=lambda case: (case.state is CaseState.OPEN, case.opened_at), default=None)


def list_open(
    work: Work, *, boards: Collection[str] | None, rule: Rule | None, offset: int, limit: int
) -> list[Case]:
    """Return a part of the queue in its order; `boards` None means all of them."""
    return list_cases(work, _open_on(boards, rule), offset=offset, limit=limit)


def list_ordinary(work: Work, ids: Sequence[str]) -> list[Case]:
    """Return those of some cases that are open and without danger, in the order of the queue."""
    is_ordinary = (CaseRow.state == CaseState.OPEN.value) & (CaseRow.rank > -DANGER)
    found = list[Case]()
    for start in range(0, len(ids), _AT_ONCE):
        found += list_cases(work, is_ordinary & CaseRow.id.in_(ids[start : start + _AT_ONCE]))
    return sorted(found, key=lambda case: (rank_of(case), case.opened_at, case.id))


def count_open(work: Work, *, boards: Collection[str] | None, rule: Rule | None = None) -> int:
    """Return how many cases are open, of all rules or of those that were reported under one."""
    parts = [_open_on(boards, rule)]
    if boards is None and rule is None:
        # What weighs anything was reported: of most cases the index of the queue says enough.
        weighs = (CaseRow.state == CaseState.OPEN.value) & (CaseRow.rank < 0)
        parts = [weighs, parts[0] & (CaseRow.rank >= 0)]
    queries = (select(func.count()).select_from(CaseRow).where(part) for part in parts)
    return sum(work.session.scalars(query).one() for query in queries)


def add_report(work: Work, report: Report, *, is_notice: bool) -> None:
    """Keep a report."""
    values = {
        "case": report.case,
        "mark": report.mark,
        "rule": report.rule.value,
        "text": report.text,
        "is_notice": is_notice,
        "reported_at": report.reported_at,
    }
    work.session.execute(insert(ReportRow).values(values))


def holds_report(work: Work, case_id: str, mark: bytes) -> bool:
    """Return whether whoever has this mark is among a case's reporters."""
    return work.session.get(ReportRow, (case_id, mark)) is not None


def list_reports(work: Work, case_id: str) -> list[Report]:
    """Return the reports of a case, the first first."""
    query = select(ReportRow).where(ReportRow.case == case_id)
    rows = work.session.scalars(query.order_by(ReportRow.reported_at, ReportRow.mark))
    return [
        Report(
            case=row.case,
            rule=Rule(row.rule),
            text=row.text,
            mark=b"" if row.is_notice else row.mark,
            reported_at=row.reported_at,
        )
        for row in rows
    ]


def list_said(work: Work, case_id: str, *, limit: int) -> list[tuple[Rule, str, bool, int]]:
    """Return what reports of a case say: rule, words, whether a legal notice, and how many say so.

    Legal notices come first, then what most say.
    """
    count = func.count().label("count")
    query = (
        select(ReportRow.rule, ReportRow.text, ReportRow.is_notice, count)
        .where(ReportRow.case == case_id)
        .group_by(ReportRow.rule, ReportRow.text, ReportRow.is_notice)
        .order_by(ReportRow.is_notice.desc(), count.desc(), ReportRow.rule, ReportRow.text)
        .limit(limit)
    )
    return [
        (Rule(rule), text, bool(is_notice), number)
        for rule, text, is_notice, number in work.session.execute(query)
    ]


def holds_notices_alone(work: Work, case_id: str) -> bool:
    """Return whether all reports of a case are legal notices, and there is one."""
    kinds = select(ReportRow.is_notice).where(ReportRow.case == case_id).distinct()
    return set(map(bool, work.session.scalars(kinds))) == {True}


def remove_report(work: Work, case_id: str, mark: bytes) -> None:
    """Forget a report."""
    of = (ReportRow.case == case_id) & (ReportRow.mark == mark)
    work.session.execute(delete(ReportRow).where(of))


def list_told(work: Work, mark: bytes, *, limit: int) -> list[Told]:
    """Return what became of the reports under a mark, the latest first."""
    query = (
        select(ReportRow, CaseRow)
        .join(CaseRow, CaseRow.id == ReportRow.case)
        .where(ReportRow.mark == mark)
        .order_by(ReportRow.reported_at.desc(), CaseRow.opened_at.desc(), CaseRow.id)
        .limit(limit)
    )
    return [
        Told(
            case=case.id,
            subject=Subject(kind=SubjectKind(case.subject_kind), name=case.subject),
            rule=Rule(report.rule),
            reported_at=report.reported_at,
            is_open=case.state == CaseState.OPEN.value,
            decision=case.decision,
        )
        for report, case in work.session.execute(query)
    ]


def list_sightings(work: Work, since: Instant, limit: int) -> list[Sighting]:
    """Return the latest of what personas reported since a moment: what groups are looked for in."""
    query = (
        select(ReportRow.mark, CaseRow.subject, ReportRow.reported_at, ReportRow.text)
        .join(CaseRow, CaseRow.id == ReportRow.case)
        .where(ReportRow.reported_at >= since, ~ReportRow.is_notice)
        .order_by(ReportRow.reported_at.desc(), ReportRow.case, ReportRow.mark)
        .limit(limit)
    )
    return [
        Sighting(mark=row.mark, subject=row.subject, at=row.reported_at, text=row.text)
        for row in work.session.execute(query)
    ]


def _open_on(boards: Collection[str] | None, rule: Rule | None) -> ColumnElement[bool]:
    # Whose reports were all taken back, it waits for another and for no desk.
    where = (CaseRow.state == CaseState.OPEN.value) & (CaseRow.report_count > 0)
    if boards is not None:
        where &= CaseRow.board.in_(boards)
    if rule is not None:
        where &= CaseRow.id.in_(select(ReportRow.case).where(ReportRow.rule == rule.value))
    return where


def list_cases(
    work: Work, where: ColumnElement[bool], *, offset: int = 0, limit: int | None = None
) -> list[Case]:
    """Return the cases that a condition selects, in the order of the queue."""
    query = select(CaseRow).where(where).order_by(*_ORDER).offset(offset).limit(limit)
    rows = list(work.session.scalars(query))
    rules = _rules_of(work, [row.id for row in rows])
    return [
        Case(
            id=row.id,
            subject=Subject(kind=SubjectKind(row.subject_kind), name=row.subject),
            board=row.board,
            version=row.version,
            state=CaseState(row.state),
            is_dangerous=bool(row.is_dangerous),
            weight=row.weight,
            report_count=row.report_count,
            opened_at=row.opened_at,
            rules=rules[row.id],
        )
        for row in rows
    ]


def _rules_of(work: Work, ids: Iterable[str]) -> dict[str, Counter[Rule]]:
    query = (
        select(ReportRow.case, ReportRow.rule, func.count())
        .where(ReportRow.case.in_(list(ids)))
        .group_by(ReportRow.case, ReportRow.rule)
    )
    found = defaultdict[str, Counter[Rule]](Counter)
    for case, rule, count in work.session.execute(query):
        found[case][Rule(rule)] = count
    return found
