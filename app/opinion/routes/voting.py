"""Pages on which people vote: one statement at a time, ten on a page, their own votes."""

from collections.abc import Mapping
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from app import forum, identity
from app.crypto.ed25519 import SigningKey
from app.db import Work
from app.identity.model.ballots import BallotKind
from app.identity.routes.common import require_session, require_viewer
from app.opinion import forms, service, store
from app.opinion.errors import NoStatementError
from app.opinion.model import SIDES, Statement, Vote
from app.opinion.pages.sides import show_tosses
from app.opinion.pages.voting import (
    DeviceBallot,
    DeviceVotePage,
    OwnVotesPage,
    StatementsPage,
    VotePage,
)
from app.records.routes import DoorDep
from app.web.pages import Pager
from app.web.visit import Posted, PostedDep, Visit, VisitDep

from .common import Place, find_place, show_head, show_statement, way_of

router = APIRouter()
vote_router = APIRouter()
"""Stands before all pages: routes are tried in their order, and votes come in crowds."""

PER_PAGE: Final = 20
PageNumber = Annotated[int, Query(alias="page", ge=1, le=1_000)]
Number = Annotated[int, Query(alias="number", ge=0, le=100_000)]
_BACK: Final = {"ten": "/ten", "own": "/own"}


@router.get("/{language}/t/{thread_id}/consultation")
def consultation_page(
    visit: VisitDep, thread_id: str, number: Number = 0, page: PageNumber = 1
) -> Response:
    """One statement for whoever can vote; all of them for others, and once it is closed."""
    with visit.read() as work:
        place = find_place(work, visit, thread_id)
        if place.viewer is None or not show_head(work, visit, place).is_open:
            return _show_all(work, visit, place, page)
        return _show_votes(work, visit, place, number, is_ten=False)


