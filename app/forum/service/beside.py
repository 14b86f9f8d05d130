"""Readers' context that stands under a post, wherever the post is shown.

Whoever calls has decided that it may (room `opinion`); here is only where it stands.
"""

from collections.abc import Iterable, Mapping

from app.db import Work
from app.forum.model import Around, Post, Said, Thread
from app.forum.store import beside

from .boards import subjects_of
from .measures import board_of


def put_beside(work: Work, note: Post, *, stands: bool) -> None:
    """Let a context stand under the post that it is about, or no longer."""
    beside.put_beside(work, note.digest, stands=stands)
    work.changed.update(subjects_of(note.thread, board_of(work, note).did))


def look_around(work: Work, thread: Thread, posts: Iterable[Post], language: str) -> Around:
    """Return what the page of a thread shows beside some posts of it: see `Around`."""
    readable = {post.digest for post in posts if post.has_words}
    return beside.look_around(work, thread.opening, readable, language)


def list_beside(work: Work, posts: Iterable[Post]) -> Mapping[bytes, list[Said]]:
    """Return the context that stands under posts, by post: none under one whose words are gone."""
    return beside.list_beside(work, [post.digest for post in posts if post.has_words])
