"""Atom feeds (RFC 4287) of boards and threads, written with the standard library's XML."""

from datetime import date
from typing import Annotated
from xml.etree import ElementTree as ET

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import identity
from app.forum import service, store
from app.forum.forms import parse_tag
from app.forum.model import POSTS_PER_PAGE, Post, PostKind, ThreadSort
from app.forum.pages import build
from app.web.atom import show_shutdown
from app.web.coding import etag_of
from app.web.markup import excerpt, render_post
from app.web.pages import ShutdownLine
from app.web.rules import LABEL_NAMES
from app.web.visit import Visit, VisitDep

router = APIRouter()

_ATOM = "http://www.w3.org/2005/Atom"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
ET.register_namespace("", _ATOM)


@router.get("/{language}/b/{slug}/feed.atom")
def board_feed(
    visit: VisitDep, slug: str, asked: Annotated[str, Query(alias="tag")] = ""
) -> Response:
    tag = parse_tag(asked)
    with visit.read() as work:
        board = service.get_board(work, slug)
        posts = store.list_latest_posts(work, board.did, service.FEED_LENGTH, tag)
    if posts or not tag:
        visit.share(f"board:{board.did}", identity.NAMES)
    title = build.in_language(board.name, visit.language.code)
    query = build.tag_query(tag)
    feed_id = f"urn:goftogu:board:{board.did}{query}"
    title = f"{title} #{tag}" if tag else title
    return _feed(visit, feed_id, title, f"/b/{slug}", query, posts)


@router.get("/{language}/latest/feed.atom")
def latest_feed(visit: VisitDep) -> Response:
    """Return the newest threads of all boards."""
    with visit.read() as work:
        threads, _pages = service.list_threads(work, board=None, sort=ThreadSort.NEW, page=1)
    visit.share(service.FRONT, identity.NAMES)
    feed_id = f"urn:goftogu:latest:{visit.site.instance_did}"
    posts = [each.opening for each in threads]
    return _feed(visit, feed_id, visit.site.instance_name, "/latest", "", posts)


@router.get("/{language}/t/{thread_id}/feed.atom")
def thread_feed(visit: VisitDep, thread_id: str) -> Response:
    with visit.read() as work:
        thread = service.get_thread(work, thread_id)
        opening = service.get_post(work, thread.opening)
        first = max(1, thread.post_count - POSTS_PER_PAGE + 1)
        posts = store.list_posts(work, thread.id, first, thread.post_count)[::-1]
    visit.share(f"thread:{thread.id}", identity.NAMES)
    title = opening.version.text.title or "—"
    return _feed(visit, opening.record_id, title, f"/t/{thread_id}", "", posts)


def _feed(
    visit: Visit,
    feed_id: str,
    title: str,
    path: str,
    query: str,
    posts: list[Post],
) -> Response:
    """Build a feed; its ETag lets a reader ask again for nothing."""
    origin = visit.listener.origin
    feed = ET.Element(f"{{{_ATOM}}}feed", {_LANG: visit.language.code})
    shutdown = visit.site.sign.line
    newest = max(
        [post.day for post in posts] + ([shutdown.since] if shutdown else []),
        default=date(2026, 1, 1),
    )
    _add(feed, "id", feed_id)
    _add(feed, "title", title)
    _add(feed, "updated", f"{newest.isoformat()}T00:00:00Z")
    _add(feed, "link", href=origin + visit.address(path + query))
    _add(feed, "link", rel="self", href=origin + visit.path + query)
    if shutdown:
        _add_shutdown(feed, visit, shutdown)
    for post in posts:
        # Context that readers proposed stands on its own page until others found it helpful.
        if post.has_words and post.kind is not PostKind.CONTEXT:
            _add_entry(feed, visit, post)
    body = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    headers = {"ETag": etag_of(body), "Cache-Control": "private, max-age=0"}
    return Response(body, media_type="application/atom+xml", headers=headers)


def _add_shutdown(feed: ET.Element, visit: Visit, line: ShutdownLine) -> None:
    """Say first that the host is in shutdown mode, and what to do."""
    said = show_shutdown(visit, line)
    entry = ET.SubElement(feed, f"{{{_ATOM}}}entry", {_LANG: visit.language.code})
    _add(entry, "id", f"urn:goftogu:{said.mark}")
    _add(entry, "title", said.title)
    _add(entry, "updated", f"{said.day.isoformat()}T00:00:00Z")
    _add(entry, "link", href=visit.listener.origin + said.path)
    _add(entry, "summary", said.summary)


def _add_entry(feed: ET.Element, visit: Visit, post: Post) -> None:
    text = post.version.text
    entry = ET.SubElement(feed, f"{{{_ATOM}}}entry", {_LANG: text.language})
    _add(entry, "id", post.record_id)
    told = "" if post.is_sensitive else excerpt(text.markdown, 80)
    _add(entry, "title", text.title or told or f"#{post.number}")
    _add(entry, "updated", f"{post.version.day.isoformat()}T00:00:00Z")
    href = visit.listener.origin + visit.address(f"/p/{post.digest.hex()}")
    _add(entry, "link", href=href)
    author = ET.SubElement(entry, f"{{{_ATOM}}}author")
    _add(author, "name", build.byline(post, visit.language))
    name = visit.translate(LABEL_NAMES[post.label]) if post.label else ""
    if name:
        _add(entry, "category", term=post.label, label=name)
    if post.is_sensitive:
        # Readers of feeds fold nothing away: the words are where the link leads.
        _add(entry, "summary", name)
    else:
        _add(entry, "content", str(render_post(text.markdown)), type="html")


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> None:
    ET.SubElement(parent, f"{{{_ATOM}}}{name}", attributes).text = text
