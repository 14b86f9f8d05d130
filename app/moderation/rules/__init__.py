"""What moderation decides from values alone: who may do what, when two have to, what is refused."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, NewType

from app.kernel.clock import DAY_S, HOUR_S, MINUTE_S, Instant, day_of
from app.kernel.errors import MalformedError
from app.kernel.fold import spoken_words
from app.moderation.errors import (
    AppealedError,
    AppealLateError,
    AppealOpenError,
    CaseTakenError,
    LeaseEndedError,
    NoDeskError,
    NotAllowedError,
    NothingToAppealError,
    OwnMatterError,
    QuotedTextError,
    ReasonsMissingError,
    SecondNeededError,
    TooManyActionsError,
)
from app.moderation.model import (
    DANGEROUS,
    Action,
    ActionKind,
    Appeal,
    Case,
    CaseState,
    Decision,
    Desk,
    DeskSession,
    Ground,
    Lease,
    Reasons,
    Report,
    Role,
    Rule,
)
from app.moderation.model.crowds import Attack, Evidence, Group

AnotherPerson = NewType("AnotherPerson", bytes)
"""The mark of whoever may decide about an action; `require_another` alone makes one."""

LEASE_S: Final = 30 * MINUTE_S
APPEAL_DAYS: Final = 30
APPEAL_S: Final = 72 * HOUR_S
PROPOSAL_S: Final = 72 * HOUR_S
ALONE_DAYS: Final = 7
"""For how long one desk may limit a persona by itself."""
SETTLED_S: Final = 10 * MINUTE_S
"""A session as young as this does not second anything: nobody logs in just to agree."""
ACTIONS_PER_HOUR: Final = 30
ATTACK_MODE_S: Final = DAY_S
ATTACK_TIMES: Final = 12
LEAST_ATTACK: Final = 12
"""Reports in an hour: fewer are no attack, however quiet the board is usually."""
INDEPENDENT: Final = 4
"""So many groups have to agree before anything is hidden without a desk."""
LEAST_CROWD: Final = 5
"""People of one group who report much: fewer may be friends."""
HOLD_S: Final = 4 * HOUR_S
_QUOTED_WORDS: Final = 8
DANGER: Final = 1_000_000
"""More than any weight: a case of danger is never below one without."""

_BY_ROLE: Final = {
    Role.MODERATOR: frozenset(ActionKind) - {ActionKind.CLOSE_DESK},
    Role.STEWARD: frozenset(ActionKind),
    Role.SPONSOR: frozenset[ActionKind](),
}
APPEALABLE: Final = frozenset(
    {
        ActionKind.LABEL, ActionKind.HIDE, ActionKind.QUARANTINE, ActionKind.LOCK, ActionKind.SLOW,
        ActionKind.MOVE, ActionKind.LIMIT, ActionKind.ERASE,
    }
)  # fmt: skip
"""What takes something from an author, who can ask that somebody else look at it."""
ABOUT_ACTS: Final = frozenset({ActionKind.UNDO, ActionKind.UPHOLD})
"""What is decided about other actions."""
OF_THREADS: Final = frozenset({ActionKind.LOCK, ActionKind.SLOW, ActionKind.MOVE})
"""What is done to a thread, whichever of its posts a case is about."""
MAX_APPEAL_CHARACTERS: Final = 2_000
_ON_NO_BOARD: Final = frozenset({ActionKind.LIMIT, *ABOUT_ACTS})
"""What every desk may do that is about no board; undoing takes the role that doing takes."""
UNDONE_BY_NOTHING: Final = frozenset(
    {ActionKind.ERASE, ActionKind.UNDO, ActionKind.CLOSE_DESK, ActionKind.UPHOLD}
)
"""What undoing would change nothing about: only an appeal says of one of them that it was wrong."""
_AUTOMATIC: Final = timedelta(days=2)
_ALWAYS_BY_TWO: Final = frozenset({ActionKind.ERASE, ActionKind.CLOSE_DESK})


def require_role(desk: Desk, kind: ActionKind, board: str, day: date) -> None:
    """Refuse what a desk's role does not reach. What is not named is refused.

    Raises:
        NoDeskError: the term of the desk is over.
        NotAllowedError: neither its role nor its boards reach it.

    """
    if day >= desk.ends_on:
        raise NoDeskError("the term of the desk is over")
    reaches = desk.covers(board) or (not board and kind in _ON_NO_BOARD)
    if kind not in _BY_ROLE[desk.role] or not reaches:
        raise NotAllowedError("the desk's role does not reach this")


def require_day(day: date, now: Instant) -> None:
    """Refuse an act that its desk dates back: by its day appeals end and months are counted.

    One that was signed just before midnight is of yesterday.

    Raises:
        MalformedError: it is older.

    """
    if day < day_of(now) - timedelta(days=1):
        raise MalformedError("an act is of the day on which it comes")


def require_roles_apart(held: Collection[Role], granted: Role) -> None:
    """Refuse a role beside one that it must never stand beside: who pays does not moderate.

    Raises:
        NotAllowedError: one of the two is a sponsor's.

    """
    roles = {*held, granted}
    if Role.SPONSOR in roles and len(roles) > 1:
        raise NotAllowedError("who sponsors holds no other role")


def is_of_domain(domain: str, sponsor: str) -> bool:
    """Return whether a domain is a sponsor's, or lies in it."""
    return domain == sponsor or domain.endswith(f".{sponsor}")


