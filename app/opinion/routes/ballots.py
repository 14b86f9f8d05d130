"""Ballots that are made on a device: one answer to the persona, others to the ballot.

The first knows who asks and not what for; the others know a ballot and not whose. A device asks
for the others without its cookie, and some time later.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, PlainTextResponse, Response

from app import forum, identity, records
from app.db import Work
from app.identity.errors import BallotUnfitError
from app.identity.model.ballots import Ballot, BallotKind, BallotSecret, VerifiedBallot
from app.identity.routes.common import require_viewer
from app.kernel.errors import AppError
from app.opinion import forms, service
from app.opinion.model import Conversation, Side
from app.records.routes import DoorDep
from app.web.at_home import require_here
from app.web.error_pages import sentences_of, status_of
from app.web.middleware import read_body
from app.web.site import Site
from app.web.tokens import encode_bytes
from app.web.visit import Posted, PostedDep, admit_writing

router = APIRouter()
record_router = APIRouter()

_PROBLEM = "application/problem+json"
_TEXT = {"type": "string"}
_NO_STORE = {"Cache-Control": "no-store"}


@router.post("/{language}/t/{thread_id}/ballot")
def ballot_sign(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    """Sign what a device blinded; the answer is for a program, as is what went wrong."""
    try:
        kind, blinded = forms.parse_blinded(visit.fields)
        with visit.read() as work:
            asked = _require_asking(work, visit, thread_id, kind)
            signed = identity.sign_ballot(
                work, door.key, asked.root, asked.record_id, kind, blinded,
                named=asked.named, is_invited=asked.is_drawn,
            )  # fmt: skip
        # Who writes did not wait for the signature, which goes nowhere if this raises.
        with visit.write() as work:
            asked = _require_asking(work, visit, thread_id, kind)
            answer = identity.give_ballot(
                work, door.key, asked.root, signed, named=asked.named, is_invited=asked.is_drawn
            )
    except AppError as error:
        status = status_of(error)
        title, explanation = map(visit.translate, sentences_of(error.code, status))
        return PlainTextResponse(f"{title}. {explanation}", status)
    return PlainTextResponse(answer.hex())


class _Asking(NamedTuple):
    root: str
    record_id: str
    named: Mapping[BallotKind, str]
    is_drawn: bool


def _require_asking(work: Work, visit: Posted, thread_id: str, kind: BallotKind) -> _Asking:
    viewer = require_viewer(work, visit)
    conversation = service.get_conversation(work, thread_id)
    service.require_voting(work, conversation)
    # A program that does not know of the lot asks for what the persona is without it.
    is_drawn = kind is BallotKind.INVITED and service.is_drawn(
        work, visit.site.marks_key, viewer.root, conversation
    )
    named = service.named_keys(conversation)
    return _Asking(viewer.root, conversation.record_id, named, is_drawn)


@record_router.get(
    "/api/v1/consultations/{thread_id}",
    operation_id="readConsultation",
    tags=["consultations"],
    response_class=Response,
    responses={200: {"content": {"application/json": {}}}},
)
def read_consultation(request: Request, thread_id: str) -> Response:
    """Return a consultation, its statements and the keys that let its ballots in: no tallies."""
    site: Site = request.app.state.site
    with site.db.read() as work:
        conversation = _get(work, thread_id)
        statements = service.list_asked(work, conversation.thread)
        kinds = service.named_keys(conversation)
        issuers = {
            kind: identity.find_ballot_issuer(work, conversation.record_id, kind) for kind in kinds
        }
        is_over = service.is_over(work, conversation)
        opened_by = records.find_by_id(work, conversation.record_id)
    said = {
        "thread": conversation.thread,
        "record": conversation.record_id,
        "recordDigest": opened_by.digest.hex() if opened_by else None,
        "question": conversation.question,
        "language": conversation.language,
        "state": "over" if is_over else conversation.state.value,
        "until": conversation.until.isoformat() if conversation.until else None,
        "asksSide": conversation.asks_side,
        "ballotKeys": {
            kind.value: encode_bytes(issuer.key.raw) for kind, issuer in issuers.items() if issuer
        },
        "statements": [
            {
                "number": each.number,
                "post": each.post.hex(),
                "text": each.text,
                "language": each.language,
            }
            for each in statements
        ],
    }
    return JSONResponse(said, headers=_NO_STORE)


def _body(required: dict[str, Any]) -> dict[str, Any]:
    schema = {
        "type": "object",
        "properties": required,
        "required": list(required),
        "additionalProperties": False,
    }
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


@record_router.post(
    "/api/v1/ballots",
    status_code=201,
    operation_id="admitBallot",
    tags=["consultations"],
    response_class=Response,
    openapi_extra=_body(
        {
            "thread": {**_TEXT, "description": "The thread's id."},
            "ballot": {**_TEXT, "description": "The ballot's name: 64 hexadecimal digits."},
            "token": {
                **_TEXT,
                "description": "The right to it: its kind, full stop, base64url of 32 random bytes "
                "and a blind signature (RFC 9474).",
            },
        }
    ),
    responses={
        201: {"description": "It may vote."},
        400: {"description": "Malformed, or no right to this.", "content": {_PROBLEM: {}}},
        404: {"description": "No such consultation.", "content": {_PROBLEM: {}}},
        409: {"description": "Closed, or in use with another kind.", "content": {_PROBLEM: {}}},
        413: {"description": "Too large.", "content": {_PROBLEM: {}}},
        429: {"description": "Too many in this time.", "content": {_PROBLEM: {}}},
    },
)
async def admit_ballot(request: Request) -> Response:
    """Let a ballot vote, for a right that its issuer signed unseen. It asks for no session."""
    site: Site = request.app.state.site
    admit_writing(request)
    sent = forms.parse_ballot(await read_body(request))
    await require_here(site, sent.thread)
    # Before its turn to write: of what anybody sends only good rights come so far, each once.
    verified = await run_in_threadpool(_verify, site, sent)
    await site.db.arrival(site.db.queue(lambda work: identity.admit_ballot(work, verified)))
    return Response(status_code=201)


@record_router.post(
    "/api/v1/votes",
    operation_id="castVotes",
    tags=["consultations"],
    response_class=Response,
    openapi_extra=_body(
        {
            "thread": {**_TEXT, "description": "The thread's id."},
            "secret": {**_TEXT, "description": "The ballot's secret: 32 bytes in base64url."},
            "votes": {
                "type": "object",
                "description": "agree, disagree, pass or none (taken back), by number.",
                "additionalProperties": {"type": "string"},
            },
        }
    ),
    responses={
        200: {"description": "All votes of the ballot.", "content": {"application/json": {}}},
        400: {"description": "Malformed, or no such ballot.", "content": {_PROBLEM: {}}},
        403: {"description": "Closed.", "content": {_PROBLEM: {}}},
        404: {"description": "No such statement.", "content": {_PROBLEM: {}}},
        413: {"description": "Too large.", "content": {_PROBLEM: {}}},
        429: {"description": "Too many in this time.", "content": {_PROBLEM: {}}},
    },
)
async def cast_votes(request: Request) -> Response:
    """Cast votes under a ballot that was let in, and return all that it has, for no session.

    Where the consultation asks where its voters live, `saidSide` says whether this one answered.
    """
    site: Site = request.app.state.site
    admit_writing(request)
    sent = forms.parse_sheet(await read_body(request))
    await require_here(site, sent.thread)
    said = await site.db.arrival(site.db.queue(lambda work: _cast(work, sent)))
    return JSONResponse(said, headers=_NO_STORE)


@record_router.post(
    "/api/v1/sides",
    status_code=201,
    operation_id="saySide",
    tags=["consultations"],
    response_class=Response,
    openapi_extra=_body(
        {
            "thread": {**_TEXT, "description": "The thread's id."},
            "secret": {**_TEXT, "description": "The ballot's secret: 32 bytes in base64url."},
            "side": {
                **_TEXT,
                "enum": [side.value for side in Side],
                "description": "Where its voter lives, or what two coins told them to answer.",
            },
        }
    ),
    responses={
        201: {"description": "Kept; it is said once."},
        400: {"description": "Malformed, or no such ballot.", "content": {_PROBLEM: {}}},
        403: {"description": "Closed, or nothing voted yet.", "content": {_PROBLEM: {}}},
        404: {"description": "Not asked here.", "content": {_PROBLEM: {}}},
        409: {"description": "Said already.", "content": {_PROBLEM: {}}},
        413: {"description": "Too large.", "content": {_PROBLEM: {}}},
        429: {"description": "Too many in this time.", "content": {_PROBLEM: {}}},
    },
)
async def say_side(request: Request) -> Response:
    """Keep where a voter says to live, behind the noise of two coins, for no session."""
    site: Site = request.app.state.site
    admit_writing(request)
    sent = forms.parse_side(await read_body(request))
    await require_here(site, sent.thread)
    await site.db.arrival(site.db.queue(lambda work: _say_side(work, sent)))
    return Response(status_code=201)


def _cast(work: Work, sent: forms.SheetForm) -> dict[str, object]:
    conversation, ballot = _find(work, sent.thread, sent.secret)
    if sent.votes:
        service.vote_with(work, conversation, ballot, sent.votes)
    sheet = service.get_sheet(work, conversation, ballot.name)
    votes = {str(number): forms.NAMES[vote] for number, vote in sorted(sheet.items())}
    if not conversation.asks_side:
        return {"votes": votes}
    return {"votes": votes, "saidSide": service.has_said_side(work, conversation, ballot.name)}


def _say_side(work: Work, sent: forms.SideForm) -> None:
    conversation, ballot = _find(work, sent.thread, sent.secret)
    service.say_side(work, conversation, ballot.name, sent.side)


def _find(work: Work, thread: str, secret: BallotSecret) -> tuple[Conversation, Ballot]:
    conversation = _get(work, thread)
    ballot = identity.find_ballot(work, conversation.record_id, secret)
    if ballot is None:
        raise BallotUnfitError("no such ballot in use")
    return conversation, ballot


def _verify(site: Site, sent: forms.BallotForm) -> VerifiedBallot:
    with site.db.read() as work:
        conversation = _get(work, sent.thread)
        return identity.verify_ballot(work, sent.name, conversation.record_id, sent.token)


def _get(work: Work, thread_id: str) -> Conversation:
    return service.get_conversation(work, forum.get_thread(work, thread_id).id)
