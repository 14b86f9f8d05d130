"""Posts that are more than posts to a hearing."""

from collections.abc import Callable
from typing import Final

from app import forum, tlog
from app.db import Work
from app.forum import Post, PostKind
from app.hearings.errors import JudgedWordsError
from app.records import Owner, VerifiedRecord

from .commitments import accept_commitment, accept_evidence, require_members


def accept_note(work: Work, record: VerifiedRecord, *, of_opinion: Owner) -> tlog.Lane:
    """Take in a post, and what it is to its thread's hearing."""
    with work.attempt():
        lane = of_opinion.accept(work, record)
        post = forum.find_post(work, digest=record.digest)
        if post is not None:
            require_members(record.document, post.kind)
            if (accept := _ACCEPT.get(post.kind)) is not None:
                accept(work, record, post)
    return lane


def accept_revision(work: Work, record: VerifiedRecord, *, of_opinion: Owner) -> tlog.Lane:
    """Take in a revision; what people judge keeps its words."""
    post = forum.find_post(work, record_id=record.document["object"])
    if post is not None and post.kind in _ACCEPT and record.digest not in work.logged:
        raise JudgedWordsError("what people judge cannot be revised")
    return of_opinion.accept(work, record)


_ACCEPT: Final[dict[PostKind, Callable[[Work, VerifiedRecord, Post], None]]] = {
    PostKind.COMMITMENT: accept_commitment,
    PostKind.EVIDENCE: accept_evidence,
}
