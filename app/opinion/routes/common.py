"""What pages of consultations share: whose thread, who looks, and what stands at their head."""

from dataclasses import dataclass
from datetime import date

from app import forum, identity
from app.db import Work
from app.forum import Board, Post
from app.identity.routes.common import require_viewer
from app.kernel.clock import day_of
from app.opinion import forms, service
from app.opinion.errors import MayNotManageError
from app.opinion.model import Conversation, Sheet, Statement
from app.opinion.pages.voting import Head, StatementLine
from app.opinion.service import Voter
from app.records.model import Custody
from app.web.markup import direction_of
from app.web.visit import Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A consultation, the post that opened its thread, and who looks at it."""

    conversation: Conversation
    opening: Post
    viewer: identity.Viewer | None
    voter: Voter


def find_place(work: Work, visit: Visit, thread_id: str) -> Place:
    """Return the consultation of a thread as this visit sees it.

    Raises:
        NotFoundError: no such thread.
        NoConversationError: it has no consultation.

    """
    thread = forum.get_thread(work, thread_id)
    session = identity.find_session(work, visit.session_token)
    conversation = service.get_conversation(work, thread.id)
    return Place(
        conversation=conversation,
        opening=forum.get_post(work, thread.opening),
        viewer=session and session.viewer,
        voter=service.find_voter(work, conversation, session),
    )


def require_manager(work: Work, visit: Visit, opening: Post) -> identity.Viewer:
    """Return who is logged in, if they look after the consultation of this thread.

    Raises:
        LoginNeededError: nobody is.
        MayNotManageError: neither a steward nor whoever opened the thread.

    """
    viewer = require_viewer(work, visit)
    if not may_manage(work, visit, opening, viewer):
        raise MayNotManageError("neither a steward nor the thread's author")
    return viewer


def may_manage(work: Work, visit: Visit, opening: Post, viewer: identity.Viewer | None) -> bool:
    """Return whether somebody looks after a thread's consultation: its author, and stewards."""
    if viewer is None:
        return False
    is_steward = visit.listener.has_staff_pages and identity.is_steward(work, viewer)
    return viewer.wrote(opening.author) or is_steward


def show_head(work: Work, visit: Visit, place: Place) -> Head:
    """Show what stands at the head of a consultation's pages."""
    conversation, state = place.conversation, place.conversation.state.value
    if service.is_cut(work, conversation, visit.site.instance_did):
        state = "cut"
    elif service.is_over(work, conversation):
        state = "over"
    return Head(
        thread_id=conversation.thread,
        thread_title=place.opening.version.text.title or "",
        question=conversation.question,
        language=conversation.language,
        direction=direction_of(conversation.question),
        state=state,
        until=conversation.until,
        results=conversation.results.value,
        asks_side=conversation.asks_side,
        may_manage=may_manage(work, visit, place.opening, place.viewer),
        results_path=f"/t/{conversation.thread}/results",
        sees_results=service.sees_results(work, conversation, place.voter.sheet),
        again_until=_again_until(work, conversation),
        is_hearing=visit.site.has_hearing(work, conversation.thread),
    )


def _again_until(work: Work, conversation: Conversation) -> date | None:
    found = None if conversation.is_open else service.find_round(work, conversation.thread)
    if found is None or not found.opens_on <= day_of(work.now) <= found.ends_on:
        return None
    return found.ends_on


def show_statement(statement: Statement, sheet: Sheet) -> StatementLine:
    """Show a statement with the viewer's own vote."""
    number = statement.number
    return StatementLine(
        number=number,
        text=statement.text,
        language=statement.language,
        direction=direction_of(statement.text),
        post=statement.post.hex(),
        vote=forms.NAMES[sheet[number]] if number in sheet else "",
    )


def way_of(viewer: identity.Viewer) -> str:
    """Return what it takes before this session can vote: nothing, `unlock` or `device`."""
    if viewer.custody is Custody.DEVICE:
        return "device"
    return "vote" if viewer.has_unlocked else "unlock"


def board_of(work: Work, opening: Post) -> Board:
    """Return the board on which a thread stands."""
    return forum.board_of(work, opening)
