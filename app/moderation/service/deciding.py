"""What whoever works at a desk does: decide a case, propose, second, undo, answer an appeal.

Each of them signs with the desk's key and hands a record in by the one door.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from app import forum, identity, records
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.forum.model import Post
from app.kernel import strict_json
from app.kernel.clock import Instant, day_of
from app.kernel.errors import CorruptStateError, NotFoundError
from app.kernel.strict_json import JsonObject
from app.moderation import codec, rules, store
from app.moderation.model import (
    Act,
    Action,
    ActionKind,
    Decision,
    Desk,
    DeskSession,
    Ground,
    Named,
    Outcome,
    Proposal,
    Reasons,
    Rule,
    Scope,
    Source,
    Subject,
    SubjectKind,
)
from app.records import Door, sign_record

from . import limits
from .acting import decide_case_of
from .queue import require_held
from .subjects import get_action, get_post_of, require_desk
from .telling import list_appealed

_ID_BYTES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class AtDesk:
    """Who works at a desk in this request, and the desk's key for as long as it takes."""

    session: DeskSession
    key: SigningKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """How an appeal is answered."""

    outcome: Outcome
    reasons: Reasons
    text: str
    """What the author is told; no record holds it."""


def decide(
    work: Work, door: Door, at: AtDesk, case_id: str, decision: Decision
) -> Action | Proposal:
    """Do something about a case that the desk holds, or propose it where it needs two.

    Raises:
        NoSuchCaseError, CaseDecidedError: there is none, or it was decided meanwhile.
        CaseTakenError, LeaseEndedError: the desk does not hold it.
        AppError: see `acting.accept_act`.

    """
    case = require_held(work, at.session.desk, case_id)
    done = act_on(work, door, at, case.subject, decision, case_id=case.id)
    if isinstance(done, Action):
        # A measure on its thread decides the case of a post too.
        decide_case_of(work, case.subject, done.digest)
    return done


def act_on(
    work: Work,
    door: Door,
    at: AtDesk,
    subject: Subject,
    decision: Decision,
    *,
    case_id: str = "",
) -> Action | Proposal:
    """Do something about a subject, reported or not, or propose it where it needs two."""
    act = make_act(work, door.instance_did, subject, decision)
    rules.require_role(at.session.desk, decision.kind, _board_of(act, door), day_of(work.now))
    rules.require_no_open_appeal(list_appealed(work, subject), decision)
    if limits.needs_two(work, at.session.desk, subject, decision, day_of(work.now)):
        return propose(work, at.key, act, case_id=case_id)
    return submit_act(work, door, at.key, codec.encode_act(act), decision.kind)


def undo(
    work: Work, door: Door, at: AtDesk, digests: Sequence[bytes],
    reasons: Reasons,
) -> Action | Proposal:  # fmt: skip
    """Undo actions with one decision: a desk its own, or a proposal where others took them.

    Raises:
        NotFoundError: one of them is none.

    """
    actions = [get_action(work, digest) for digest in digests]
    act = Act(
        decision=Decision(kind=ActionKind.UNDO, reasons=reasons),
        board=actions[0].board or door.instance_did,
        about=tuple(Named(id=action.record_id, digest=action.digest) for action in actions),
        persona="",
        proposed_by="",
        outcome=None,
        appealed_on=None,
    )
    if any(action.desk != at.session.desk.did for action in actions):
        return propose(work, at.key, act)
    return submit_act(work, door, at.key, codec.encode_act(act), ActionKind.UNDO)


def close_desk(work: Work, door: Door, at: AtDesk, did: str, reasons: Reasons) -> Proposal:
    """Propose to end another desk's term.

    Raises:
        NotAllowedError: the desk's role does not reach it.

    """
    rules.require_role(at.session.desk, ActionKind.CLOSE_DESK, "", day_of(work.now))
    return propose(work, at.key, _closing(work, door, require_desk(work, did), reasons))


def revoke_desk(work: Work, door: Door, number: int, facts: str, language: str) -> Action:
    """End a desk's term for the host, who opened it; the log says that the host did.

    Where a desk is alone, or its passphrase is lost or in other hands, no two desks can.

    Raises:
        NotFoundError: no desk has this number, or its term is over.
        MalformedError, ReasonsMissingError: the facts or their language are not in their form.

    """
    today = day_of(work.now)
    desks = (desk for desk in store.list_desks(work) if desk.ends_on > today)
    desk = next((desk for desk in desks if desk.number == number), None)
    if desk is None:
        raise NotFoundError("no desk that is open has this number: `moderator list` prints them")
    reasons = Reasons(
        rule=Rule.BOARD,
        ground=Ground.RULE,
        law="",
        facts=facts,
        language=language,
        scope=Scope.INSTANCE,
        until=None,
        is_automatic=False,
        source=Source.OWN,
    )
    members = codec.encode_act(_closing(work, door, desk, reasons))
    return submit_act(work, door, door.key, members, ActionKind.CLOSE_DESK)


def _closing(work: Work, door: Door, desk: Desk, reasons: Reasons) -> Act:
    record = records.verify_record(records.parse_record(_offer_of(work, door, desk.did)))
    return Act(
        decision=Decision(kind=ActionKind.CLOSE_DESK, reasons=reasons),
        board=door.instance_did,
        about=(Named(id=record.id, digest=record.digest),),
        persona="",
        proposed_by="",
        outcome=None,
        appealed_on=None,
    )


