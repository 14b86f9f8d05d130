"""The public log of moderation as an Atom feed (RFC 4287): what the log holds, the newest first."""

from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import tlog
from app.moderation import service, store
from app.moderation.pages.naming import KIND_NAMES
from app.moderation.service.desks import LOG
from app.web.atom import FeedEntry, write_feed
from app.web.rules import rule_name
from app.web.sentences import gettext_noop as _
from app.web.visit import Visit, VisitDep

language_router = APIRouter()

_LENGTH: Final = 30
# What waits for its tick is not in the feed: readers of feeds keep what they saw.
_LOOKED_AT: Final = 200


@language_router.get("/{language}/moderation/feed.atom")
def log_feed(visit: VisitDep) -> Response:
    with visit.read() as work:
        newest = store.list_found(work, store.Sought(), start=0, limit=_LOOKED_AT)
        logged = [act for act in service.read_acts(work, newest) if act.is_logged][:_LENGTH]
    visit.share(LOG, tlog.LOG)
    mark, title = f"moderation:{visit.site.instance_did}", visit.translate(_("Moderation log"))
    return write_feed(visit, mark, title, "/moderation", [_entry(visit, act) for act in logged])


def _entry(visit: Visit, logged: service.Logged) -> FeedEntry:
    action, reasons = logged.action, logged.act.act.decision.reasons
    rule = rule_name(visit.translate, action.rule.value)
    return FeedEntry(
        mark=action.record_id,
        title=f"{visit.translate(KIND_NAMES[action.kind])}: {rule}",
        day=logged.act.day,
        path=visit.address(f"/moderation/acts/{action.digest.hex()}"),
        text=f"{reasons.law}: {reasons.facts}" if reasons.law else reasons.facts,
        text_language=reasons.language,
    )
