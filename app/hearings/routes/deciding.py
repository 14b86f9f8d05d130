"""Deciding about questions: the official and stewards accept and decline, askers appeal."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.forum import Post
from app.forum.routes.handing import explain
from app.forum.routes.hands import Hand
from app.hearings import codec, service
from app.hearings.errors import NoQuestionError, NotDeskError
from app.hearings.forms.question import DecisionForm, parse_decision
from app.identity import Viewer
from app.identity.routes.common import require_viewer, translated
from app.kernel.errors import AppError
from app.records import Door
from app.records.routes import DoorDep
from app.web.error_pages import status_of
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep

from .acting import Act, perform
from .common import find_place
from .reading import show_questions

router = APIRouter()

_APPEAL: Final = _("Appeal against the decline")
_DECLINE: Final = _("Decline the question")
_TAKE: Final = _("Accept the question")


@router.post("/{language}/t/{thread_id}/hearing/questions")
def decide(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    form = parse_decision(visit.fields)
    errors, status = translated(visit, form.errors), 400
    if not errors:
        try:
            return _decide(visit, thread_id, form, door)
        except AppError as error:
            errors, status = explain(visit, error), status_of(error)
            errors = FieldErrors(by_field={"code": " ".join(errors.by_field.values())})
    with visit.read() as work:
        place = find_place(work, visit, thread_id)
        page = show_questions(work, place, visit, typed=visit.fields, errors=errors)
    return visit.render(page, place.viewer, section="hearings", status=status)


def _decide(visit: Posted, thread_id: str, form: DecisionForm, door: Door) -> Response:
    """Do what the form asks: with the host's key for a steward, else with the viewer's.

    Raises:
        AppError: it may not be done, or not by this viewer.

    """
    with visit.write() as work:
        require_viewer(work, visit)
        place = find_place(work, visit, thread_id)
        post = forum.get_post(work, form.post)
        if form.state is not None and place.is_steward and not place.is_official:
            service.decide_as_host(work, door, place.hearing, post, form.state, form.code, form.why)
            identity.extend_session(work, visit.session_token)
            return visit.see_other(visit.address(_place_of(thread_id, post)))
    return perform(visit, door, lambda work: _find_act(work, visit, thread_id, form))


def _find_act(work: Work, visit: Posted, thread_id: str, form: DecisionForm) -> tuple[Viewer, Act]:
    """Return who decides or appeals, and what they sign.

    Raises:
        AppError: it may not be done, or not by this viewer.

    """
    viewer, place = require_viewer(work, visit), find_place(work, visit, thread_id)
    viewer = place.viewer or viewer
    post = forum.get_post(work, form.post)
    if service.get_question(work, post.digest).hearing != place.hearing.thread:
        raise NoQuestionError("no such question of this hearing")
    board, path = place.hearing.board, f"/t/{thread_id}/hearing/questions"
    hand = None
    if form.state is None:
        service.require_appeal(work, post, is_own=viewer.wrote(post.author))
        title, members = _APPEAL, codec.appeal_members(board, post.record_id, viewer.custody)
        is_by_name = post.author.did == viewer.thread_did
        hand = Hand(viewer=viewer, thread=post.thread, is_by_name=is_by_name, is_fixed=True)
    elif place.is_official:
        said = (form.state, form.code, form.why)
        service.require_decision(work, place.hearing, post, said, viewer.root)
        title = _DECLINE if form.code else _TAKE
        members = codec.question_change_members(board, post.record_id, *said)
    else:
        raise NotDeskError("neither the official nor a steward")
    back = _place_of(thread_id, post)
    typed = ("post", "do", "code", "why")
    act = Act(
        type="Update", members=members, title=title, path=path, back=back, typed=typed, hand=hand
    )
    return viewer, act


def _place_of(thread_id: str, post: Post) -> str:
    """Return where the list of questions shows one."""
    return f"/t/{thread_id}/hearing/questions#q{post.digest.hex()[:12]}"
