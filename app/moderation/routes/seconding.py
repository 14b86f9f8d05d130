"""What waits for another person: reading a proposal and agreeing to it."""

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, records
from app.db import Work
from app.kernel import strict_json
from app.kernel.clock import HOUR_S, MINUTE_S
from app.kernel.errors import NotFoundError
from app.kernel.strict_json import JsonObject
from app.moderation import codec, rules, service, store
from app.moderation.model import (
    ActionKind,
    Desk,
    DeskSession,
    Named,
    Proposal,
    Scope,
    Subject,
    SubjectKind,
)
from app.moderation.pages.cases import ActionLine, SubjectLine
from app.moderation.pages.naming import KIND_NAMES
from app.moderation.pages.seconding import ProposalLine, ProposalPage, ProposalsPage
from app.records.codec import actor_did
from app.records.model import ACT, REASONS
from app.records.routes import DoorDep
from app.web.pages import FieldErrors
from app.web.rules import rule_name
from app.web.visit import DeskDep, DeskPostedDep, Visit

from .common import act_at_desk, at_desk, desk_line, done
from .showing import action_line, reasons_line, subject_line

router = APIRouter()


@router.get("/{language}/desk/proposals")
def proposals_page(visit: DeskDep) -> Response:
    def make(work: Work, session: DeskSession) -> ProposalsPage:
        found = list_seen(work, visit, session.desk)
        return ProposalsPage(
            desk=desk_line(work, visit, session.desk),
            proposals=tuple(_line(work, visit, session.desk, one) for one in found),
        )

    return at_desk(visit, make)


@router.get("/{language}/desk/proposals/{proposal_id}")
def proposal_page(visit: DeskDep, proposal_id: str) -> Response:
    return at_desk(
        visit, lambda work, session: _page(work, visit, session, proposal_id, FieldErrors())
    )


@router.post("/{language}/desk/proposals/{proposal_id}")
def proposal_submit(visit: DeskPostedDep, proposal_id: str, door: DoorDep) -> Response:
    def agree(work: Work, at: service.AtDesk) -> Response:
        service.second(work, door, at, proposal_id)
        return done(visit, "/desk", "agreed")

    def refill(work: Work, session: DeskSession, errors: FieldErrors) -> ProposalPage:
        return _page(work, visit, session, proposal_id, errors)

    return act_at_desk(visit, agree, refill)


def list_seen(work: Work, visit: Visit, desk: Desk) -> list[Proposal]:
    """Return the proposals about boards of a desk, or about none."""
    return [one for one in store.list_proposals(work) if may_see(visit, desk, one)]


def _page(
    work: Work, visit: Visit, session: DeskSession, proposal_id: str, errors: FieldErrors
) -> ProposalPage:
    proposal = service.get_proposal(work, proposal_id)
    if not may_see(visit, session.desk, proposal):
        raise NotFoundError("a proposal about another board")
    members = _members(proposal)
    subject, acts, closes = _about(work, visit, members)
    settled_at = session.began_at + rules.SETTLED_S
    return ProposalPage(
        desk=desk_line(work, visit, session.desk),
        proposal=_line(work, visit, session.desk, proposal),
        reasons=reasons_line(visit, codec.decode_reasons(members[REASONS])),
        subject=subject,
        acts=acts,
        closes=closes,
        settles_in=max(0, -(-(settled_at - work.now) // MINUTE_S)),
        errors=errors,
    )


def _line(work: Work, visit: Visit, desk: Desk, proposal: Proposal) -> ProposalLine:
    members, first = _members(proposal), store.find_desk(work, proposal.desk)
    return ProposalLine(
        id=proposal.id,
        kind=visit.translate(KIND_NAMES[ActionKind(members[ACT])]),
        rule=rule_name(visit.translate, members[REASONS]["rule"]),
        desk=first.number if first else 0,
        ends_h=max(0, proposal.ends_at - work.now) // HOUR_S,
        is_own=first is not None and first.person == desk.person,
    )


def _about(
    work: Work, visit: Visit, members: JsonObject
) -> tuple[SubjectLine | None, tuple[ActionLine, ...], int]:
    """Return what a proposal is about: a subject, acts that it would undo, or a desk to close."""
    kind, named = ActionKind(members[ACT]), members["object"]
    if isinstance(named, str):
        subject = Subject(kind=SubjectKind.PERSONA, name=actor_did(named))
        return subject_line(work, visit, subject), (), 0
    listed = [codec.decode_named(one) for one in (named if isinstance(named, list) else [named])]
    if kind is ActionKind.CLOSE_DESK:
        return None, (), _desk_number(work, listed[0])
    if kind is ActionKind.UNDO:
        actions = (store.find_action(work, one.digest) for one in listed)
        return None, tuple(action_line(work, visit, one) for one in actions if one), 0
    post = forum.find_post(work, record_id=listed[0].id)
    if post is None:
        return None, (), 0
    is_thread = members[REASONS]["scope"] == Scope.THREAD
    subject = Subject(
        kind=SubjectKind.THREAD if is_thread else SubjectKind.POST,
        name=post.thread if is_thread else post.digest.hex(),
    )
    return subject_line(work, visit, subject), (), 0


def _desk_number(work: Work, offer: Named) -> int:
    found = records.find_record(work, offer.digest)
    if found is None or found.raw is None:
        return 0
    record = records.verify_record(records.parse_record(found.raw))
    desk = store.find_desk(work, codec.verify_desk(record))
    return desk.number if desk else 0


def may_see(visit: Visit, desk: Desk, proposal: Proposal) -> bool:
    """Return whether a proposal is about a board of the desk, or about none."""
    board = actor_did(_members(proposal)["audience"])
    return board == visit.site.instance_did or desk.covers(board)


def _members(proposal: Proposal) -> JsonObject:
    return strict_json.decode(proposal.members.encode())
