"""The page that asks where a voter lives: two coins at home, one answer, once."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.identity import LoginSession
from app.identity.routes.common import require_session
from app.opinion import service
from app.opinion.errors import SideNotAskedError
from app.opinion.model import SIDES, Conversation, Side
from app.opinion.pages.sides import SidePage, show_tosses
from app.records.model import Custody
from app.web.markup import direction_of
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import PostedDep, Visit, VisitDep

router = APIRouter()

_NOTHING_CHOSEN: Final = _("Choose the answer that your coins gave you, or skip the question.")


@router.get("/{language}/t/{thread_id}/consultation/side")
def side_form(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        return _show(work, visit, thread_id, FieldErrors(), 200)


@router.post("/{language}/t/{thread_id}/consultation/side")
def side_submit(visit: PostedDep, thread_id: str) -> Response:
    """Keep the answer beside the ballot: no row of the persona's is written."""
    typed = visit.fields["side"]
    if typed not in set(Side):
        errors = FieldErrors(by_field={"side": visit.translate(_NOTHING_CHOSEN)})
        with visit.read() as work:
            return _show(work, visit, thread_id, errors, 400)
    with visit.write() as work:
        session = require_session(work, visit)
        conversation = require_asking(work, thread_id)
        identity.require_unlimited(work, session.viewer.root)
        ballot = service.find_voter(work, conversation, session).ballot
        service.say_side(work, conversation, ballot, Side(typed))
    return visit.see_other(visit.address(f"/t/{conversation.thread}/consultation/side"))


def _show(work: Work, visit: Visit, thread_id: str, errors: FieldErrors, status: int) -> Response:
    session = require_session(work, visit)
    conversation = require_asking(work, thread_id)
    page = SidePage(
        thread_id=conversation.thread,
        question=conversation.question,
        language=conversation.language,
        direction=direction_of(conversation.question),
        state=_state_of(work, session, conversation),
        tosses=show_tosses(),
        answers=tuple(SIDES),
        errors=errors,
    )
    return visit.render(page, session.viewer, section="boards", status=status)


def require_asking(work: Work, thread_id: str) -> Conversation:
    """Return a consultation that asks voters about themselves.

    Raises:
        NotFoundError, NoConversationError: see `find_place`.
        SideNotAskedError: it does not ask.

    """
    conversation = service.get_conversation(work, forum.get_thread(work, thread_id).id)
    if not conversation.asks_side:
        raise SideNotAskedError("the consultation does not ask where people live")
    return conversation


def _state_of(work: Work, session: LoginSession, conversation: Conversation) -> str:
    before = state_before(work, session, conversation)
    if before:
        return before
    ballot = service.find_voter(work, conversation, session).ballot
    if ballot is None:
        return "early"
    return "said" if service.has_said_side(work, conversation, ballot) else "ask"


def state_before(work: Work, session: LoginSession, conversation: Conversation) -> str:
    """Return why nothing can be asked of whoever is logged in, if there is a reason."""
    if not conversation.is_open or service.is_over(work, conversation):
        return "closed"
    if session.viewer.custody is Custody.DEVICE:
        return "device"
    return "" if session.viewer.has_unlocked else "unlock"
