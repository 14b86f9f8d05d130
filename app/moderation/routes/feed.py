"""The public log of moderation as an Atom feed (RFC 4287): what the log holds, the newest first."""

from datetime import date
from typing import Final
from xml.etree import ElementTree as ET

from fastapi import APIRouter
from starlette.responses import Response

from app import tlog
from app.moderation import service, store
from app.moderation.pages.naming import KIND_NAMES
from app.moderation.service.desks import LOG
from app.web.coding import etag_of
from app.web.rules import rule_name
from app.web.sentences import gettext_noop as _
from app.web.visit import Visit, VisitDep

language_router = APIRouter()

_ATOM: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_LENGTH: Final = 30
# What waits for its tick is not in the feed: readers of feeds keep what they saw.
_LOOKED_AT: Final = 200
ET.register_namespace("", _ATOM)


@language_router.get("/{language}/moderation/feed.atom")
def log_feed(visit: VisitDep) -> Response:
    with visit.read() as work:
        newest = store.list_found(work, store.Sought(), start=0, limit=_LOOKED_AT)
        logged = [act for act in service.read_acts(work, newest) if act.is_logged][:_LENGTH]
    visit.share(LOG, tlog.LOG)
    origin = visit.listener.origin
    feed = ET.Element(f"{{{_ATOM}}}feed", {_LANG: visit.language.code})
    _add(feed, "id", f"urn:goftogu:moderation:{visit.site.instance_did}")
    _add(feed, "title", visit.translate(_("Moderation log")))
    _add(feed, "updated", _moment(max((act.act.day for act in logged), default=date(2026, 1, 1))))
    _add(feed, "link", href=origin + visit.address("/moderation"))
    _add(feed, "link", rel="self", href=origin + visit.path)
    author = ET.SubElement(feed, f"{{{_ATOM}}}author")
    _add(author, "name", visit.site.instance_name)
    for act in logged:
        _add_entry(feed, visit, act)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    headers = {"ETag": etag_of(body), "Cache-Control": "private, max-age=0"}
    return Response(body, media_type="application/atom+xml", headers=headers)


def _add_entry(feed: ET.Element, visit: Visit, logged: service.Logged) -> None:
    action, reasons = logged.action, logged.act.act.decision.reasons
    entry = ET.SubElement(feed, f"{{{_ATOM}}}entry")
    rule = rule_name(visit.translate, action.rule.value)
    _add(entry, "id", action.record_id)
    _add(entry, "title", f"{visit.translate(KIND_NAMES[action.kind])}: {rule}")
    _add(entry, "updated", _moment(logged.act.day))
    href = visit.listener.origin + visit.address(f"/moderation/acts/{action.digest.hex()}")
    _add(entry, "link", href=href)
    content = ET.SubElement(entry, f"{{{_ATOM}}}content", {_LANG: reasons.language, "type": "text"})
    content.text = f"{reasons.law}: {reasons.facts}" if reasons.law else reasons.facts


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
