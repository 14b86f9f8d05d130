"""What a reader who is logged in said of posts, for the buttons under them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from app import identity
from app.db import Work
from app.forum import rules
from app.forum.model import Post
from app.forum.pages import PostItem
from app.web.visit import Visit

_SAID = {True: "yes", False: "no", None: "open"}


def find_rated(
    work: Work, visit: Visit, viewer: identity.Viewer | None, posts: Iterable[Post]
) -> dict[str, str]:
    """Return what the viewer said of the posts that it may rate, by their digests (hex).

    Nothing for whoever is not logged in, whose page is the same for all; nor on a partner's board,
    where ratings count at its home.
    """
    if viewer is None or visit.home:
        return {}
    boards = {
        post.digest: post.board
        for post in posts
        if rules.takes_rating(post) and not viewer.wrote(post.author)
    }
    said = visit.site.find_ratings(work, viewer.root, boards)
    return {digest.hex(): _SAID[said.get(digest)] for digest in boards}


def offer_ratings(items: Iterable[PostItem], rated: Mapping[str, str]) -> tuple[PostItem, ...]:
    """Return posts with the buttons that their reader gets."""
    return tuple(replace(item, rating=rated.get(item.digest, "")) for item in items)
