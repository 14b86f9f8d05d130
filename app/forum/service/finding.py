"""Searching: which posts hold the words of a question, and in which order they are shown."""

from typing import Final

from app.db import Work
from app.forum import rules, search, store
from app.forum.model import Post
from app.kernel.fold import questions_of

MOST_QUESTIONS: Final = 12
MOST_COMPARED: Final = 200


def find_posts(
    work: Work, question: str, facets: search.Facets, *, before: int | None, limit: int
) -> list[Post]:
    """Return the newest posts that hold every word of a question."""
    asked = questions_of(question)[:MOST_QUESTIONS]
    places = search.find_posts(work, asked, facets, before=before, limit=limit)
    return store.list_at_places(work, places)


def find_best(
    work: Work, question: str, facets: search.Facets, *, before: int | None
) -> list[Post]:
    """Return the posts that `find_posts` returns, those that fit best first, of equals the newest.

    The newest MOST_COMPARED are compared, by `rules.weigh` and not by the database: its index knows
    which words a post holds and not how often, and both databases are to give one order.
    """
    found = find_posts(work, question, facets, before=before, limit=MOST_COMPARED)
    asked = questions_of(question)[:MOST_QUESTIONS]
    weights = {post.digest: rules.weigh(asked, post.version.text) for post in found}
    return sorted(found, key=lambda post: -weights[post.digest])
