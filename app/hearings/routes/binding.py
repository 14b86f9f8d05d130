"""The official reads the charter and is bound to it, and has a part in the lot."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app.crypto.multikey import encode_digest
from app.db import Work
from app.forum.pages import build
from app.forum.routes.handing import explain
from app.hearings import codec
from app.hearings.codec import choices
from app.hearings.errors import NotDeskError, StaleCharterError
from app.hearings.pages.halls import BindPage
from app.hearings.service import require_drawing
from app.identity import Viewer
from app.identity.routes.common import require_viewer
from app.kernel.errors import AppError
from app.records.routes import DoorDep
from app.web.error_pages import status_of
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import PostedDep, Visit, VisitDep

from .acting import Act, perform
from .common import Place, find_place, name_languages, show_head

router = APIRouter()

_ACCEPT: Final = _("Accept the charter")
_DRAW: Final = _("Draw the lot")


@router.get("/{language}/t/{thread_id}/hearing/bind")
def bind_form(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        place, viewer = _require_official(work, visit, thread_id)
        return visit.render(_page(work, visit, place, viewer), viewer, section="hearings")


@router.post("/{language}/t/{thread_id}/hearing/bind")
def bind_submit(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    def find(work: Work) -> tuple[Viewer, Act]:
        place, viewer = _require_official(work, visit, thread_id)
        if visit.fields["previous"] != encode_digest(place.hearing.head):
            raise StaleCharterError("the charter has changed")
        return viewer, Act(
            type="Accept",
            members=codec.bind_members(place.hearing),
            title=_ACCEPT,
            path=f"/t/{thread_id}/hearing/bind",
            back=f"/t/{thread_id}/hearing",
            typed=("previous",),
        )

    try:
        return perform(visit, door, find)
    except NotDeskError:
        raise
    except AppError as error:
        with visit.read() as work:
            place, viewer = _require_official(work, visit, thread_id)
            page = _page(work, visit, place, viewer, explain(visit, error))
        return visit.render(page, viewer, section="hearings", status=status_of(error))


@router.post("/{language}/t/{thread_id}/hearing/draw")
def draw(visit: PostedDep, thread_id: str, door: DoorDep) -> Response:
    """Let the official have their part in the lot."""

    def find(work: Work) -> tuple[Viewer, Act]:
        place, viewer = _require_official(work, visit, thread_id)
        ended = require_drawing(work, place.hearing)
        return viewer, Act(
            type="Accept",
            members=choices.draw_members(place.hearing, ended),
            title=_DRAW,
            path=f"/t/{thread_id}/hearing/draw",
            back=f"/t/{thread_id}/hearing",
        )

    return perform(visit, door, find)


def _require_official(work: Work, visit: Visit, thread_id: str) -> tuple[Place, Viewer]:
    """Return the hearing, and the official who looks at it.

    Raises:
        LoginNeededError: nobody is logged in.
        NotDeskError: somebody else is.

    """
    viewer, place = require_viewer(work, visit), find_place(work, visit, thread_id)
    if not place.is_official:
        raise NotDeskError("the official alone")
    return place, viewer


def _page(
    work: Work, visit: Visit, place: Place, viewer: Viewer, errors: FieldErrors | None = None
) -> BindPage:
    here = visit.address(f"/t/{place.hearing.thread}/hearing/bind")
    return BindPage(
        head=show_head(work, place),
        charter=place.hearing.charter,
        language_names=name_languages(visit, place.hearing.charter.languages),
        head_digest=encode_digest(place.hearing.head),
        author=build.viewer_line(viewer),
        unlock_path=visit.address(f"/login?next={here}") if viewer.is_locked_out else "",
        errors=errors or FieldErrors(),
    )