def needs_two(kind: ActionKind, reasons: Reasons, day: date) -> bool:
    """Return whether an action needs desks of two persons.

    `day` is the one on which it begins, or on which what it goes on with began.
    """
    if kind is ActionKind.LIMIT:
        return reasons.until is None or reasons.until - day > timedelta(days=ALONE_DAYS)
    return kind in _ALWAYS_BY_TWO


def require_second(first: Desk, second: DeskSession, now: Instant) -> None:
    """Refuse a second desk that is no second pair of eyes.

    Raises:
        SecondNeededError: it is the first's person, or it has just logged in.

    """
    require_other_person(first, second.desk)
    if now - second.began_at < SETTLED_S:
        raise SecondNeededError("the session of the second desk has only begun")


def require_other_person(first: Desk, second: Desk) -> None:
    """Refuse two desks of one person where two persons have to agree.

    Raises:
        SecondNeededError: they are.

    """
    if first.person == second.person:
        raise SecondNeededError("one person at two desks")


def require_another(desk: Desk, actors: Collection[bytes]) -> AnotherPerson:
    """Return who may decide about an action: whoever holds the desk, who took no part in it.

    Raises:
        OwnMatterError: the holder did.

    """
    require_not_own(desk, actors)
    return AnotherPerson(desk.person)


def require_hosts_own(decision: Decision, day: date) -> None:
    """Refuse the instance's own key what is not its own: to hide by itself, and to close desks.

    Who hosts decides about nobody's words, and hides nothing without saying that a program did.

    What it hides is over within two days: the day it hides for ends on the first, or on the next.

    Raises:
        NotAllowedError: it is not.

    """
    if decision.kind is ActionKind.CLOSE_DESK:
        return
    hides = decision.kind in {ActionKind.HIDE, ActionKind.UNDO}
    if not (hides and decision.reasons.is_automatic):
        raise NotAllowedError("the instance hides for a day, gives back, and closes desks, no more")
    until = decision.reasons.until
    if decision.kind is ActionKind.HIDE and (until is None or until - day > _AUTOMATIC):
        raise NotAllowedError("the instance hides for a day, and says so")


def require_decided(decision: Decision, undone: Iterable[Action]) -> None:
    """Refuse a desk what it calls automatic, and undoing where nothing would be given back.

    Raises:
        NotAllowedError: the log would say what is not so.

    """
    if decision.reasons.is_automatic:
        raise NotAllowedError("what a desk does, somebody decides")
    if any(action.kind in UNDONE_BY_NOTHING for action in undone):
        raise NotAllowedError("nothing that could be undone")


def require_reasons(reasons: Reasons, text: str, day: date) -> None:
    """Refuse reasons that say too little, or that repeat what they are about.

    `text` is what the action takes from readers; empty where there is none.

    Raises:
        ReasonsMissingError: no facts, a law without a name, or an end that is past.
        QuotedTextError: the facts hold eight words in a row of the text, or all of a shorter one.

    """
    if not reasons.facts.strip():
        raise ReasonsMissingError("no facts")
    if (reasons.ground is Ground.LAW) != bool(reasons.law.strip()):
        raise ReasonsMissingError("a law without its name, or a name without a law")
    if (reasons.rule is Rule.LAW) and reasons.ground is not Ground.LAW:
        raise ReasonsMissingError("a law that is no ground")
    if reasons.until is not None and reasons.until <= day:
        raise ReasonsMissingError("it would be over when it begins")
    if quotes(reasons.facts, text):
        raise QuotedTextError("the facts repeat the text")


def quotes(facts: str, text: str) -> bool:
    """Return whether a text's words stand in the facts: eight in a row, or all of a shorter text.

    One or two words are no quotation: the name of a thing often has no other words.
    """
    said, taken = spoken_words(facts), spoken_words(text)
    run = min(_QUOTED_WORDS, len(taken))
    if run <= 2:
        return False
    runs = {tuple(taken[i : i + run]) for i in range(len(taken) - run + 1)}
    return any(tuple(said[i : i + run]) in runs for i in range(len(said) - run + 1))


