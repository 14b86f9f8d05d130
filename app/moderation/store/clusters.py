"""Statements about groups of reporters, and about how many reports come."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import ColumnElement, delete, func, insert, select, true

from app.db import Work
from app.kernel.clock import Instant
from app.moderation.model import CaseState, Report, Rule
from app.moderation.model.crowds import Cluster, Evidence
from app.moderation.tables import CaseRow, ClusterRow, ReportRow


def put_clusters(work: Work, clusters: Iterable[Cluster]) -> None:
    """Keep these groups, and no others, the largest first."""
    work.session.execute(delete(ClusterRow))
    rows = [
        {
            "number": number,
            "cases": json.dumps(dict(cluster.cases)),
            "latest": json.dumps(dict(cluster.latest)),
            "reporters": cluster.reporters,
            "evidence": json.dumps({kind.value: count for kind, count in cluster.evidence.items()}),
        }
        for number, cluster in enumerate(clusters, start=1)
    ]
    if rows:
        work.session.execute(insert(ClusterRow), rows)


def list_clusters(work: Work) -> list[Cluster]:
    """Return the groups that were found when they were last looked for, the largest first."""
    rows = work.session.scalars(select(ClusterRow).order_by(ClusterRow.number))
    return [
        Cluster(
            cases=json.loads(row.cases),
            latest=json.loads(row.latest),
            reporters=row.reporters,
            evidence={Evidence(kind): n for kind, n in json.loads(row.evidence).items()},
        )
        for row in rows
    ]


def get_latest_report(work: Work) -> tuple[int, int]:
    """Return how many reports there are, and when the latest came: both stay while none comes."""
    count, latest = work.session.execute(
        select(func.count(), func.coalesce(func.max(ReportRow.reported_at), 0))
    ).one()
    return count, latest


def list_lately_reported(work: Work, since: Instant, limit: int) -> dict[str, tuple[str, int]]:
    """Return board and weight of the open cases of the latest reports since a moment, by id."""
    query = select(CaseRow.id, CaseRow.board, CaseRow.weight).where(_lately(since, limit))
    return {row.id: (row.board, row.weight) for row in work.session.execute(query)}


def list_lately_said(work: Work, since: Instant, limit: int) -> dict[str, list[Report]]:
    """Return what personas reported in those same cases, by the cases' ids, without their words."""
    query = (
        select(ReportRow.case, ReportRow.rule, ReportRow.mark, ReportRow.reported_at)
        .join(CaseRow, CaseRow.id == ReportRow.case)
        .where(_lately(since, limit), ~ReportRow.is_notice)
    )
    found = defaultdict[str, list[Report]](list)
    for case, rule, mark, at in work.session.execute(query):
        found[case].append(Report(case=case, rule=Rule(rule), text="", mark=mark, reported_at=at))
    return found


def count_reports_by_board(
    work: Work, since: Instant, until: Instant, *, boards: Collection[str] | None
) -> dict[str, int]:
    """Return how many reports of personas came after a moment, up to another, by board."""
    query = (
        select(CaseRow.board, func.count().label("reports"))
        .join(ReportRow, ReportRow.case == CaseRow.id)
        .where(
            ReportRow.reported_at > since,
            ReportRow.reported_at <= until,
            ~ReportRow.is_notice,
            CaseRow.board != "",
            true() if boards is None else CaseRow.board.in_(boards),
        )
        .group_by(CaseRow.board)
    )
    return {row.board: row.reports for row in work.session.execute(query)}


def _lately(since: Instant, limit: int) -> ColumnElement[bool]:
    latest = (
        select(ReportRow.case)
        .where(ReportRow.reported_at >= since, ~ReportRow.is_notice)
        .order_by(ReportRow.reported_at.desc(), ReportRow.case, ReportRow.mark)
        .limit(limit)
        .subquery()
    )
    return (CaseRow.state == CaseState.OPEN.value) & CaseRow.id.in_(select(latest.c.case))
