"""What an act does when it comes in by the door, whoever carries it.

    record ─► decode, verify who proposed it ─► subject ─► may this desk? ─► effect ─► row, case

Everything that a desk may not do is refused here, so that a page is only a way to get here.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from app import forum, records, tlog
from app.db import Work
from app.kernel.clock import HOUR_S, MINUTE_S, Instant, day_of, round_up
from app.kernel.errors import GoneError, NotFoundError
from app.kernel.fold import words_of
from app.moderation import codec, rules, store
from app.moderation.errors import (
    CaseChangedError,
    CaseDecidedError,
    CaseTakenError,
    SecondNeededError,
)
from app.moderation.model import (
    Act,
    Action,
    ActionKind,
    CaseState,
    Desk,
    Lease,
    Named,
    Outcome,
    Scope,
    Subject,
    SubjectKind,
)
from app.records import VerifiedRecord

from . import limits, measures, sealing
from .desks import LOG, require_attested
from .subjects import (
    OF_POSTS,
    find_involved,
    find_subject,
    get_action,
    get_post_of,
    list_same,
    marks_of,
    require_desk,
)
from .telling import list_appealed, tell_authors

_COARSE_S = 10 * MINUTE_S
HIDINGS = frozenset({ActionKind.HIDE, ActionKind.QUARANTINE})
_DECIDES_NO_CASE = frozenset(
    {ActionKind.UNDO, ActionKind.CLOSE_DESK, ActionKind.ATTACK_MODE, ActionKind.UPHOLD}
)

Binds = Callable[[Work, Act, Subject], bool]
Effect = Callable[[Work, VerifiedRecord, Act, Subject], None]


def accept_act(
    work: Work,
    record: VerifiedRecord,
    *,
    instance_did: str,
    marks_key: bytes,
    read_contact: sealing.ReadContact,
    binds: Binds = lambda _work, _act, _subject: True,
) -> tlog.Lane:
    """Take in an act of a desk, or of the instance where it hides by itself; it acts at once.

    `binds` says whether a home's act does anything here; it is kept and told in any case.

    Raises:
        NoDeskError, NotAllowedError: another key than a desk's, or its role does not reach it.
        MalformedError: it is dated back.
        OwnMatterError: the desk's holder wrote or reported it.
        SecondNeededError: two persons have to agree, and they did not.
        CaseTakenError: another desk has the case now.
        AppealOpenError: it erases a post about which an appeal is open.
        ReasonsMissingError, QuotedTextError, TooManyActionsError: see `rules`.
        CaseChangedError, GoneError: it was revised or erased since it was looked at.
        NotFoundError: what it is about is not here.

    """
    act = _decode_act(work, record)
    decision, subject = act.decision, find_subject(work, act)
    board = "" if act.board == instance_did else act.board
    if record.digest not in work.logged:
        _require_as_it_is(work, act, subject, instance_did)
        _require_reasons(work, act, subject, record.day)
        rules.require_no_open_appeal(list_appealed(work, subject), decision)
        if record.signer == instance_did:
            rules.require_hosts_own(decision, record.day)
            _require_own(work, act, instance_did, is_over_on=record.day)
        else:
            require_attested(work, (record.signer, act.proposed_by), instance_did)
            _require_desks(work, record, act, subject, board, marks_key)
    is_binding = binds(work, act, subject)
    action = _action_of(work, record, act, subject, board, binds=is_binding)
    store.add_action(work, action)
    work.changed.add(LOG)
    if not action.binds:
        _note(work, record, act, subject)
        return tlog.HOUSE_LANE
    tell_authors(work, action, act)
    _EFFECTS[decision.kind](work, record, act, subject)
    if decision.kind is ActionKind.QUARANTINE:
        sealing.quarantine(work, get_post_of(work, subject), read_contact())
    if decision.kind not in _DECIDES_NO_CASE and record.signer != instance_did:
        _decide_cases(work, act, subject, record.digest)
        _stand_over(work, subject, action, instance_did)
    lane = forum.find_board(work, did=board) if board else None
    return forum.lane_of(lane) if lane else tlog.HOUSE_LANE


def _action_of(
    work: Work, record: VerifiedRecord, act: Act, subject: Subject, board: str, *, binds: bool
) -> Action:
    reasons = act.decision.reasons
    return Action(
        digest=record.digest,
        record_id=record.id,
        kind=act.decision.kind,
        subject=subject,
        board=board,
        desk=record.signer,
        second=act.proposed_by,
        rule=reasons.rule,
        words=" ".join(words_of(f"{reasons.facts} {reasons.law}")),
        day=record.day,
        until=reasons.until,
        taken_at=round_up(work.now, _COARSE_S),
        binds=binds,
    )


def _require_reasons(work: Work, act: Act, subject: Subject, day: date) -> None:
    rules.require_day(day, work.now)
    words = ""
    if subject.kind in OF_POSTS:
        text = forum.get_words(work, get_post_of(work, subject))
        words = f"{text.title or ''}\n{text.markdown}"
    rules.require_reasons(act.decision.reasons, words, day)


def _require_desks(
    work: Work, record: VerifiedRecord, act: Act, subject: Subject, board: str, marks_key: bytes
) -> None:
    decision, now = act.decision, work.minute
    # By the day on which it comes too: a key is no desk's any more once its term is over.
    day = max(record.day, day_of(now))
    desk = require_desk(work, record.signer)
    first = require_desk(work, act.proposed_by) if act.proposed_by else None
    undone = [get_action(work, named.digest) for named in _undone_by(act)]
    # Undoing takes the role that doing takes, wherever it was done.
    reached = {(decision.kind, board), *((action.kind, action.board) for action in undone)}
    subjects = [subject, *(action.subject for action in undone)]
    involved = {mark for one in subjects for mark in find_involved(work, one, marks_key)}
    for each in filter(None, (desk, first)):
        for kind, on in reached:
            rules.require_role(each, kind, on, day)
        rules.require_not_own(each, involved)
        measures.require_measure(work, each, decision, subject)
    rules.require_decided(decision, () if act.appealed_on else undone)
    lease = _find_lease(work, subject)
    if lease is not None and lease.desk != desk.did and lease.ends_at > now:
        raise CaseTakenError("another desk has the case")
    if act.appealed_on is not None:
        _settle_appeals(work, act, desk)
    if first is not None:
        rules.require_other_person(first, desk)
        # Once, and within its time: a consent that stands in the log is nobody's to use again.
        if not store.use_proposal(work, codec.encode_proposal(record.document)):
            raise SecondNeededError("nobody proposes it any more")
        return
    if limits.needs_two(work, desk, subject, decision, record.day):
        raise SecondNeededError("it needs two desks")
    if act.appealed_on is None:
        _require_own(work, act, desk.did)
    acted = store.count_actions(work, desk.did, Instant(work.minute - HOUR_S))
    rules.require_pace(acted, 1)


def _settle_appeals(work: Work, act: Act, desk: Desk) -> None:
    """Keep how appeals were decided, by somebody who took no part in what they are against."""
    for named in act.about:
        decider = rules.require_another(desk, marks_of(work, get_action(work, named.digest)))
        appeal = store.find_appeal(work, named.digest)
        if appeal is None or day_of(appeal.opened_at) != act.appealed_on:
            raise NotFoundError("nobody appealed on that day")
        outcome = act.outcome or Outcome.UPHELD
        if not store.decide_appeal(work, named.digest, decider=decider, outcome=outcome):
            raise CaseDecidedError("somebody answered the appeal")


def _require_own(work: Work, act: Act, did: str, *, is_over_on: date | None = None) -> None:
    """Refuse undoing what another did, unless it said itself that it is over on a day."""
    for action in (get_action(work, named.digest) for named in _undone_by(act)):
        is_over = is_over_on and action.until and action.until <= is_over_on
        if action.desk != did and not is_over:
            raise SecondNeededError("another desk did it")


def _undone_by(act: Act) -> tuple[Named, ...]:
    """Return which acts an act undoes or upholds."""
    return act.about if act.decision.kind in rules.ABOUT_ACTS else ()


def _decode_act(work: Work, record: VerifiedRecord) -> Act:
    """Return what a record says; of one in the log, without acts that an old backup has lost."""
    act = codec.decode_act(record)
    if record.digest not in work.logged:
        return act
    lost = [named for named in _undone_by(act) if store.find_action(work, named.digest) is None]
    return replace(act, about=tuple(named for named in act.about if named not in lost) or act.about)


def _require_as_it_is(work: Work, act: Act, subject: Subject, instance_did: str) -> None:
    """Refuse an act on a post of another board, on what is erased, or on an unseen version.

    Only who has looked at a version can say that nothing is wrong with it.
    """
    if subject.kind not in OF_POSTS or _undone_by(act):
        return
    post, kind = get_post_of(work, subject), act.decision.kind
    measures.require_there(work, act.board, post.digest, instance_did)
    if kind is ActionKind.CLEAR and act.about[0].digest != post.version.digest:
        raise CaseChangedError("it was revised since it was looked at")
    versions = forum.list_version_digests(work, post.digest)
    if subject.kind is SubjectKind.POST and act.about[0].digest not in versions:
        raise CaseChangedError("no version of the post")
    if kind is not ActionKind.CLEAR and post.erased_on is not None:
        raise GoneError("the post was erased")


def _find_lease(work: Work, subject: Subject) -> Lease | None:
    case = store.find_newest_case(work, subject)
    is_open = case is not None and case.state is CaseState.OPEN
    return store.find_lease(work, case=case.id) if case is not None and is_open else None


def decide_case_of(work: Work, subject: Subject, act: bytes, version: bytes = b"") -> None:
    """Say that an act decided the open case of a subject, if it has one.

    Later reports on the version that was looked at wake nobody.
    """
    case = store.find_newest_case(work, subject)
    if case is not None and case.state is CaseState.OPEN:
        store.decide_case(work, replace(case, version=version or case.version), act)
        store.remove_lease(work, case.id)
        store.remove_proposals(work, case.id)


def _decide_cases(work: Work, act: Act, subject: Subject, digest: bytes) -> None:
    """Decide the case of what an act is about; also its thread's, if an opening goes for that."""
    version = act.about[0].digest if act.about else b""
    is_whole = act.decision.reasons.scope is Scope.THREAD and subject.kind is SubjectKind.POST
    for same in list_same(work, subject) if is_whole else [subject]:
        decide_case_of(work, same, digest, version)


