"""Deciding about questions: the official and stewards accept and decline, askers appeal."""

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity
from app.db import Work
from app.forum import Post
from app.forum.routes.handing import explain
from app.hearings import service
from app.hearings.errors import NoQuestionError, NotDeskError
from app.hearings.forms.question import DecisionForm, parse_decision
from app.identity.routes.common import require_viewer, translated
from app.kernel.errors import AppError
from app.records import Door
from app.records.routes import DoorDep
from app.web.error_pages import status_of
from app.web.pages import FieldErrors
from app.web.visit import Posted, PostedDep

from .common import Place, find_place
from .reading import show_questions

router = APIRouter()


@router.post("/{language}/t/{thread_id}/hearing/questions")
def decide(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    form = parse_decision(visit.fields)
    errors, status = translated(visit, form.errors), 400
    if not errors:
        try:
            with visit.write() as work:
                require_viewer(work, visit)
                place = find_place(work, visit, thread_id)
                number = _decide(work, visit, place, form, door)
                identity.extend_session(work, visit.session_token)
        except AppError as error:
            errors, status = explain(visit, error), status_of(error)
            errors = FieldErrors(by_field={"code": " ".join(errors.by_field.values())})
        else:
            path = f"/t/{thread_id}/hearing/questions#q{number}"
            return visit.see_other(visit.address(path))
    with visit.read() as work:
        place = find_place(work, visit, thread_id)
        page = show_questions(work, place, visit, typed=visit.fields, errors=errors)
    return visit.render(page, place.viewer, section="hearings", status=status)


def _decide(work: Work, visit: Posted, place: Place, form: DecisionForm, door: Door) -> str:
    """Do what the form asks; return which question it was about, as its page names it.

    Raises:
        AppError: it may not be done, or not by this viewer.

    """
    question = service.get_question(work, form.post)
    if question.hearing != place.hearing.thread or place.viewer is None:
        raise NoQuestionError("no such question of this hearing")
    post: Post = forum.get_post(work, form.post)
    if form.state is None:
        service.appeal(work, post, is_own=place.viewer.wrote(post.author))
    elif place.is_official:
        key = identity.unlock_posting_key(work, visit.session_token)
        door.submit(
            work,
            service.sign_decision(work, key, place.hearing, post, form.state, form.code, form.why),
        )
    elif place.is_steward:
        service.decide_as_host(work, door, place.hearing, post, form.state, form.code, form.why)
    else:
        raise NotDeskError("neither the official nor a steward")
    return form.post.hex()[:12]
