"""Posts of hearings, each kind taken in by who owns it."""

from collections.abc import Callable
from typing import Final

from app import forum, tlog
from app.db import Work
from app.forum import PostKind
from app.records import Owner, VerifiedRecord
from app.records.model import KIND

from .questions import accept_question_note, refuse_statement

_ACCEPT: Final[dict[PostKind, Callable[[Work, VerifiedRecord, forum.Post], None]]] = {
    PostKind.QUESTION: accept_question_note,
    PostKind.STATEMENT: refuse_statement,
}


def accept_note(work: Work, record: VerifiedRecord, *, of_opinion: Owner) -> tlog.Lane:
    """Take in a post, and what it is to its thread's hearing.

    Raises:
        AppError: a room below refuses it, or what its kind is to a hearing does not hold.

    """
    if KIND not in record.document:
        return of_opinion.accept(work, record)
    # Whoever brings many goes on after one that is refused: nothing of it may stay.
    with work.attempt():
        lane = of_opinion.accept(work, record)
        post = forum.find_post(work, digest=record.digest)
        if post is not None and (accept := _ACCEPT.get(post.kind)) is not None:
            accept(work, record, post)
        return lane
