"""Atom feeds (RFC 4287) of lists: each entry leads to the list, or to a page of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.etree import ElementTree as ET

from starlette.responses import Response

from .coding import etag_of
from .pages import ShutdownLine
from .shutdown_sentences import ADVICE, SINCE
from .visit import Visit

MOST_ENTRIES: Final = 50
_ATOM: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
FIRST_DAY: Final = date(2026, 1, 1)
ET.register_namespace("", _ATOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One line of a list."""

    mark: str
    """Names it for good: the id of a record, or after `urn:goftogu:`; another one is another piece
    of news."""
    title: str
    day: date
    path: str
    """Where it is read, below the site's origin."""
    summary: str = ""
    language: str = ""
    """Of the title, where that is an author's; the page's otherwise."""
    author: str = ""
    """The host's name otherwise."""
    category: tuple[str, str] = ("", "")
    """Its term, and what it is called."""
    text: str = ""
    text_language: str = ""
    html: str = ""
    """Rendered by us."""


def render_feed(
    visit: Visit, mark: str, title: str, path: str, entries: Iterable[FeedEntry]
) -> Response:
    """Return the feed of the list at a path, the newest first; its ETag saves asking again.

    `path` is the list's page, without the language. In shutdown mode the first entry says so.
    """
    shown = sorted(entries, key=lambda entry: entry.day, reverse=True)[:MOST_ENTRIES]
    return write_feed(visit, f"{mark}:{visit.site.instance_did}", title, path, shown)


def write_feed(
    visit: Visit, mark: str, title: str, path: str, entries: Sequence[FeedEntry], query: str = ""
) -> Response:
    """Return a feed of entries as they stand; `query` narrows its list, and begins with `?`.

    `mark` names it for good, as an entry's does.
    """
    shown = [*entries]
    if visit.site.sign.line:
        shown.insert(0, show_shutdown(visit, visit.site.sign.line))
    origin = visit.listener.origin
    feed = ET.Element(_tag("feed"), {_LANG: visit.language.code})
    _add(feed, "id", _name(mark) + query)
    _add(feed, "title", title)
    _add(feed, "updated", _moment(max((entry.day for entry in shown), default=FIRST_DAY)))
    _add(feed, "link", href=origin + visit.address(path + query))
    _add(feed, "link", rel="self", href=origin + visit.path + query)
    author = ET.SubElement(feed, _tag("author"))
    _add(author, "name", visit.site.instance_name)
    for each in shown:
        _add_entry(feed, visit, each)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    headers = {"ETag": etag_of(body), "Cache-Control": "private, max-age=0"}
    return Response(body, media_type="application/atom+xml", headers=headers)


def _add_entry(feed: ET.Element, visit: Visit, said: FeedEntry) -> None:
    entry = ET.SubElement(feed, _tag("entry"), {_LANG: said.language or visit.language.code})
    _add(entry, "id", _name(said.mark))
    _add(entry, "title", said.title or "—")
    _add(entry, "updated", _moment(said.day))
    _add(entry, "link", href=visit.listener.origin + said.path)
    if said.author:
        author = ET.SubElement(entry, _tag("author"))
        _add(author, "name", said.author)
    term, label = said.category
    if term:
        _add(entry, "category", term=term, label=label)
    if said.summary:
        _add(entry, "summary", said.summary)
    if said.text:
        lang = {_LANG: said.text_language} if said.text_language else {}
        _add(entry, "content", said.text, type="text", **lang)
    if said.html:
        _add(entry, "content", said.html, type="html")


def show_shutdown(visit: Visit, line: ShutdownLine) -> FeedEntry:
    """Say that the host is in shutdown mode, and what to do."""
    return FeedEntry(
        mark=f"shutdown:{visit.site.instance_did}:{line.number}",
        title=visit.translate(SINCE) % {"day": visit.language.day(line.since)},
        day=line.since,
        path=visit.address("/bundles"),
        summary=visit.translate(ADVICE),
    )


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    ET.SubElement(parent, _tag(name), attributes).text = text


def _name(mark: str) -> str:
    return mark if mark.startswith("ap://") else f"urn:goftogu:{mark}"


def _tag(name: str) -> str:
    return f"{{{_ATOM}}}{name}"


def _moment(day: date) -> str:
    return f"{day.isoformat()}T00:00:00Z"