def _stand_over(work: Work, subject: Subject, by: Action, instance_did: str) -> None:
    """Let a desk's decision take the place of what hid by itself until somebody would look."""
    for other in store.list_actions_on(work, subject):
        if other.desk == instance_did and other.kind in HIDINGS and other.undoing is None:
            store.set_undone(work, other.digest, by.digest)
            take_back(work, other)


def _note(work: Work, record: VerifiedRecord, act: Act, subject: Subject) -> None:
    """Say beside a post that its home took it from readers there."""
    if subject.kind is SubjectKind.POST:
        rule = act.decision.reasons.rule.value
        forum.note_act(work, get_post_of(work, subject), act=record.digest, rule=rule)


def _hide(work: Work, record: VerifiedRecord, act: Act, subject: Subject) -> None:
    post = get_post_of(work, subject)
    forum.hide_post(work, post, act=record.digest, rule=act.decision.reasons.rule.value)


def _label(work: Work, _record: VerifiedRecord, act: Act, subject: Subject) -> None:
    forum.label_post(work, get_post_of(work, subject), act.decision.label)


def _measure(work: Work, record: VerifiedRecord, act: Act, subject: Subject) -> None:
    measures.apply(work, act.decision, subject, record.digest)


def _limit(work: Work, _record: VerifiedRecord, _act: Act, subject: Subject) -> None:
    limits.settle(work, subject)


