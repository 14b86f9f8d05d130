"""A month of moderation in numbers, counted from the log's records alone.

The public page and `goftogu moderation report` count with this: anyone with a copy of the log gets
the same numbers.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from app.moderation.model import ActionKind, Outcome

from .ledger import Ledger, LoggedAct, Term

APPEAL_DAYS_PROMISED = 3
"""An appeal is to be answered in 72 hours; records carry days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbers:
    """What the log says of a month. Counts by name leave out what did not happen."""

    month: str
    """`YYYY-MM`, of the days on which the records were signed (UTC)."""
    acts: int
    kinds: Mapping[str, int]
    rules: Mapping[str, int]
    grounds: Mapping[str, int]
    sources: Mapping[str, int]
    boards: Mapping[str, int]
    """By the board's did:key; the instance's stands for what is on none."""
    automatic: int
    undone: int
    """Of the month's acts, how many were undone by now."""
    automatic_undone: int
    appeals: Mapping[str, int]
    """Appeals that were answered in the month, by their outcome."""
    appeal_days: Mapping[int, int]
    """How many of them took how many days."""
    appeals_late: int
    """How many took longer than three days."""
    desks: int
    """Desks that could act in the month."""
    demands: Mapping[str, int]
    """Demands that were told in time, by who made them."""
    demands_sealed: int
    """Demands that may not be told, or were told too late."""


def count_month(ledger: Ledger, month: date) -> Numbers:
    """Count a month, given by its first day."""
    end = end_of_month(month)
    acts = [logged for logged in ledger.acts if month <= logged.day < end]
    undone = _undone_by(ledger.acts)
    appeals = [found for logged in acts if (found := _answer_of(logged)) is not None]
    reasons = [logged.act.decision.reasons for logged in acts]
    told = [demand for demand in ledger.demands if month <= demand.logged_on < end]
    return Numbers(
        month=f"{month:%Y-%m}",
        acts=len(acts),
        kinds=_count(logged.act.decision.kind.value for logged in acts),
        rules=_count(item.rule.value for item in reasons),
        grounds=_count(item.ground.value for item in reasons),
        sources=_count(item.source.value for item in reasons),
        boards=_count(logged.act.board for logged in acts),
        automatic=sum(item.is_automatic for item in reasons),
        undone=sum(logged.digest in undone for logged in acts),
        automatic_undone=sum(
            logged.digest in undone and logged.act.decision.reasons.is_automatic for logged in acts
        ),
        appeals=_count(outcome.value for outcome, _ in appeals),
        appeal_days=dict(sorted(Counter(days for _, days in appeals).items())),
        appeals_late=sum(days > APPEAL_DAYS_PROMISED for _, days in appeals),
        desks=_count_desks(ledger, month, end),
        demands=_count(demand.who for demand in told if not demand.counts_as_sealed),
        demands_sealed=sum(demand.counts_as_sealed for demand in told),
    )


def end_of_month(month: date) -> date:
    """Return the first day of the month after the one whose first day this is."""
    return (month + timedelta(days=31)).replace(day=1)


def days_to_answer(logged: LoggedAct) -> int:
    """Return how many days an appeal waited for this answer; -1 for what answers none."""
    appealed = logged.act.appealed_on
    return -1 if appealed is None else (logged.day - appealed).days


def _answer_of(logged: LoggedAct) -> tuple[Outcome, int] | None:
    days = days_to_answer(logged)
    return None if days < 0 else (logged.act.outcome or Outcome.UPHELD, days)


def _undone_by(acts: Iterable[LoggedAct]) -> set[bytes]:
    undos = (logged.act for logged in acts if logged.act.decision.kind is ActionKind.UNDO)
    return {named.digest for act in undos for named in act.about}


def _count_desks(ledger: Ledger, month: date, end: date) -> int:
    closed = {
        named.digest: logged.day
        for logged in ledger.acts
        if logged.act.decision.kind is ActionKind.CLOSE_DESK
        for named in logged.act.about
    }

    def could_act(term: Term) -> bool:
        ends_on = min(term.ends_on, closed.get(term.digest, term.ends_on))
        return term.begins_on < end and ends_on > month

    return sum(map(could_act, ledger.terms))


def _count(names: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(names).items()))
