"""Searching: which posts hold the words of a question, and in which order they are shown."""

from collections.abc import Sequence
from typing import Final

from app import identity
from app.db import Work
from app.forum import rules, search, store
from app.forum.model import Post
from app.kernel.fold import questions_of

MOST_QUESTIONS: Final = 12
MOST_COMPARED: Final = 200
INDEXED_TOGETHER: Final = 500


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


def put_in_index(work: Work, digests: Sequence[bytes]) -> None:
    """Put shown posts' current words into the index; of an erased one nothing is left to find."""
    index_posts(work, search.list_indexable(work, digests))


def index_posts(work: Work, posts: Sequence[search.Indexable]) -> None:
    """Put posts into the index under their authors; none may be there already."""
    authors = identity.list_authors(work, list({post.author for post in posts}))
    marks = {author.did: author.fingerprint for author in authors}
    search.add_posts(work, [(post, marks[post.author]) for post in posts])


def fill_index(work: Work) -> int:
    """Index the newest posts below those that are indexed; returns how many, none once all are.

    A part at a time, so that writers wait for none of it long and readers find the newest first.
    """
    posts = search.list_below(work, search.find_oldest(work), INDEXED_TOGETHER)
    index_posts(work, posts)
    return len(posts)
