"""Rows of answers and of what readers say of them: by marks, and by no day."""

import json
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, func, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.hearings.model import Answer, Found, Says, SpeaksAs, Told
from app.hearings.tables import AnswerRatingRow, AnswerRow, QuestionRow

_ANSWER, _RATING = columns_of(AnswerRow), columns_of(AnswerRatingRow)
_QUESTION = columns_of(QuestionRow)
# Prepared once: pages of threads with a hearing ask for it.
_AMONG: Final = select(_ANSWER).where(_ANSWER.c.post.in_(bindparam("posts", expanding=True)))


def add_answer(work: Work, answer: Answer) -> None:
    """Keep an answer that nobody has rated."""
    values = {
        "post": answer.post,
        "question": answer.question,
        "is_second": answer.is_second,
        "speaks_as": answer.speaks_as.value,
        "says": answer.says.value,
        "is_spoken": answer.is_spoken,
        "share": answer.share,
    }
    work.session.execute(insert(AnswerRow).values(values))


def find_answers(work: Work, posts: Collection[bytes]) -> dict[bytes, Answer]:
    """Return which of these posts are answers of officials, by their digests."""
    rows = work.run(_AMONG, {"posts": list(posts)})
    return {row.post: _answer(row) for row in rows}


def list_answers(work: Work, hearing: str) -> list[Answer]:
    """Return the answers in a thread's hearing, in no order."""
    found = select(_ANSWER).join(_QUESTION, _QUESTION.c.post == _ANSWER.c.question)
    return [_answer(row) for row in work.run(found.where(_QUESTION.c.hearing == hearing))]


def set_told(work: Work, post: bytes, told: Told | None) -> None:
    """Set what readers are told of an answer's ratings."""
    counts = json.dumps([told.counts[found] for found in Found]) if told else ""
    values = {"people": told.people if told else 0, "told": counts}
    work.session.execute(update(AnswerRow).where(AnswerRow.post == post).values(values))


def find_rating(work: Work, post: bytes, mark: bytes) -> Found | None:
    """Return what somebody said of an answer, or None."""
    found = select(_RATING.c.said).where(_RATING.c.post == post, _RATING.c.mark == mark)
    said = work.run(found).scalar_one_or_none()
    return None if said is None else Found(said)


def set_rating(work: Work, post: bytes, mark: bytes, said: Found | None) -> None:
    """Keep what somebody says of an answer, instead of what they said before; None: nothing."""
    one = (_RATING.c.post == post) & (_RATING.c.mark == mark)
    if said is None:
        work.session.execute(delete(_RATING).where(one))
    elif find_rating(work, post, mark) is None:
        work.session.execute(insert(_RATING).values(post=post, mark=mark, said=said.value))
    else:
        work.session.execute(update(_RATING).where(one).values(said=said.value))


def count_ratings(work: Work, post: bytes) -> dict[Found, int]:
    """Return how many people say what of an answer."""
    counted = select(_RATING.c.said, func.count()).where(_RATING.c.post == post)
    rows = work.connection.execute(counted.group_by(_RATING.c.said))
    return {Found(said): count for said, count in rows}


def _answer(row: Row[Any]) -> Answer:
    told = None
    if row.told:
        counts = dict(zip(Found, json.loads(row.told), strict=True))
        told = Told(people=row.people, counts=counts)
    return Answer(
        post=row.post,
        question=row.question,
        is_second=bool(row.is_second),
        speaks_as=SpeaksAs(row.speaks_as),
        says=Says(row.says),
        is_spoken=bool(row.is_spoken),
        share=row.share,
        told=told,
    )