def _erase(work: Work, record: VerifiedRecord, act: Act, subject: Subject) -> None:
    rule = act.decision.reasons.rule.value
    post = get_post_of(work, subject)
    forum.erase_for_desk(work, post, record.day, act=record.digest, rule=rule)


def _clear(work: Work, _record: VerifiedRecord, _act: Act, subject: Subject) -> None:
    if subject.kind is SubjectKind.POST:
        forum.clear_post(work, get_post_of(work, subject))


def _nothing(_work: Work, _record: VerifiedRecord, _act: Act, _subject: Subject) -> None:
    """Change nothing but the log: the row says that it holds."""


def _undo(work: Work, record: VerifiedRecord, act: Act, _subject: Subject) -> None:
    held = [named.digest for named in act.about if _undo_one(work, named.digest, record.digest)]
    if act.outcome is None and not act.decision.reasons.is_automatic:
        store.reopen_cases(work, held)


def _undo_one(work: Work, digest: bytes, by: bytes) -> bool:
    """Undo an action; return whether it held until now."""
    action = get_action(work, digest)
    ended = action.undoing and store.find_action(work, action.undoing)
    if ended and ended.kind is ActionKind.UNDO:
        return False
    store.set_undone(work, digest, by)
    if not action.binds:
        _forget_note(work, action)
        return False
    if action.undoing is not None:
        # Its day had come, or a desk's decision had taken its place: it holds nothing any more.
        return False
    take_back(work, action)
    return True


