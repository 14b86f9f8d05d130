"""Whether it was an answer: whoever asked says so, and people drawn by lot (PRODUCT H5).

A rating stands under a mark made with the folder's key, another one for each answer, so that the
database joins neither two ratings nor a rating and a persona. Who is drawn follows from such a mark
as well and is written nowhere: whoever has the database alone cannot tell whom the lot named.
"""

import hmac
from dataclasses import replace
from hashlib import sha256
from typing import Final

from app import forum, identity
from app.db import Work
from app.forum import Post
from app.hearings import store
from app.hearings.errors import NotDrawnError
from app.hearings.model import Answer, Found, QuestionState
from app.hearings.rules import answers as answer_rules
from app.hearings.store import answers as answer_store
from app.hearings.store import drafts
from app.identity.model.ballots import BallotKind
from app.kernel.errors import NotFoundError

from .charters import tell_changed
from .drafting import staff_mark
from .questions import get_question

_RATER: Final = b"goftogu/v1/answer-rater\0"
_LOT: Final = b"goftogu/v1/answer-lot\0"
_LOT_BYTES: Final = 2


def get_answer(work: Work, digest: bytes) -> tuple[Answer, Post]:
    """Return an official's answer that readers can see.

    Raises:
        NotFoundError: there is none.

    """
    post = forum.get_post(work, digest)
    answer = answer_store.find_answers(work, [digest]).get(digest)
    if answer is None:
        raise NotFoundError("no such answer")
    return answer, post


def may_rate(work: Work, marks_key: bytes, viewer: identity.Viewer, answer: Answer) -> bool:
    """Return whether somebody rates an answer: who asked, or whom the lot drew.

    Neither the official nor who writes drafts for them; nor whom nobody answers for, unless they
    asked. `viewer` is as they are known in the thread (`identity.look_in_thread`).
    """
    question = get_question(work, answer.question)
    post = forum.get_post(work, answer.post)
    mark = staff_mark(marks_key, question.hearing, viewer.root)
    if viewer.wrote(post.author) or drafts.is_staff(work, question.hearing, mark):
        return False
    if viewer.wrote(forum.get_post(work, answer.question).author):
        return True
    return (
        is_drawn(marks_key, viewer.root, answer)
        and identity.kind_of(work, viewer.root) is BallotKind.VOUCHED
    )


def is_drawn(marks_key: bytes, root: str, answer: Answer) -> bool:
    """Return whether the lot names a persona for an answer: always the same, for each anew."""
    drawn = _mark(_LOT, marks_key, answer.post, root)[:_LOT_BYTES]
    return int.from_bytes(drawn) < answer.share


def own_rating(work: Work, marks_key: bytes, root: str, answer: Answer) -> Found | None:
    """Return what a persona said of an answer, or None."""
    return answer_store.find_rating(work, answer.post, rater_mark(marks_key, answer.post, root))


def rate_answer(
    work: Work, marks_key: bytes, viewer: identity.Viewer, answer: Answer, said: Found | None
) -> None:
    """Keep what somebody says of an answer instead of what they said before; None takes it back.

    Raises:
        NotDrawnError: neither did they ask, nor were they drawn.
        PersonaLimitedError: they may only read.

    """
    identity.require_unlimited(work, viewer.root)
    if not may_rate(work, marks_key, viewer, answer):
        raise NotDrawnError("neither asked nor drawn")
    answer_store.set_rating(
        work, answer.post, rater_mark(marks_key, answer.post, viewer.root), said
    )
    # What it took the place of must leave the write-ahead log as well.
    work.deleted.append("answer_rating")
    told = answer_rules.tell_ratings(answer_store.count_ratings(work, answer.post), answer.told)
    if told == answer.told:
        return
    answer_store.set_told(work, answer.post, told)
    question = get_question(work, answer.question)
    if told and question.state is QuestionState.ANSWERED:
        store.set_question(work, replace(question, state=QuestionState.RATED))
    tell_changed(work, question.hearing)


def rater_mark(marks_key: bytes, answer: bytes, root: str) -> bytes:
    """Return the 32-byte mark under which a persona rates one answer."""
    return _mark(_RATER, marks_key, answer, root)


def _mark(context: bytes, marks_key: bytes, answer: bytes, root: str) -> bytes:
    return hmac.digest(marks_key, context + answer + b"\0" + root.encode(), sha256)
