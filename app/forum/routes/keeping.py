"""Pages of what a persona keeps for itself."""

from datetime import timedelta
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.forum.model import KeptDraft
from app.forum.pages import DraftLine, DraftsPage
from app.forum.service import keeping
from app.forum.store import keeping as store
from app.web.markup import direction_of, excerpt
from app.web.visit import PostedDep, Visit, VisitDep

from .writing import require_viewer

router = APIRouter()

_EXCERPT_CHARACTERS: Final = 160


@router.get("/{language}/drafts")
def drafts_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = require_viewer(work, visit)
        drafts = store.list_drafts(work, viewer.root)
    lines = tuple(_draft_line(visit, draft) for draft in drafts)
    page = DraftsPage(drafts=lines, most=keeping.MOST_DRAFTS, days=keeping.DRAFT_DAYS)
    return visit.render(page, viewer, section="persona")


@router.post("/{language}/drafts")
def draft_delete(visit: PostedDep) -> Response:
    with visit.write() as work:
        viewer = require_viewer(work, visit)
        keeping.delete_draft(work, viewer, visit.fields["draft"])
    return visit.see_other(visit.address("/drafts"))


def _draft_line(visit: Visit, draft: KeptDraft) -> DraftLine:
    joint = "&" if "?" in draft.place else "?"
    return DraftLine(
        id=draft.id,
        title=draft.title,
        language=draft.language,
        direction=direction_of(draft.title or draft.text),
        excerpt=excerpt(draft.text, _EXCERPT_CHARACTERS),
        href=visit.address(f"{draft.place}{joint}draft={draft.id}"),
        forgotten_on=draft.day + timedelta(days=keeping.DRAFT_DAYS + 1),
    )
