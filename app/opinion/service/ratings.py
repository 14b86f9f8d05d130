"""Ratings: whether a post helps, of every kind that readers rate: posts, context, translations.

A rating stands under a mark made with the folder's key (ADR-0041): the same for one persona on one
board, another on every other board, and opened by nobody who has the database alone. What counts a
week's ratings stands under a mark of that week, so that no row joins two weeks.
"""

import hmac
from datetime import date, timedelta
from hashlib import sha256
from typing import Final

from app import forum, identity
from app.db import Work
from app.forum import Post, PostKind
from app.forum.errors import UnknownPostError
from app.kernel.clock import day_of
from app.opinion import store
from app.opinion.errors import OwnPostError, TooManyRatingsError
from app.opinion.model import Helps, Rating

MOST_A_WEEK: Final = 100
MOST_CONTEXT_A_WEEK: Final = 30
"""A few dozen who rate all day decide most of Community Notes (arXiv:2602.08970)."""


def rater_mark(marks_key: bytes, board: str, root: str) -> bytes:
    """Return the 32-byte mark under which a persona rates on a board (did:key)."""
    context = b"goftogu/v1/rater\0" + board.encode() + b"\0"
    return hmac.digest(marks_key, context + root.encode(), sha256)


def rate(
    work: Work, marks_key: bytes, root: str, post: Post, value: Helps, *, reason: str = ""
) -> None:
    """Keep what a persona says of a post, instead of what it said before; only new ones count.

    Raises:
        UnknownPostError: readers cannot read the post: it waits, is hidden or erased.
        OwnPostError: the persona wrote it.
        PersonaLimitedError: it may read only.
        TooManyRatingsError: it has rated enough for this week.

    """
    identity.require_unlimited(work, root)
    if post.number is None or not post.has_words:
        raise UnknownPostError("no such post to rate")
    if post.author.hand == root:
        raise OwnPostError("nobody rates what they wrote")
    mark = rater_mark(marks_key, post.board, root)
    if store.find_rating(work, post.digest, mark) is None:
        _count(work, marks_key, root, post.kind)
    store.set_rating(work, post.board, store.KeptRating(post.digest, mark, value.value, reason))


def take_back(work: Work, marks_key: bytes, root: str, post: Post) -> None:
    """Forget what a persona said of a post; it stays counted for the week."""
    store.remove_rating(work, post.digest, rater_mark(marks_key, post.board, root))
    # It must leave the write-ahead log as well.
    work.deleted.append("rating")


def own_rating(work: Work, marks_key: bytes, root: str, post: Post) -> Rating | None:
    """Return what a persona said of a post, or None."""
    kept = store.find_rating(work, post.digest, rater_mark(marks_key, post.board, root))
    return None if kept is None else Rating(helps=Helps(kept.helps), reason=kept.reason)


def count_left(work: Work, marks_key: bytes, root: str, kind: PostKind) -> int:
    """Return how many more posts of a kind a persona may rate in this week."""
    counted = store.count_week(work, _week_mark(work, marks_key, root, kind), _week(work))
    return max(_most_of(kind) - counted, 0)


def forget_old_counts(work: Work) -> None:
    """Forget how much was rated in weeks that are over."""
    store.forget_weeks_before(work, _week(work))


def find_rated(work: Work, digest: bytes) -> Post:
    """Return a post that readers can rate.

    Raises:
        UnknownPostError: it waits, is hidden or erased, or is not here.

    """
    post = forum.find_post(work, digest=digest)
    if post is None or post.number is None or not post.has_words:
        raise UnknownPostError("no such post to rate")
    return post


def _count(work: Work, marks_key: bytes, root: str, kind: PostKind) -> None:
    mark, week = _week_mark(work, marks_key, root, kind), _week(work)
    counted = store.count_week(work, mark, week)
    if counted >= _most_of(kind):
        raise TooManyRatingsError("enough ratings for a week")
    store.set_week(work, mark, week, counted + 1)


def _most_of(kind: PostKind) -> int:
    return MOST_CONTEXT_A_WEEK if kind is PostKind.CONTEXT else MOST_A_WEEK


def _week_mark(work: Work, marks_key: bytes, root: str, kind: PostKind) -> bytes:
    # Context has a count of its own: whoever rates many posts can still rate it.
    counted = "context" if kind is PostKind.CONTEXT else "posts"
    context = f"goftogu/v1/ratings-of-week\0{counted}\0{_week(work).isoformat()}\0"
    return hmac.digest(marks_key, context.encode() + root.encode(), sha256)


def _week(work: Work) -> date:
    today = day_of(work.now)
    return today - timedelta(days=today.weekday())
