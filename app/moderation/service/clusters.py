"""Groups of reporters: what is looked for them in, what they weigh, what whoever moderates sees.

    reports ─► Crowd (marks, in memory) ─find_groups, elsewhere─► weigh ─► weights, clusters

Marks are compared here and shown to nobody. Which persona a mark is of is known in memory, while
somebody looks, and is in no row.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from app import identity
from app.db import Work
from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, Instant, day_of, round_up
from app.moderation import rules, store
from app.moderation.model import Report
from app.moderation.model.crowds import Attack, Cluster, Group, Sighting

from .reporting import mark_of

LOOKED_AT_S: Final = 30 * DAY_S
LOOKED_AT: Final = 10_000
"""Reports, the latest ones, that groups are looked for in."""
NEW_DAYS: Final = 60
"""For so long somebody counts as having come lately."""
LEAST_SHOWN: Final = 3
"""Two people who say the same are a pair, and nothing that anybody has to look at."""
_COARSE_S: Final = 10 * MINUTE_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Who reported lately, as far as groups are looked for among them."""

    sightings: Sequence[Sighting]
    joined: Mapping[bytes, date]
    """On which day newcomers came, by their marks."""
    cohorts: Mapping[bytes, str]
    """With which month's invitations they came, by the marks of those who were invited."""
    answered: frozenset[bytes]
    """Marks of those whom somebody answers for."""


def read_crowd(work: Work, marks_key: bytes) -> Crowd:
    """Return who reported lately. It goes through the roots of all personas once."""
    since = Instant(work.minute - LOOKED_AT_S)
    sightings = store.list_sightings(work, since, LOOKED_AT)
    marks = {sighting.mark for sighting in sightings}
    roots = identity.list_roots(work) if marks else []
    reporters = {mark: root for root in roots if (mark := mark_of(marks_key, root)) in marks}
    new_from = day_of(work.now) - timedelta(days=NEW_DAYS)
    came = {mark: identity.find_arrival(work, root) for mark, root in reporters.items()}
    invited = {mark: identity.find_cohort_of(work, root) for mark, root in reporters.items()}
    return Crowd(
        sightings=sightings,
        cohorts={mark: cohort for mark, cohort in invited.items() if cohort is not None},
        joined={mark: day for mark, day in came.items() if day is not None and day >= new_from},
        answered=frozenset(
            mark for mark, root in reporters.items() if not identity.is_on_probation(work, root)
        ),
    )


def weigh(work: Work, groups: Sequence[Group]) -> list[str]:
    """Give the cases that were reported lately their weights, and keep the groups in numbers.

    Returns the ids of those in which enough people are independent to agree on anything.

    A report that came while groups were looked for counts for itself, until the next time.
    """
    since = Instant(work.minute - LOOKED_AT_S)
    said, heavy = store.list_lately_said(work, since, LOOKED_AT), list[str]()
    for case_id, (_board, weight) in store.list_lately_reported(work, since, LOOKED_AT).items():
        independent = rules.count_independent({r.mark for r in said[case_id]}, groups)
        case = store.find_case(work, case_id) if independent != weight else None
        if case is not None:
            store.change_case(work, replace(case, weight=independent))
        if independent >= rules.INDEPENDENT:
            heavy.append(case_id)
    shown = (group for group in groups if len(group.members) >= LEAST_SHOWN)
    clusters = (_cluster(group, said, work.now) for group in shown)
    store.put_clusters(work, (cluster for cluster in clusters if cluster.cases))
    return heavy


def find_clusters(work: Work) -> list[Cluster]:
    """Return the groups of three and more reporters in open cases, the largest first.

    As of when they were last looked for, within a minute of a report; only a hint (ADR-0043).
    """
    return store.list_clusters(work)


def find_attack(work: Work, boards: Collection[str] | None = None) -> Attack | None:
    """Return what speaks for attack mode on one of some boards, None for all: the most reports.

    None as well where it is on already, or where nothing speaks for it.
    """
    now = round_up(work.now, _COARSE_S)
    hour_ago, before = Instant(now - HOUR_S), Instant(now - LOOKED_AT_S)
    lately = store.count_reports_by_board(work, hour_ago, now, boards=boards)
    if not lately:
        return None
    usual = store.count_reports_by_board(work, before, hour_ago, boards=tuple(lately))
    of_largest = _count_of_largest(work)
    attacks = (
        Attack(
            board=board,
            reports=count,
            usual=usual.get(board, 0) / ((LOOKED_AT_S - HOUR_S) / HOUR_S),
            of_largest=of_largest[board],
        )
        for board, count in lately.items()
    )
    found = [a for a in attacks if rules.is_attack(a) and not is_under_attack(work, a.board)]
    return max(found, key=lambda attack: (attack.reports, attack.board), default=None)


def _cluster(group: Group, said: Mapping[str, Sequence[Report]], now: Instant) -> Cluster:
    own = [r for reports in said.values() for r in reports if r.mark in group.members]
    # Times of reports are rounded up.
    hour_ago = round_up(now, _COARSE_S) - HOUR_S
    return Cluster(
        cases=Counter(report.case for report in own),
        latest=Counter(report.case for report in own if report.reported_at > hour_ago),
        reporters=len(group.members),
        evidence=group.evidence,
    )


def _count_of_largest(work: Work) -> Counter[str]:
    """Return the most that one group reported on each board in the hour before it was looked at."""
    since = Instant(work.minute - LOOKED_AT_S)
    boards = store.list_lately_reported(work, since, LOOKED_AT)
    most = Counter[str]()
    for cluster in store.list_clusters(work):
        own = Counter[str]()
        for case, count in cluster.latest.items():
            if case in boards:
                own[boards[case][0]] += count
        most |= own
    return most


def is_under_attack(work: Work, board: str) -> bool:
    """Return whether a desk accepted attack mode for a board, or for all, less than a day ago."""
    since = Instant(work.minute - rules.ATTACK_MODE_S)
    return store.holds_attack_mode(work, board, since, day_of(work.now))
