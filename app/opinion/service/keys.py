"""Whose posts are one author's."""

from collections.abc import Collection

from app import forum, identity
from app.db import Work


def keys_of(work: Work, post: forum.Post) -> Collection[str]:
    """Return the did:keys under which the author of a post writes, a lone key by itself."""
    if post.author.root is None:
        return [post.author.did]
    return [key for key, *_ in identity.list_keys(work, post.author.root)]
