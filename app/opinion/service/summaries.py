"""Summaries: a thread so far, in sentences that each cite posts of it."""

from typing import Final

from app import forum
from app.db import Work
from app.forum import Post, PostKind, ThreadId
from app.opinion import store
from app.opinion.errors import SummaryUnfitError
from app.opinion.model import Summary
from app.opinion.rules.sentences import read_sentences
from app.opinion.rules.summaries import require_cited
from app.opinion.rules.translations import weigh_ratings
from app.records import VerifiedRecord

_NO_SOURCES: Final = frozenset({PostKind.TRANSLATION, PostKind.SUMMARY})


def accept_summary(work: Work, record: VerifiedRecord, post: Post) -> None:
    """Require that a post can be a summary of its thread.

    Raises:
        SummaryUnfitError: it does not answer the post that opened the thread.
        UncitedError, CitesNothingError: see `rules`.

    """
    if record.digest in work.logged:
        return
    thread = forum.find_thread(work, post.thread)
    if thread is None or post.parent != thread.opening:
        raise SummaryUnfitError("a summary answers the post that opened its thread")
    numbers = {
        number
        for sentence in read_sentences(post.version.text.markdown)
        for number in sentence.cites
    }
    cited = list_cited(work, post.thread, numbers)
    citable = {
        number for number, each in cited.items() if each.has_words and each.kind not in _NO_SOURCES
    }
    require_cited(post.version.text, citable)


def list_cited(work: Work, thread: ThreadId, numbers: set[int]) -> dict[int, Post]:
    """Return the posts of a thread that readers see at these numbers, with or without words."""
    found = forum.list_posts_at(work, thread, numbers)
    return {post.number: post for post in found if post.number is not None}


def list_summaries(work: Work, thread: ThreadId) -> list[Summary]:
    """Return the summaries of a thread that readers can read: the best rated first, then newest."""
    opening = forum.get_thread(work, thread).opening
    said = forum.list_said(work, opening, PostKind.SUMMARY)
    shown = [each.digest for each in said if each.number is not None and each.has_words]
    ratings = store.count_helpful(work, shown)
    posts = [forum.find_post(work, digest=digest) for digest in shown]
    found = [
        Summary(
            post=post,
            sentences=tuple(read_sentences(post.version.text.markdown)),
            helpful=ratings.get(post.digest, (0, 0))[0],
            ratings=ratings.get(post.digest, (0, 0))[1],
        )
        for post in posts
        if post is not None
    ]
    return sorted(found, key=_rank)


def _rank(summary: Summary) -> tuple[float, int]:
    weight = weigh_ratings(summary.helpful, summary.ratings)
    return -weight, -(summary.post.number or 0)