def _forget_note(work: Work, action: Action) -> None:
    if action.subject.kind is SubjectKind.POST:
        post = get_post_of(work, action.subject)
        if post.act == action.digest:
            forum.note_act(work, post, act=None, rule=post.act_rule)


def take_back(work: Work, action: Action) -> None:
    """Take back what an action does, unless an earlier one of its kind still stands for it."""
    subject = action.subject
    standing = measures.list_standing(work, action)
    if action.kind in HIDINGS:
        post = get_post_of(work, subject)
        earlier = next((other for other in standing if other.kind in HIDINGS), None)
        if sealing.is_quarantined(work, post):
            # Its words come back when the legal contact brings them (`sealing.give_back`).
            return
        if post.is_hidden and earlier is None:
            forum.give_post_back(work, post)
        elif post.is_hidden and earlier is not None:
            forum.hide_post(work, post, act=earlier.digest, rule=earlier.rule.value)
    elif action.kind is ActionKind.LABEL:
        label = measures.label_standing(work, standing)
        forum.label_post(work, get_post_of(work, subject), label)
    elif action.kind in rules.OF_THREADS:
        measures.take_back(work, action, standing)
    elif action.kind is ActionKind.LIMIT:
        limits.settle(work, subject)


def _close_desks(work: Work, record: VerifiedRecord, act: Act, _subject: Subject) -> None:
    for named in act.about:
        store.close_desk(work, _desk_of(work, named), record.day)


def _desk_of(work: Work, named: Named) -> str:
    found = records.find_record(work, named.digest)
    if found is None or found.type != "Offer" or found.raw is None:
        raise NotFoundError("no such desk")
    return codec.verify_desk(records.verify_record(records.parse_record(found.raw)))


_EFFECTS: dict[ActionKind, Effect] = {
    ActionKind.LABEL: _label,
    ActionKind.HIDE: _hide,
    ActionKind.QUARANTINE: _hide,
    ActionKind.LOCK: _measure,
    ActionKind.SLOW: _measure,
    ActionKind.MOVE: _measure,
    ActionKind.LIMIT: _limit,
    ActionKind.ERASE: _erase,
    ActionKind.CLOSE_DESK: _close_desks,
    ActionKind.CLEAR: _clear,
    ActionKind.UNDO: _undo,
    ActionKind.UPHOLD: _nothing,
    ActionKind.ATTACK_MODE: _nothing,
}