@router.get("/{language}/t/{thread_id}/consultation/ten")
def ten_page(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        place = find_place(work, visit, thread_id)
        # A device shows one after the other, whatever the page.
        if not show_head(work, visit, place).is_open or way_of(viewer) == "device":
            return visit.see_other(visit.address(f"/t/{thread_id}/consultation"))
        return _show_votes(work, visit, place, 0, is_ten=True)


@router.get("/{language}/t/{thread_id}/consultation/own")
def own_votes_page(visit: VisitDep, thread_id: str, page: PageNumber = 1) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        place = find_place(work, visit, thread_id)
        thread, sheet = place.conversation.thread, place.voter.sheet
        numbers = sorted(sheet)
        pages = _pages(len(numbers))
        page = min(page, pages)
        chosen = numbers[(page - 1) * PER_PAGE : page * PER_PAGE]
        found = [each for each in store.list_some(work, thread, chosen) if each.is_asked]
        own = OwnVotesPage(
            head=show_head(work, visit, place),
            statements=tuple(show_statement(each, sheet) for each in found),
            way=way_of(viewer),
            pager=Pager(
                page=page, pages=pages, base=visit.address(f"/t/{thread}/consultation/own")
            ),
        )
        return visit.render(own, viewer, section="boards")


@router.get("/{language}/t/{thread_id}/vote")
def vote_again(visit: VisitDep, thread_id: str) -> Response:
    """Lead those back who logged in after a vote that nobody was there to cast.

    The vote itself goes through no log-in: its address would stay in a browser's history.
    """
    return visit.see_other(visit.address(f"/t/{thread_id}/consultation"))


@vote_router.post("/{language}/t/{thread_id}/vote")
async def vote_submit(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    """Cast votes, and lead to the next statement; the first one takes the ballot.

    Handled in the loop, and committed with what others cast at the same time: votes come in crowds.
    """
    votes = forms.parse_votes(visit.fields)

    def cast(work: Work) -> bool:
        session = require_session(work, visit)
        conversation = service.get_conversation(work, thread_id)
        return not votes or service.vote_as(work, conversation, session, votes)

    if not await visit.site.db.arrival(visit.site.db.queue(cast)):
        await _vote_first(visit, thread_id, door.key, votes)
    part = _BACK.get(visit.fields["back"], "")
    anchor = f"#s{next(iter(votes))}" if part == "/own" and votes else ""
    return visit.see_other(visit.address(f"/t/{thread_id}/consultation{part}{anchor}"))


async def _vote_first(
    visit: Posted, thread_id: str, instance: SigningKey, votes: Mapping[int, Vote | None]
) -> None:
    """Take a ballot and vote with it. It is signed outside of the turn to write: nobody waits.

    A crash in between leaves nothing, since the signature is in memory alone: the next form has the
    same one made again. What it was signed for is decided anew where mark, ballot and votes are
    written, which is one transaction.
    """
    key = visit.site.marks_key

    def sign() -> identity.SignedBallot:
        with visit.read() as work:
            session = require_session(work, visit)
            conversation = service.get_conversation(work, thread_id)
            return service.sign_first(work, instance, key, conversation, session)

    signed = await run_in_threadpool(sign)

    def cast(work: Work) -> None:
        session = require_session(work, visit)
        conversation = service.get_conversation(work, thread_id)
        service.vote_first(work, instance, key, conversation, session, votes, signed)

    await visit.site.db.arrival(visit.site.db.queue(cast))


def _show_votes(work: Work, visit: Visit, place: Place, number: int, *, is_ten: bool) -> Response:
    if place.viewer is None:
        raise NoStatementError("nobody is logged in")
    conversation, (ballot, sheet) = place.conversation, place.voter
    thread, key = conversation.thread, visit.site.marks_key
    weights = store.list_weights(work, thread)
    if number:
        statements = _require_one(work, thread, number)
    else:
        # Who has no ballot yet draws by their own key, so that not everybody begins with the same.
        seed = ballot or place.viewer.posting_did
        statements = service.ask_next(work, conversation, sheet, seed, 10 if is_ten else 1)
    is_drawn = not sheet and service.is_drawn(work, key, place.viewer.root, conversation)
    device = _device_ballot(work, visit, place.viewer, is_drawn=is_drawn)
    page = (DeviceVotePage if device else VotePage)(
        head=show_head(work, visit, place),
        statements=tuple(show_statement(each, sheet) for each in statements),
        is_ten=is_ten,
        voted=sum(each.number in sheet for each in weights),
        asked=len(weights),
        way=way_of(place.viewer),
        limit=identity.find_limit(work, place.viewer.root),
        is_drawn=is_drawn,
        asks_side=service.asks_side_now(work, conversation, place.voter, is_ten=is_ten),
        device=device,
    )
    return visit.render(page, place.viewer, section="boards")


def _device_ballot(
    work: Work, visit: Visit, viewer: identity.Viewer, *, is_drawn: bool
) -> DeviceBallot | None:
    if way_of(viewer) != "device":
        return None
    kind = identity.kind_of(work, viewer.root) or BallotKind.UNVOUCHED
    return DeviceBallot(
        persona_key=viewer.posting_did,
        kind=BallotKind.INVITED if is_drawn else kind,
        instance_did=visit.site.instance_did,
        tosses=show_tosses(),
        answers=tuple(SIDES),
    )


def _require_one(work: Work, thread: forum.ThreadId, number: int) -> list[Statement]:
    found = [each for each in store.list_some(work, thread, [number]) if each.is_asked]
    if not found:
        raise NoStatementError("no such statement to vote on")
    return found


def _show_all(work: Work, visit: Visit, place: Place, page: int) -> Response:
    """Show the statements to whoever does not vote: the same page for everybody."""
    thread = place.conversation.thread
    weights = store.list_weights(work, thread)
    pages = _pages(len(weights))
    page = min(page, pages)
    numbers = [each.number for each in weights[(page - 1) * PER_PAGE : page * PER_PAGE]]
    found = [each for each in store.list_some(work, thread, numbers) if each.is_asked]
    sheet = place.voter.sheet
    shown = StatementsPage(
        head=show_head(work, visit, place),
        statements=tuple(show_statement(each, sheet) for each in found),
        pager=Pager(page=page, pages=pages, base=visit.address(f"/t/{thread}/consultation")),
    )
    return visit.render(shown, place.viewer, section="boards")


def _pages(count: int) -> int:
    return max(1, -(-count // PER_PAGE))
