"""What pages of the forum show of this room: as what an official says an answer."""

from collections.abc import Mapping, Sequence

from app.db import Work
from app.forum import Post, PostKind
from app.hearings.pages.answers import sentences_of
from app.hearings.store import find_answers


def find_sentences(work: Work, posts: Sequence[Post]) -> Mapping[bytes, tuple[str, ...]]:
    """Return what stands beside the words of the answers among some posts, to be translated."""
    digests = [post.digest for post in posts if post.kind is PostKind.ANSWER and post.has_words]
    if not digests:
        return {}
    return {digest: sentences_of(each) for digest, each in find_answers(work, digests).items()}
