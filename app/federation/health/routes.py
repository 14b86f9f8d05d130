"""HTTP of the health page and of its alarms as an Atom feed (RFC 4287)."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from fastapi import APIRouter
from starlette.responses import Response

from app import identity
from app.db import Work
from app.federation import partners
from app.federation.health_page import FlagLine, HealthLine, HealthPage
from app.web.atom import FIRST_DAY, FeedEntry, write_feed
from app.web.health_sentences import FLAGS, MORE_FLAGS, NAMES, OTHER_FLAG, SENTENCES
from app.web.sentences import gettext_noop as _
from app.web.visit import Visit, VisitDep

from . import store
from .model import ON, Line

language_router = APIRouter()

_GRAVEST: Final = (*NAMES,)
_LATE: Final = _("The worker has not looked for ten minutes: it does not run, or its disk is full.")


@language_router.get("/{language}/health")
def health_page(visit: VisitDep) -> Response:
    with visit.read() as work:
        viewer = identity.find_viewer(work, visit.session_token)
        look = store.get_look(work)
        flags, more_flags = _list_flags(work, visit)
        is_late = look.is_late(work.now)
        hosts = partners.name_witnesses(work)
    ranked = sorted(look.lines, key=lambda line: _GRAVEST.index(line.what))
    lines = tuple(_show(visit, line, hosts) for line in ranked)
    page = HealthPage(
        is_late=is_late,
        red=tuple(line for line in lines if not line.is_good),
        good=tuple(line for line in lines if line.is_good),
        flags=flags,
        more_flags=more_flags,
    )
    return visit.render(page, viewer)


@language_router.get("/{language}/health/feed.atom")
def health_feed(visit: VisitDep) -> Response:
    with visit.read() as work:
        look, (flags, _more) = store.get_look(work), _list_flags(work, visit)
        is_late = look.is_late(work.now)
    entries = [_entry(visit, "worker", visit.translate(_LATE), FIRST_DAY)] if is_late else []
    entries += [_entry(visit, flag.evidence, flag.sentence, flag.day) for flag in flags]
    for line in look.lines:
        # Nothing to be mended, and everybody should know.
        if not line.is_good or line.state == ON:
            said = f"{_name_of(line, visit.translate)}: {_sentence_of(line, visit.translate)}"
            since = line.since or FIRST_DAY
            mark = f"{line.what}:{line.about}:{line.state}:{since}"
            entries.append(_entry(visit, mark, said, since))
    mark, title = f"health:{visit.site.instance_did}", visit.translate(_("Alarms"))
    return write_feed(visit, mark, title, "/health", entries)


def _entry(visit: Visit, mark: str, said: str, day: date) -> FeedEntry:
    return FeedEntry(
        mark=f"health:{visit.site.instance_did}:{mark}",
        title=said,
        day=day,
        path=visit.address("/health"),
    )


def _list_flags(work: Work, visit: Visit) -> tuple[tuple[FlagLine, ...], tuple[str, ...]]:
    """Return what is listed, and what is said of whose flags are too many."""
    names = {each.did: each.name for each in partners.list_partners(work)}
    names[visit.site.instance_did] = visit.site.instance_name

    def name(did: str) -> str:
        return names.get(did or visit.site.instance_did, did)

    listed = partners.list_flags(work)
    shown = Counter(flag.by for flag in listed)
    lines = tuple(
        FlagLine(
            sentence=visit.translate(FLAGS.get(flag.code, OTHER_FLAG))
            % {"by": name(flag.by), "about": name(flag.about)},
            day=flag.day,
            evidence=flag.evidence.hex(),
        )
        for flag in listed
    )
    more = tuple(
        visit.translate(MORE_FLAGS)
        % {"by": name(by), "n": visit.language.number(times - shown[by])}
        for by, times in sorted(partners.count_flags(work).items())
        if times > shown[by]
    )
    return lines, more


def _show(visit: Visit, line: Line, hosts: Mapping[str, str]) -> HealthLine:
    host = hosts.get(line.about) if line.what == "witness" else None
    return HealthLine(
        name=NAMES[line.what],
        about=f"{host} ({line.about})" if host else line.about,
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
    return line.fill(translate(SENTENCES[line.what, line.state]), number)
