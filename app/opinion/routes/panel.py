"""The page that says how people are drawn by lot to vote, and for what."""

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.opinion import rules, service
from app.opinion.pages.panel import DrawnLine, PanelPage
from app.web.markup import direction_of
from app.web.visit import VisitDep

router = APIRouter()


@router.get("/{language}/consultations/panel")
def panel_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        key = visit.site.marks_key
        drawn = service.list_drawn(work, key, viewer.root) if viewer else []
        lines = tuple(
            DrawnLine(
                thread_id=each.thread,
                question=each.question,
                language=each.language,
                direction=direction_of(each.question),
            )
            for each in drawn
        )
        page = PanelPage(
            drawn=lines, least=rules.LEAST_PANEL, most=rules.MOST_PANEL, of_one=rules.PANELS_OF_ONE
        )
        return visit.render(page, viewer, section="boards")
