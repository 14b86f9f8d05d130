"""The list of readers' context that awaits one's rating."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.forum import PostKind
from app.identity.routes.common import require_viewer
from app.opinion import service
from app.opinion.pages.context import AwaitingLine, AwaitingPage
from app.opinion.service.ratings import MOST_CONTEXT_A_WEEK
from app.web.markup import direction_of, render_post
from app.web.visit import VisitDep

router = APIRouter()

_MOST: Final = 20


@router.get("/{language}/context/rate")
def awaiting_page(visit: VisitDep) -> Response:
    key = visit.site.marks_key
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        left = service.count_left(work, key, viewer.root, PostKind.CONTEXT)
        found = service.list_awaiting(work, key, viewer, _MOST)
    lines = tuple(
        AwaitingLine(
            post=note.parent.hex() if note.parent else "",
            number=note.number or 0,
            html=render_post(note.version.text.markdown),
            language=note.version.text.language,
            direction=direction_of(note.version.text.markdown),
            day=note.day,
        )
        for note in found
    )
    page = AwaitingPage(lines=lines, left=left, most=MOST_CONTEXT_A_WEEK)
    return visit.render(page, viewer, section="notices")
