"""HTTP of erasing oneself: it needs the forum and identity, so it stands above both."""

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.crypto.seed import parse_words
from app.identity.errors import UnknownKeyError
from app.identity.routes import end_session
from app.kernel.errors import MalformedError
from app.records.routes import DoorDep
from app.site import service
from app.site.pages import EraseMePage
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep, VisitDep

router = APIRouter()


@router.get("/{language}/erase-me")
def erase_me_form(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
    return visit.render(EraseMePage(), viewer, section="persona")


@router.post("/{language}/erase-me")
def erase_me_submit(visit: PostedDep, door: DoorDep) -> Response:
    """Erase everything of a persona at once. The words alone are asked for, and kept nowhere."""
    try:
        seed = parse_words(visit.fields["words"])
    except MalformedError:
        return _refuse(
            visit, _("These are not twelve words of the list. Check their spelling and order.")
        )
    try:
        with visit.write() as work:
            service.erase_persona(work, door, seed)
    except UnknownKeyError:
        return _refuse(visit, _("This host does not know these words. Erase at a host that does."))
    # As after a revocation: not a page of its own that others could be led to.
    return end_session(visit, visit.render(EraseMePage(is_done=True)))


def _refuse(visit: Posted, sentence: str) -> Response:
    errors = FieldErrors(by_field={"words": visit.translate(sentence)})
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
    return visit.render(EraseMePage(errors=errors), viewer, section="persona", status=400)
