"""HTTP of the health page and of its alarms as an Atom feed (RFC 4287)."""

from collections.abc import Callable
from datetime import date
from typing import Final
from xml.etree import ElementTree as ET

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.db import Work
from app.federation import partners
from app.federation.health_page import FlagLine, HealthLine, HealthPage
from app.web.coding import etag_of
from app.web.health_sentences import FLAG, NAMES, SENTENCES
from app.web.sentences import gettext_noop as _
from app.web.visit import Visit, VisitDep

from . import store
from .model import ON, Line, Look

language_router = APIRouter()

_ATOM: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_MOST_FLAGS: Final = 50
_GRAVEST: Final = (*NAMES,)
_LATE: Final = _("The worker has not looked for ten minutes: it does not run, or its disk is full.")


@language_router.get("/{language}/health")
def health_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        look, flags = store.get_look(work), _list_flags(work, visit)
        is_late = look.is_late(work.now)
    ranked = sorted(look.lines, key=lambda line: _GRAVEST.index(line.what))
    lines = tuple(_show(visit, line) for line in ranked)
    page = HealthPage(
        is_late=is_late,
        red=tuple(line for line in lines if not line.is_good),
        good=tuple(line for line in lines if line.is_good),
        flags=flags,
    )
    return visit.render(page, viewer)


@language_router.get("/{language}/health/feed.atom")
def health_feed(visit: VisitDep) -> Response:
    with visit.read() as work:
        look, flags = store.get_look(work), _list_flags(work, visit)
        is_late = look.is_late(work.now)
    feed = _begin(visit, look, flags)
    if is_late:
        _add_entry(feed, visit, "worker", visit.translate(_LATE), date(2026, 1, 1))
    for flag in flags:
        _add_entry(feed, visit, flag.evidence, flag.sentence, flag.day)
    for line in look.lines:
        # Nothing to be mended, and everybody should know.
        if not line.is_good or line.state == ON:
            said = f"{_name_of(line, visit.translate)}: {_sentence_of(line, visit.translate)}"
            since = line.since or date(2026, 1, 1)
            _add_entry(feed, visit, f"{line.what}:{line.about}:{line.state}:{since}", said, since)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    headers = {"ETag": etag_of(body), "Cache-Control": "private, max-age=0"}
    return Response(body, media_type="application/atom+xml", headers=headers)


def _begin(visit: Visit, look: Look, flags: tuple[FlagLine, ...]) -> ET.Element:
    days = [line.since for line in look.lines if line.since] + [flag.day for flag in flags]
    feed = ET.Element(f"{{{_ATOM}}}feed", {_LANG: visit.language.code})
    _add(feed, "id", f"urn:goftogu:health:{visit.site.instance_did}")
    _add(feed, "title", visit.translate(_("Alarms")))
    _add(feed, "updated", _moment(max(days, default=date(2026, 1, 1))))
    _add(feed, "link", href=visit.listener.origin + visit.address("/health"))
    _add(feed, "link", rel="self", href=visit.listener.origin + visit.path)
    author = ET.SubElement(feed, f"{{{_ATOM}}}author")
    _add(author, "name", visit.site.instance_name)
    return feed


def _list_flags(work: Work, visit: Visit) -> tuple[FlagLine, ...]:
    names = {each.did: each.name for each in partners.list_partners(work)}
    names[visit.site.instance_did] = visit.site.instance_name

    def name(did: str) -> str:
        return names.get(did, did)

    return tuple(
        FlagLine(
            sentence=visit.translate(FLAG)
            % {
                "by": name(flag.by or visit.site.instance_did),
                "about": name(flag.about),
                "code": flag.code,
            },
            day=flag.day,
            evidence=flag.evidence.hex(),
        )
        for flag in partners.list_flags(work)[:_MOST_FLAGS]
    )


def _show(visit: Visit, line: Line) -> HealthLine:
    return HealthLine(
        name=NAMES[line.what],
        about=line.about,
        sentence=_sentence_of(line, visit.translate, visit.language.number),
        is_good=line.is_good,
        since=line.since,
    )


def _name_of(line: Line, translate: Callable[[str], str]) -> str:
    """Return what a line is about."""
    return translate(NAMES[line.what]) % {"name": line.about}


def _sentence_of(
    line: Line, translate: Callable[[str], str], number: Callable[[int], str] = str
) -> str:
    """Return what is said of it, and what to do where it is red."""
    return translate(SENTENCES[line.what, line.state]) % {"n": number(line.value or 0)}


def _add_entry(feed: ET.Element, visit: Visit, mark: str, said: str, day: date) -> None:
    entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
    _add(entry, "id", f"urn:goftogu:health:{visit.site.instance_did}:{mark}")
    _add(entry, "title", said)
    _add(entry, "updated", _moment(day))
    _add(entry, "link", href=visit.listener.origin + visit.address("/health"))


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
