"""HTTP of answers about oneself behind coins, and of the second round."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.db import Work
from app.identity.routes.common import require_session
from app.kernel.clock import day_of
from app.kernel.errors import MalformedError
from app.opinion import forms, service, store
from app.opinion.errors import NoRoundError
from app.opinion.model import ABOUT, Conversation
from app.opinion.pages.rounds import AboutPage, AgainPage
from app.web.markup import direction_of
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import PostedDep, Visit, VisitDep

from .common import find_place, show_head, show_statement, way_of
from .sides import require_asking, state_before

router = APIRouter()

_NOTHING_CHOSEN: Final = _("Choose an answer to one question at least, or skip the page.")


@router.get("/{language}/t/{thread_id}/consultation/about")
def about_form(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        return _show_about(work, visit, thread_id, FieldErrors(), 200)


@router.post("/{language}/t/{thread_id}/consultation/about")
def about_submit(visit: PostedDep, thread_id: str) -> Response:
    """Keep the answers beside the ballot: no row of the persona's is written."""
    answers = forms.parse_about(visit.fields)
    if all(each is None for each in answers):
        errors = FieldErrors(by_field={ABOUT[0].name: visit.translate(_NOTHING_CHOSEN)})
        with visit.read() as work:
            return _show_about(work, visit, thread_id, errors, 400)
    with visit.write() as work:
        session = require_session(work, visit)
        conversation = require_asking(work, thread_id)
        identity.require_unlimited(work, session.viewer.root)
        ballot = service.find_voter(work, conversation, session).ballot
        service.say_about(work, conversation, ballot, answers)
    return visit.see_other(visit.address(f"/t/{conversation.thread}/consultation/about"))


@router.get("/{language}/t/{thread_id}/consultation/again")
def again_form(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        place = find_place(work, visit, thread_id)
        conversation = place.conversation
        asked = service.find_round(work, conversation.thread)
        if asked is None:
            raise NoRoundError("nobody is asked again")
        ballot, sheet = place.voter
        said = service.get_second(work, conversation.thread, ballot) if ballot else {}
        numbers = [number for number in asked.numbers if number in sheet]
        found = store.list_some(work, conversation.thread, numbers)
        page = AgainPage(
            head=show_head(work, visit, place),
            statements=tuple(show_statement(each, said) for each in found if each.is_asked),
            way="login" if place.viewer is None else way_of(place.viewer),
            opens_on=asked.opens_on,
            ends_on=asked.ends_on,
            is_today=asked.opens_on <= day_of(work.now) <= asked.ends_on,
        )
    return visit.render(page, place.viewer, section="boards")


@router.post("/{language}/t/{thread_id}/consultation/again")
def again_submit(visit: PostedDep, thread_id: str) -> Response:
    """Keep what is said now, under the ballot and beside the first votes."""
    votes = {
        number: vote for number, vote in forms.parse_votes(visit.fields).items() if vote is not None
    }
    if not votes:
        raise MalformedError("no vote was sent")
    with visit.write() as work:
        session = require_session(work, visit)
        conversation = service.get_conversation(work, thread_id)
        identity.require_unlimited(work, session.viewer.root)
        ballot = service.find_voter(work, conversation, session).ballot
        service.vote_again(work, conversation, ballot, votes)
    return visit.see_other(visit.address(f"/t/{conversation.thread}/consultation/again"))


def _show_about(
    work: Work, visit: Visit, thread_id: str, errors: FieldErrors, status: int
) -> Response:
    session = require_session(work, visit)
    conversation = require_asking(work, thread_id)
    page = AboutPage(
        thread_id=conversation.thread,
        question=conversation.question,
        language=conversation.language,
        direction=direction_of(conversation.question),
        state=_state_of(work, session, conversation),
        asked=ABOUT,
        errors=errors,
    )
    return visit.render(page, session.viewer, section="boards", status=status)


def _state_of(work: Work, session: identity.LoginSession, conversation: Conversation) -> str:
    before = state_before(work, session, conversation)
    if before:
        return before
    ballot = service.find_voter(work, conversation, session).ballot
    if ballot is None:
        return "early"
    return "said" if service.has_said_about(work, conversation, ballot) else "ask"