def propose(work: Work, key: SigningKey, act: Act, *, case_id: str = "") -> Proposal:
    """Sign a consent to an act, and keep it for a desk of another person."""
    members = codec.propose(codec.encode_act(act), key)
    proposal = Proposal(
        id=work.randomness.token_bytes(_ID_BYTES).hex(),
        case=case_id,
        members=codec.encode_proposal(members),
        desk=members["urn:goftogu:proposed"]["by"],
        ends_at=Instant(work.minute + rules.PROPOSAL_S),
    )
    store.add_proposal(work, proposal)
    if case_id:
        store.remove_lease(work, case_id)
    return proposal


def second(work: Work, door: Door, at: AtDesk, proposal_id: str) -> Action:
    """Agree to a proposal: this desk signs the act with the other's consent in it.

    Raises:
        NotFoundError: it has ended, or somebody agreed already.
        SecondNeededError: one person at two desks, or a session that has only begun.

    """
    proposal = get_proposal(work, proposal_id)
    rules.require_second(require_desk(work, proposal.desk), at.session, work.now)
    members = strict_json.decode(proposal.members.encode())
    return submit_act(work, door, at.key, members, ActionKind(members["urn:goftogu:act"]))


def decide_appeal(
    work: Work, door: Door, at: AtDesk, action_digest: bytes,
    answer: Answer,
) -> Action:  # fmt: skip
    """Answer an appeal: the act stays, or it is undone everywhere, and the log says which.

    Raises:
        NotFoundError: nobody appealed against it.
        CaseDecidedError: somebody answered meanwhile.
        OwnMatterError: the desk's holder took the action.

    """
    action, appeal = get_action(work, action_digest), store.find_appeal(work, action_digest)
    if appeal is None:
        raise NotFoundError("nobody appealed")
    stays = answer.outcome is Outcome.UPHELD
    kind = ActionKind.UPHOLD if stays else ActionKind.UNDO
    act = Act(
        decision=Decision(kind=kind, reasons=answer.reasons),
        board=action.board or door.instance_did,
        about=(Named(id=action.record_id, digest=action.digest),),
        persona="",
        proposed_by="",
        outcome=None if stays else answer.outcome,
        appealed_on=day_of(appeal.opened_at),
    )
    store.set_answer(work, action.digest, answer.text)
    return submit_act(work, door, at.key, codec.encode_act(act), kind)


def get_proposal(work: Work, proposal_id: str) -> Proposal:
    """Return a proposal that waits.

    Raises:
        NotFoundError: it has ended, or somebody agreed already.

    """
    proposal = store.find_proposal(work, proposal_id)
    if proposal is None:
        raise NotFoundError("no such proposal")
    return proposal


def make_act(work: Work, instance_did: str, subject: Subject, decision: Decision) -> Act:
    """Return an act about a subject as it stands now.

    Raises:
        NotFoundError: the subject is not here.

    """
    board, persona, about = instance_did, "", tuple[Named, ...]()
    if subject.kind is SubjectKind.PERSONA and decision.kind is ActionKind.LIMIT:
        persona = subject.name
    elif subject.kind is SubjectKind.PERSONA:
        about = (_card_of(work, subject.name),)
    elif subject.kind is SubjectKind.BOARD:
        board = subject.name
        about = (_founding_of(work, subject.name),)
    else:
        post: Post = get_post_of(work, subject)
        stands_on = forum.board_of(work, post)
        # What is done to a partner's post is done for this host's readers: its home hears nothing.
        board = stands_on.did if stands_on.home == instance_did else instance_did
        looked_at = decision.version or post.version.digest
        about = (Named(id=post.record_id, digest=looked_at),)
    return Act(
        decision=decision,
        board=board,
        about=about,
        persona=persona,
        proposed_by="",
        outcome=None,
        appealed_on=None,
    )


def submit_act(
    work: Work, door: Door, key: SigningKey, members: JsonObject, kind: ActionKind
) -> Action:
    """Sign an act and hand it in; what it did is returned."""
    day: date = day_of(work.now)
    raw = sign_record(key, codec.WIRE_TYPES[kind], members, nonce=identity.encode_id(work), day=day)
    return get_action(work, door.submit(work, raw).digest)


def _board_of(act: Act, door: Door) -> str:
    return "" if act.board == door.instance_did else act.board


def _card_of(work: Work, root: str) -> Named:
    persona = identity.find_persona(work, root)
    found = persona and records.find_record(work, persona.card_digest)
    if not found:
        raise NotFoundError("no such persona")
    return Named(id=found.id, digest=found.digest)


def _founding_of(work: Work, board: str) -> Named:
    found = records.find_signed(work, board, "Group")
    if found is None or forum.find_board(work, did=board) is None:
        raise NotFoundError("no such board")
    return Named(id=found.id, digest=found.digest)


def _offer_of(work: Work, door: Door, did: str) -> bytes:
    for _digest, raw in records.list_by_signers(work, [door.instance_did], "Offer"):
        if codec.verify_desk(records.verify_record(records.parse_record(raw))) == did:
            return raw
    raise CorruptStateError("a desk without its attestation")
