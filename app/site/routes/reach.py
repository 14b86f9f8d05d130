"""HTTP of the page about what works today: how readers get here where the network is closed."""

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.forum.codec import clean_text
from app.forum.routes.handing import explain
from app.forum.routes.managing import require_steward
from app.kernel.errors import AppError, MalformedError
from app.records import Door, registry
from app.records.routes import DoorDep
from app.site import service
from app.site.pages import HostPageEditPage, ReachPage
from app.web.error_pages import status_of
from app.web.markup import lead_out, render_prose
from app.web.pages import FieldErrors
from app.web.sentences import gettext_noop as _
from app.web.visit import Posted, PostedDep, Visit, VisitDep

router = APIRouter()


@router.get("/{language}/reach")
def reach_page(visit: VisitDep) -> Response:
    code = visit.language.code
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        written = service.find_page(work, visit.site.instance_did, code)
        mirrors = tuple(service.list_mirrors(work))
        may_edit = (
            viewer is not None
            and visit.listener.has_staff_pages
            and identity.is_steward(work, viewer)
        )
    text = written.markdown if written else visit.language.prose(service.REACH)
    visit.share(service.REACH)
    page = ReachPage(
        body=lead_out(render_prose(text), code),
        written_on=written.written_on if written else None,
        mirrors=mirrors,
        may_edit=may_edit,
    )
    return visit.render(page, viewer)


@router.get("/{language}/reach/edit")
def edit_form(visit: VisitDep) -> Response:
    return show_edit(visit, service.REACH, visit.language.prose(service.REACH))


@router.post("/{language}/reach/edit")
def edit_submit(visit: PostedDep, door: DoorDep) -> Response:
    return take_edit(visit, door, service.REACH)


def show_edit(visit: Visit, slug: str, shipped: str) -> Response:
    """Show the form of a page of the host's; `shipped` is its text while nobody wrote any."""
    with visit.read() as work:
        viewer = require_steward(work, visit)
        written = service.find_page(work, visit.site.instance_did, visit.language.code, slug)
    text = written.markdown if written else shipped
    return visit.render(_form(visit, slug, text, service.name_version(written)), viewer)


def take_edit(visit: Posted, door: Door, slug: str) -> Response:
    """Take a text in the page's language; whatever is wrong, what was typed stays in the form."""
    text, previous = clean_text(visit.fields["text"]), visit.fields["previous"]
    with visit.read() as work:
        viewer = require_steward(work, visit)
    try:
        registry.text(text)
    except MalformedError:
        sentence = _(
            "The text is empty, too long (20,000 bytes) or has characters that are not shown."
        )
        errors = FieldErrors(by_field={"text": visit.translate(sentence)})
        return visit.render(_form(visit, slug, text, previous, errors), viewer, status=400)
    try:
        with visit.write() as work:
            require_steward(work, visit)
            service.write_page(work, door, visit.language.code, text, previous, slug)
    except AppError as error:
        form = _form(visit, slug, text, previous, explain(visit, error))
        return visit.render(form, viewer, status=status_of(error))
    return visit.see_other(visit.address(f"/{slug}"))


def _form(
    visit: Visit, slug: str, text: str, previous: str, errors: FieldErrors | None = None
) -> HostPageEditPage:
    return HostPageEditPage(
        slug=slug,
        language_name=visit.language.name,
        text=text,
        previous=previous,
        errors=errors or FieldErrors(),
    )
