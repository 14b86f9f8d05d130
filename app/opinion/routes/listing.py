"""The list of consultations."""

from fastapi import APIRouter
from starlette.responses import Response

from app import forum, identity
from app.forum import Board
from app.forum.pages.build import in_language
from app.opinion import service, store
from app.opinion.model import Conversation
from app.opinion.pages.voting import ConsultationLine, ConsultationsPage
from app.web.markup import direction_of
from app.web.visit import Visit, VisitDep

router = APIRouter()


@router.get("/{language}/consultations")
def consultations_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        boards = {board.did: board for board, _ in forum.list_boards(work)}
        # What was asked in a hearing has a list of its own, with its answers.
        found = [
            each
            for each in store.list_conversations(work)
            if each.is_open or not visit.site.has_hearing(work, each.thread)
        ]
        key = visit.site.marks_key
        drawn = service.list_drawn(work, key, viewer.root) if viewer else []
        own = visit.site.instance_did
        cut = {each.thread for each in found if each.is_open and service.is_cut(work, each, own)}
        lines = [
            (
                each,
                _line(visit, boards, each, is_drawn=each in drawn, is_cut=each.thread in cut),
            )
            for each in found
            if each.board in boards
        ]
        is_open = {
            each.thread: each.is_open and each.thread not in cut and not service.is_over(work, each)
            for each in found
        }
    page = ConsultationsPage(
        open=tuple(line for each, line in lines if is_open[each.thread]),
        closed=tuple(line for each, line in lines if not is_open[each.thread]),
    )
    return visit.render(page, viewer, section="boards")


def _line(
    visit: Visit,
    boards: dict[str, Board],
    conversation: Conversation,
    *,
    is_drawn: bool,
    is_cut: bool,
) -> ConsultationLine:
    return ConsultationLine(
        thread_id=conversation.thread,
        question=conversation.question,
        language=conversation.language,
        direction=direction_of(conversation.question),
        state="cut" if is_cut else conversation.state.value,
        board_name=in_language(boards[conversation.board].name, visit.language.code),
        until=conversation.until,
        opened_on=conversation.opened_on,
        is_drawn=is_drawn,
    )