def require_lease(lease: Lease | None, desk: Desk, now: Instant) -> None:
    """Refuse a decision about a case that the desk does not hold now.

    Raises:
        CaseTakenError: another desk holds it.
        LeaseEndedError: nobody does any more.

    """
    if lease is None or lease.ends_at <= now:
        raise LeaseEndedError("the case was held for longer than a lease")
    if lease.desk != desk.did:
        raise CaseTakenError("another desk has the case")


def require_not_own(desk: Desk, involved: Collection[bytes]) -> None:
    """Refuse a matter of the desk's own holder; `involved` are marks of authors and reporters.

    Raises:
        OwnMatterError: the holder is among them.

    """
    if desk.person in involved:
        raise OwnMatterError("the matter is the holder's own")


def require_pace(acted: int, more: int) -> None:
    """Refuse more actions of one desk than an hour takes; `acted` is how many it took already.

    Raises:
        TooManyActionsError: it would be too many.

    """
    if acted + more > ACTIONS_PER_HOUR:
        raise TooManyActionsError("too many actions in an hour", wait_s=HOUR_S)


def require_appealable(acted_on: date, earlier: Appeal | None, now: Instant) -> None:
    """Refuse an appeal that comes twice or too late.

    Raises:
        AppealedError: there was one.
        AppealLateError: the days for it are over.

    """
    if earlier is not None:
        raise AppealedError("one appeal for each action")
    if day_of(now) > acted_on + timedelta(days=APPEAL_DAYS):
        raise AppealLateError("the days for an appeal are over")


def require_grievance(action: Action) -> None:
    """Refuse an appeal against what takes nothing from its author, or no longer does.

    Raises:
        NothingToAppealError: it does not.

    """
    if action.kind not in APPEALABLE or action.undoing is not None:
        raise NothingToAppealError("nothing that could be given back")


def require_no_open_appeal(appealed: Collection[ActionKind], decision: Decision) -> None:
    """Refuse to erase what somebody appealed about; `appealed` are the kinds of those actions.

    What a law keeps from everybody may have to go before the answer.

    Raises:
        AppealOpenError: an appeal is open.

    """
    if decision.kind is not ActionKind.ERASE:
        return
    is_by_law = decision.reasons.ground is Ground.LAW and set(appealed) == {ActionKind.QUARANTINE}
    if appealed and not is_by_law:
        raise AppealOpenError("an appeal on the post is open")


def takes_more(case: Case, version: bytes) -> bool:
    """Return whether a report on a version belongs to a case: it is open, or decided about that."""
    return case.state is CaseState.OPEN or case.version == version


def rank_of(case: Case) -> int:
    """Return a case's place in the queue, the smallest first: danger, then weight."""
    return -case.weight - (DANGER if case.is_dangerous else 0)


def count_independent(marks: Iterable[bytes], groups: Sequence[Group]) -> int:
    """Return how many of these people are independent: each group counts once."""
    of = {member: number for number, group in enumerate(groups) for member in group.members}
    return len({of.get(mark, mark) for mark in marks})


def note_cohort(group: Group, cohorts: Mapping[bytes, str]) -> Group:
    """Return a group with how many of it one month's invitations brought, if they are most of it.

    `cohorts` names the month's for the marks of those who were invited. Whoever looks after
    invitations can freeze one.
    """
    brought = Counter(cohorts[mark] for mark in group.members if mark in cohorts)
    most = max(brought.values(), default=0)
    if 2 * most <= len(group.members):
        return group
    return replace(group, evidence={**group.evidence, Evidence.COHORT: most})


def find_agreed(
    reports: Iterable[Report], groups: Sequence[Group], answered: Collection[bytes]
) -> Rule | None:
    """Return the rule that four independent groups say was broken, or None if they do not agree.

    In each of the four somebody of those says so whom somebody `answered` for. A law is no rule.
    Where one group made half of all reports, nothing is agreed on: some of its people are never
    found, and would pass for the others (`tests.moderation.simulate`).
    """
    reports = list(reports)
    marks = {report.mark for report in reports}
    if any(
        len(g.members) >= LEAST_CROWD and 2 * len(g.members & marks) >= len(marks) for g in groups
    ):
        return None
    said = defaultdict[Rule, set[bytes]](set)
    for report in reports:
        if report.rule is not Rule.LAW and report.mark in answered:
            said[report.rule].add(report.mark)
    counts = {rule: count_independent(marks, groups) for rule, marks in said.items()}
    agreed = [rule for rule, count in counts.items() if count >= INDEPENDENT]
    return max(agreed, key=lambda rule: (rule in DANGEROUS, counts[rule], rule), default=None)


def is_attack(attack: Attack) -> bool:
    """Return whether an hour's reports speak for attack mode.

    They are twelve times as many as usual, or one group holds most of them.
    """
    if attack.reports < LEAST_ATTACK:
        return False
    return attack.reports >= ATTACK_TIMES * attack.usual or 2 * attack.of_largest > attack.reports
