"""The list of officials: the same for everyone, each line with the records that it stands on."""

from collections.abc import Mapping
from datetime import date

from fastapi import APIRouter
from starlette.responses import Response

from app import identity, records
from app.crypto.multikey import decode_did, fingerprint
from app.db import Work
from app.hearings import service, store
from app.hearings.model import AttesterKind, Office
from app.hearings.pages.officials import (
    OfficialLine,
    OfficialsPage,
    attester_lines,
    official_line,
)
from app.identity.model import Persona
from app.kernel.clock import day_of
from app.web.atom import FeedEntry, render_feed
from app.web.sentences import gettext_noop as _
from app.web.visit import Visit, VisitDep

from .common import name_languages

router = APIRouter()


@router.get("/{language}/officials")
def officials_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        offices, today = store.list_offices(work), day_of(work.now)
        personas = identity.list_personas(work, {office.root for office in offices})
        known = _look_alikes(work, offices, today)
        lines = [(each, _line(work, visit, each, personas, today, known)) for each in offices]
        attesters = [
            (each, fingerprint(decode_did(each.did))) for each in store.list_attesters(work)
        ]
    visit.share(service.OFFICIALS, identity.NAMES)
    is_over = {each.offer: each.ended_on is not None or each.until <= today for each in offices}
    page = OfficialsPage(
        held=tuple(line for _, line in lines if line.is_held),
        offered=tuple(
            line for each, line in lines if not each.attested_by and not is_over[each.offer]
        ),
        over=tuple(line for each, line in lines if is_over[each.offer]),
        ministries=attester_lines(attesters, AttesterKind.MINISTRY),
        universities=attester_lines(attesters, AttesterKind.UNIVERSITY),
    )
    return visit.render(page, viewer)


@router.get("/{language}/officials/feed.atom")
def officials_feed(visit: VisitDep) -> Response:
    """Return each office as it stands: another state of it is another entry."""
    with visit.read() as work:
        offices = store.list_offices(work)
        personas = identity.list_personas(work, {office.root for office in offices})
        entries = [_entry(work, visit, each, personas.get(each.root)) for each in offices]
    visit.share(service.OFFICIALS, identity.NAMES)
    title = visit.translate(_("Officials"))
    return render_feed(visit, "officials", title, "/officials", entries)


def _entry(work: Work, visit: Visit, office: Office, persona: Persona | None) -> FeedEntry:
    """Show an office in the feed, since the day on which it became what it is."""
    day, said = _day_of(work, office.offer), visit.translate(_("No university has signed yet"))
    if office.accept is not None:
        attested = visit.translate(_("Attested by %(university)s"))
        day = max(day, _day_of(work, office.accept))
        said = attested % {"university": office.attested_by}
    if office.ended_on is not None:
        ended = visit.translate(_("Ended on %(day)s"))
        day, said = office.ended_on, ended % {"day": visit.language.day(office.ended_on)}
    name = persona.name if persona else visit.translate(_("A key without a name"))
    return FeedEntry(
        mark=f"office:{office.offer.hex()}:{day}",
        title=f"{name}: {office.title}, {office.institution}",
        day=day,
        path=visit.address("/officials"),
        summary=said,
    )


def _day_of(work: Work, digest: bytes) -> date:
    """Return the day of a record that an office stands on."""
    record = records.find_record(work, digest)
    return records.parse_record(record.raw).day if record and record.raw else date.min


def _look_alikes(work: Work, offices: list[Office], today: date) -> Mapping[bytes, Office]:
    """Return which offices read like another, among those that hold or could."""
    living = [each for each in offices if each.ended_on is None and today < each.until]
    return service.list_look_alikes(work, living)


def _line(
    work: Work,
    visit: Visit,
    office: Office,
    personas: Mapping[str, Persona],
    today: date,
    known: Mapping[bytes, Office],
) -> OfficialLine:
    other = known.get(office.offer)
    return official_line(
        office,
        personas.get(office.root),
        day=today,
        languages=name_languages(visit, office.languages),
        has_queue=office.holds(today) and store.has_queue(work, office.root),
        reads_like=other.domain if other else "",
    )
