"""HTTP of the page about who pays: what stewards say of it, what was asked for, and who cannot."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import identity, moderation
from app.db import Work
from app.moderation import Demand
from app.moderation.pages.telling import Teller
from app.records.routes import DoorDep
from app.site import service
from app.site.pages import SponsorLine, SponsorsPage
from app.web.markup import lead_out, render_prose
from app.web.pages import Markup
from app.web.visit import PostedDep, VisitDep

from .reach import show_edit, take_edit

router = APIRouter()

_SPONSOR: Final = "sponsor"
_EMPHASIS: Final = "emphasis"


@router.get("/{language}/sponsors")
def sponsors_page(visit: VisitDep) -> Response:
    code = visit.language.code
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        written = service.find_page(work, visit.site.instance_did, code, moderation.SPONSORS)
        sponsors = _list_sponsors(work)
        demands = moderation.read_terms_and_demands(work, visit.site.instance_did).demands
        looked_at, conflicts = moderation.look_for_conflicts(work, marks_key=visit.site.marks_key)
        may_edit = (
            viewer is not None
            and visit.listener.has_staff_pages
            and identity.is_steward(work, viewer)
        )
    teller = Teller(language=visit.language, boards={}, desks={})
    newest = sorted(demands, key=lambda demand: demand.received_on, reverse=True)
    page = SponsorsPage(
        body=lead_out(render_prose(written.markdown), code) if written else Markup(),
        written_on=written.written_on if written else None,
        sponsors=sponsors,
        demands=tuple(teller.demand_line(demand) for demand in newest if _is_contact(demand)),
        sealed=sum(demand.counts_as_sealed for demand in newest),
        looked_at=looked_at,
        conflicts=conflicts,
        may_edit=may_edit,
    )
    return visit.render(page, viewer)


@router.get("/{language}/sponsors/edit")
def edit_form(visit: VisitDep) -> Response:
    return show_edit(visit, moderation.SPONSORS, "")


@router.post("/{language}/sponsors/edit")
def edit_submit(visit: PostedDep, door: DoorDep) -> Response:
    return take_edit(visit, door, moderation.SPONSORS)


def _list_sponsors(work: Work) -> tuple[SponsorLine, ...]:
    domains = moderation.list_sponsor_domains(work)
    at_home = {name: domain for domain, name in domains.items()}
    lines = [SponsorLine(name=name, domain=domain) for domain, name in domains.items()]
    others = [name for name in moderation.list_sponsors(work) if name not in at_home]
    lines += [SponsorLine(name=name, domain="") for name in others]
    return tuple(sorted(lines, key=lambda line: (line.name, line.domain)))


def _is_contact(demand: Demand) -> bool:
    """Return whether a demand is of those that the page tells: a sponsor's, or for emphasis."""
    return not demand.is_sealed and (demand.who == _SPONSOR or demand.asked == _EMPHASIS)
