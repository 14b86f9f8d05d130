"""HTTP of what this host is and has done: status and transparency."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from importlib.metadata import version
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from app import forum, identity, onion, tlog
from app.crypto.multikey import decode_did, fingerprint
from app.db import Work
from app.federation import partners
from app.kernel.clock import Instant
from app.kernel.errors import NotFoundError
from app.site import service
from app.site.pages import (
    CardPage,
    MonthLine,
    OnionLine,
    StatusPage,
    TransparencyPage,
    WitnessLine,
)
from app.site.service import Tally
from app.tlog import PublishedLog
from app.tlog.publication import path_of
from app.tlog.routes import LogDep
from app.tlog.tiles import WIDTH, Tile
from app.web.languages import Language
from app.web.sentences import gettext_noop as _
from app.web.visit import Visit, VisitDep

language_router = APIRouter()

_MONTHS: Final = 24
_ELSEWHERE: Final = _(
    "Tor publishes it by its own configuration, and tells this host nothing about it."
)
_STATES: Final = {
    onion.State.STARTING: _("Tor has it. Until readers can find it takes a minute at most."),
    onion.State.PUBLISHED: _("Its descriptor is uploaded: readers can find it."),
    onion.State.TOR_MISSING: _("Tor is not installed."),
    onion.State.TOR_ENDED: _(
        "Our tor ended and is started again; tor/tor.log in the instance’s folder says why."
    ),
    onion.State.UNREACHABLE: _("Nothing answers at tor’s control port."),
    onion.State.SILENT: _(
        "What is at tor’s control port does not answer as tor does, or not in time."
    ),
    onion.State.NOT_ALLOWED: _(
        "Tor does not let us in: its control socket may not be opened, or its cookie not be read."
    ),
    onion.State.REFUSED: _(
        "Tor does not take it: it is too old, or another instance has the same key."
    ),
    onion.State.STEM_MISSING: _("The library that talks to tor (stem) is not installed."),
}
TellOnion = Callable[[], onion.Status] | None


async def get_tally(request: Request) -> Tally:
    """Deliver the tally of posts to a handler."""
    tally: Tally = request.app.state.tally
    return tally


TallyDep = Annotated[Tally, Depends(get_tally)]


async def get_tell_onion(request: Request) -> TellOnion:
    """Deliver who says how the onion service is doing to a handler."""
    tell: TellOnion = request.app.state.tell_onion
    return tell


TellOnionDep = Annotated[TellOnion, Depends(get_tell_onion)]


@language_router.get("/{language}/status")
def status_page(visit: VisitDep, tell: TellOnionDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        looks_after = (
            viewer is not None
            and visit.listener.has_staff_pages
            and identity.is_steward(work, viewer)
        )
        card = service.get_card(work)
        mirrors = tuple(service.list_mirrors(work))
        size = tlog.count_entries(work)
        witnesses = _list_witnesses(work)
    page = StatusPage(
        name=card.name,
        instance_did=visit.site.instance_did,
        instance_fingerprint=fingerprint(decode_did(visit.site.instance_did)),
        log_origin=card.log_origin,
        onion=card.onion,
        service=_onion_line(visit, tell) if looks_after and card.onion else None,
        mirrors=mirrors,
        tree_size=size,
        witnesses=witnesses,
        up_to_date=sum(line.has_signed and line.tree_size == size for line in witnesses),
        founded_on=card.founded_on,
        version=version("goftogu"),
    )
    return visit.render(page, viewer)


@language_router.get("/{language}/card")
def card_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        card, mirrors = service.get_card(work), tuple(service.list_mirrors(work))
    page = CardPage(
        name=card.name,
        instance_fingerprint=fingerprint(decode_did(visit.site.instance_did)),
        onion=card.onion,
        mirrors=mirrors,
    )
    return visit.render(page, viewer)


@language_router.get("/{language}/transparency")
def transparency_page(visit: VisitDep, log: LogDep, tally: TallyDep) -> Response:
    """Show figures that anyone can count again. Not kept by the cache: ages of signatures grow."""
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        published, erased = tally.count(work), forum.count_erased_by_day(work)
        witnesses = _list_witnesses(work)
    size, signed_on = _find_published(log)
    months = list_months(visit.language, published, erased)
    page = TransparencyPage(
        tree_size=size,
        signed_on=signed_on,
        log_key=log.key.encode(),
        tile_path=_first_tile(size),
        witnesses=witnesses,
        up_to_date=sum(line.has_signed and line.tree_size == size for line in witnesses),
        months=months,
        published=sum(published.values()),
        erased=sum(erased.values()),
        most=max((max(line.published, line.erased) for line in months), default=0),
        origin=visit.listener.origin,
    )
    return visit.render(page, viewer)


def _onion_line(visit: Visit, tell: TellOnion) -> OnionLine:
    status = tell() if tell else None
    return OnionLine(
        state=visit.translate(_STATES[status.state] if status else _ELSEWHERE),
        introduction_points=status.introduction_points if status else 0,
        effort=status.effort if status else 0,
        is_told=status is not None,
    )


def list_months(
    language: Language, published: Mapping[date, int], erased: Mapping[date, int]
) -> tuple[MonthLine, ...]:
    """Add days up to months of a language's calendar, newest first; what is older is one line."""
    days = published.keys() | erased.keys()
    if not days:
        return ()
    end, oldest = max(days) + timedelta(days=1), min(days)
    lines: list[MonthLine] = []
    while end > oldest:
        is_last = len(lines) == _MONTHS
        start = oldest if is_last else language.start_of_month(end - timedelta(days=1))
        lines.append(
            MonthLine(
                name="" if is_last else language.month(start),
                published=_sum(published, start, end),
                erased=_sum(erased, start, end),
            )
        )
        end = start
    return tuple(lines)


def _sum(by_day: Mapping[date, int], start: date, end: date) -> int:
    return sum(count for day, count in by_day.items() if start <= day < end)


def _find_published(log: PublishedLog) -> tuple[int, date | None]:
    """Return the size of the published log and the day of its checkpoint."""
    try:
        return log.get_checkpoint().tree.size, log.get_day()
    except NotFoundError:
        return 0, None


def _first_tile(size: int) -> str:
    """Return the address of the tile with the log's first hashes, or nothing."""
    return f"/{path_of(Tile(0, 0, min(size, WIDTH)))}" if size else ""


def _list_witnesses(work: Work) -> tuple[WitnessLine, ...]:
    hosts = partners.name_witnesses(work)
    return tuple(
        _witness_line(each, hosts.get(each.name, ""), work.now)
        for each in tlog.list_witnessed(work)
    )


def _witness_line(witness: tlog.Witnessed, host: str, now: Instant) -> WitnessLine:
    """Say how old a cosignature is in hours, then in days: nobody needs it finer."""
    hours = witness.hours_since(now)
    return WitnessLine(
        name=witness.name,
        host=host,
        tree_size=witness.tree_size,
        age_days=(hours or 0) // 24,
        age_hours=hours or 0,
        has_signed=hours is not None,
    )
