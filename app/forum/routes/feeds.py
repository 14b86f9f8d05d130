"""Atom feeds (RFC 4287) of boards and threads."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from app import identity
from app.forum import service, store
from app.forum.forms import parse_tag
from app.forum.model import POSTS_PER_PAGE, Post, PostKind, ThreadSort
from app.forum.pages import build
from app.web.atom import FeedEntry, write_feed
from app.web.markup import excerpt, render_post
from app.web.rules import LABEL_NAMES
from app.web.visit import Visit, VisitDep

router = APIRouter()


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
    mark = f"board:{board.did}"
    title = f"{title} #{tag}" if tag else title
    return _feed(visit, mark, title, f"/b/{slug}", query, posts)


@router.get("/{language}/latest/feed.atom")
def latest_feed(visit: VisitDep) -> Response:
    """Return the newest threads of all boards."""
    with visit.read() as work:
        threads, _pages = service.list_threads(work, board=None, sort=ThreadSort.NEW, page=1)
    visit.share(service.FRONT, identity.NAMES)
    mark = f"latest:{visit.site.instance_did}"
    posts = [each.opening for each in threads]
    return _feed(visit, mark, visit.site.instance_name, "/latest", "", posts)


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
    visit: Visit, mark: str, title: str, path: str, query: str, posts: list[Post]
) -> Response:
    # Context that readers proposed stands on its own page until others found it helpful.
    entries = [
        _entry(visit, post)
        for post in posts
        if post.has_words and post.kind is not PostKind.CONTEXT
    ]
    return write_feed(visit, mark, title, path, entries, query)


def _entry(visit: Visit, post: Post) -> FeedEntry:
    text, label = post.version.text, post.label or ""
    told = "" if post.is_sensitive else excerpt(text.markdown, 80)
    name = visit.translate(LABEL_NAMES[post.label]) if post.label else ""
    return FeedEntry(
        mark=post.record_id,
        title=text.title or told or f"#{post.number}",
        day=post.version.day,
        path=visit.address(f"/p/{post.digest.hex()}"),
        # Readers of feeds fold nothing away: the words are where the link leads.
        summary=name if post.is_sensitive else "",
        language=text.language,
        author=build.byline(post, visit.language),
        category=(label, name) if name else ("", ""),
        html="" if post.is_sensitive else str(render_post(text.markdown)),
    )
