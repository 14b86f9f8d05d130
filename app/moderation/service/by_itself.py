"""What happens without anybody: hiding for a day, giving back, and the ends of what has an end.

Each is a record by the instance's key, and stands in the log, but one: a measure that said itself
until when it holds is over then, and needs nobody to say so again (ADR-0042, ADR-0043).
"""

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final

from app import forum, records
from app.db import Work
from app.kernel.clock import DAY_S, MINUTE_S, Instant, day_of
from app.moderation import codec, rules, store
from app.moderation.model import (
    Act,
    Action,
    ActionKind,
    Case,
    CaseState,
    Decision,
    Ground,
    Named,
    Reasons,
    Rule,
    Scope,
    Source,
    SubjectKind,
)
from app.moderation.model.crowds import Group
from app.records import Door

from .acting import HIDINGS, take_back
from .clusters import is_under_attack
from .deciding import make_act, submit_act
from .subjects import get_action, get_post_of

HIDDEN_A_DAY: Final = 5
"""Posts of one board, by themselves: what needs more than that needs somebody."""
_COARSE_S: Final = 10 * MINUTE_S
_HIDES: Final = (
    "Four independent groups of readers reported it under this rule. No desk has looked at it yet."
)
_GIVES_BACK: Final = (
    "It was hidden without anybody, for a day at most, and no desk has decided that it stays so."
)
_IS_OVER: Final = "It was hidden until this day."


def hide_by_itself(
    work: Work, door: Door, case_id: str, groups: Sequence[Group], answered: Collection[bytes]
) -> Action | None:
    """Hide the post of a case for a day, if enough independent people agree; else return None.

    `answered` are marks of those whom somebody answers for.
    """
    case = store.find_case(work, case_id)
    if case is None or not _may_hide(work, door, case):
        return None
    rule = _agreed(work, door, case, groups, answered)
    if rule is None:
        return None
    # The first day on which it surely is over; it is given back before.
    until = day_of(Instant(work.now + DAY_S)) + timedelta(days=1)
    decision = Decision(kind=ActionKind.HIDE, reasons=_reasons(rule, _HIDES, until))
    act = make_act(work, door.instance_did, case.subject, decision)
    return submit_act(work, door, door.key, codec.encode_act(act), ActionKind.HIDE)


def list_over(work: Work, door: Door) -> list[bytes]:
    """Return the actions that hold no more, of which nothing says so yet, by their records."""
    over = store.list_standing_until(work, day_of(work.now))
    hidden = store.list_hidden_by(work, door.instance_did, Instant(work.minute - 7 * DAY_S))
    aged = [a for a in hidden if a.undoing is None and a.taken_at + DAY_S - _COARSE_S <= work.now]
    return sorted({action.digest for action in (*over, *aged) if _is_ours(work, door, action)})


def _is_ours(work: Work, door: Door, action: Action) -> bool:
    """Return whether an action is this host's to end: a partner's log says when its own do."""
    if action.board:
        return forum.is_at_home(work, action.board, door.instance_did)
    stored = records.find_record(work, action.digest)
    return stored is None or stored.home is None


def end(work: Work, door: Door, digest: bytes) -> None:
    """Take back what an action does, because its time is over; one that was undone stays so."""
    action = get_action(work, digest)
    if action.undoing is not None:
        return
    if action.kind in HIDINGS:
        # Copies of the log fetch the words again for a record that says so.
        _give_back(work, door, action)
        return
    store.set_undone(work, digest, digest)
    take_back(work, action)


def forget_ended(work: Work) -> None:
    """Forget what desks leave behind and nobody needs any more.

    Sessions, leases and proposals whose time is over; who skipped cases that are decided; how much
    of danger was read before today.
    """
    store.remove_ended_desk_sessions(work)
    store.remove_ended_leases(work)
    store.remove_ended_proposals(work)
    store.remove_skipped_of_decided(work)
    store.remove_past_exposure(work, day_of(work.now))


def _may_hide(work: Work, door: Door, case: Case) -> bool:
    """Return whether nothing keeps the post of a case from being hidden by itself now."""
    if case.state is not CaseState.OPEN or case.subject.kind is not SubjectKind.POST:
        return False
    if not forum.is_at_home(work, case.board, door.instance_did):
        return False
    post = get_post_of(work, case.subject)
    if post.is_hidden or post.erased_on is not None or case.version != post.version.digest:
        return False
    lately = store.list_hidden_by(work, door.instance_did, Instant(work.minute - DAY_S))
    of_board = [action for action in lately if action.board == case.board]
    of_post = [action for action in of_board if action.subject == case.subject]
    return not of_post and len(of_board) < HIDDEN_A_DAY and not is_under_attack(work, case.board)


def _agreed(
    work: Work, door: Door, case: Case, groups: Sequence[Group], answered: Collection[bytes]
) -> Rule | None:
    """Return the rule that enough groups name who have not had the post hidden already."""
    before = (
        action.taken_at
        for action in store.list_actions_on(work, case.subject)
        if action.desk == door.instance_did and action.kind is ActionKind.HIDE
    )
    since = max(before, default=0)
    reports = [r for r in store.list_reports(work, case.id) if r.mark and r.reported_at > since]
    return rules.find_agreed(reports, groups, answered)


def _give_back(work: Work, door: Door, action: Action) -> None:
    facts = _GIVES_BACK if action.desk == door.instance_did else _IS_OVER
    act = Act(
        decision=Decision(kind=ActionKind.UNDO, reasons=_reasons(action.rule, facts)),
        board=action.board or door.instance_did,
        about=(Named(id=action.record_id, digest=action.digest),),
        persona="",
        proposed_by="",
        outcome=None,
        appealed_on=None,
    )
    submit_act(work, door, door.key, codec.encode_act(act), ActionKind.UNDO)


def _reasons(rule: Rule, facts: str, until: date | None = None) -> Reasons:
    return Reasons(
        rule=rule, ground=Ground.RULE, law="", facts=facts, language="en", scope=Scope.POST,
        until=until, is_automatic=True, source=Source.AUTOMATIC,
    )  # fmt: skip
