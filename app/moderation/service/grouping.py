"""Groups among those who report: shown to desks with what joins them, held against nobody."""

from collections.abc import Collection
from typing import Final

from app.db import Work
from app.moderation import store
from app.moderation.errors import CaseTakenError, NotGroupedError
from app.moderation.model import Case, Desk
from app.moderation.model.crowds import Cluster

from .clusters import find_clusters

LEAST_SHARE: Final = 0.5
"""From this share of its reports on, a case is a group's."""


def find_grouped_cases(work: Work, desk: Desk) -> tuple[Cluster, list[Case]] | None:
    """Return the cases without danger that the largest group of reporters brought, if several.

    Only cases that a desk works on and no other holds, and of whose reports at least half are the
    group's.
    """
    for cluster in find_clusters(work):
        ordinary = store.list_ordinary(work, list(cluster.cases))
        taken = store.list_taken_cases(work, but=desk.did)
        cases = [case for case in ordinary if case.id not in taken and _is_its(cluster, case, desk)]
        if len(cases) > 1:
            return cluster, cases
    return None


def require_grouped(work: Work, desk: Desk, case_ids: Collection[str]) -> None:
    """Refuse to decide cases together that a desk is not shown together now.

    A case of danger is none of them, and nobody picks other cases than those that they are given.

    Raises:
        CaseTakenError: another desk has one of them.
        NotGroupedError: some are no group's, or of danger.

    """
    if store.list_taken_cases(work, but=desk.did) & {*case_ids}:
        raise CaseTakenError("another desk has one of the cases")
    found = find_grouped_cases(work, desk)
    if found is None or not {*case_ids} <= {case.id for case in found[1]}:
        raise NotGroupedError("some of the cases are no group's")


def _is_its(cluster: Cluster, case: Case, desk: Desk) -> bool:
    of_group = cluster.cases[case.id]
    return desk.covers(case.board) and of_group >= max(2, LEAST_SHARE * case.report_count)
