"""Who said what already, over all the keys of a persona."""

from collections.abc import Collection

from app import identity
from app.db import Work
from app.forum import Post


def keys_of(work: Work, post: Post) -> Collection[str]:
    """Return the posting keys (did:key) of whoever wrote a post; of a lone key, that one."""
    if post.author.root is None:
        return [post.author.did]
    return [key for key, *_ in identity.list_keys(work, post.author.root)]
