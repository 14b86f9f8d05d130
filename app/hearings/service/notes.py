"""Posts of hearings, each kind taken in by who owns it."""

from collections.abc import Callable
from typing import Final

from app import forum, tlog
from app.db import Work
from app.forum import PostKind
from app.hearings import codec
from app.hearings.errors import JudgedWordsError
from app.records import Owner, VerifiedRecord
from app.records.model import KIND

from .answers import accept_answer, accept_follow_up
from .commitments import accept_commitment, accept_evidence
from .questions import accept_question_note, refuse_statement

_ACCEPT: Final[dict[PostKind, Callable[[Work, VerifiedRecord, forum.Post], None]]] = {
    PostKind.QUESTION: accept_question_note,
    PostKind.ANSWER: accept_answer,
    PostKind.FOLLOW_UP: accept_follow_up,
    PostKind.STATEMENT: refuse_statement,
    PostKind.COMMITMENT: accept_commitment,
    PostKind.EVIDENCE: accept_evidence,
}
_JUDGED: Final = {PostKind.COMMITMENT, PostKind.EVIDENCE}


def accept_note(work: Work, record: VerifiedRecord, *, of_opinion: Owner) -> tlog.Lane:
    """Take in a post, and what it is to its thread's hearing.

    Raises:
        AppError: a room below refuses it, or what its kind is to a hearing does not hold.

    """
    if not ({KIND} | codec.JUDGED) & record.document.keys():
        return of_opinion.accept(work, record)
    # Whoever brings many goes on after one that is refused: nothing of it may stay.
    with work.attempt():
        lane = of_opinion.accept(work, record)
        post = forum.find_post(work, digest=record.digest)
        if post is not None:
            codec.require_members(record.document, post.kind)
            if (accept := _ACCEPT.get(post.kind)) is not None:
                accept(work, record, post)
        return lane


def accept_revision(work: Work, record: VerifiedRecord, *, of_opinion: Owner) -> tlog.Lane:
    """Take in a revision; commitments and evidence keep the words by which people judge them.

    Raises:
        AppError: a room below refuses it.
        JudgedWordsError: it revises a commitment, or evidence.

    """
    post = forum.find_post(work, record_id=record.document["object"])
    if post is not None and post.kind in _JUDGED and record.digest not in work.logged:
        raise JudgedWordsError("what people judge cannot be revised")
    return of_opinion.accept(work, record)
