"""Rows of questions."""

from collections.abc import Collection
from dataclasses import asdict
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, bindparam, case, func, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.forum.model import ThreadId
from app.hearings.model import DeclineCode, HeardQuestion, QuestionState
from app.hearings.tables import QuestionRow

_QUESTION: Final = columns_of(QuestionRow)
# Prepared once: every page of posts asks for it.
_AMONG: Final = select(_QUESTION).where(_QUESTION.c.post.in_(bindparam("posts", expanding=True)))
_WAITING: Final = (QuestionState.WAITING.value, QuestionState.FOLLOWED_UP.value)


def add_question(work: Work, post: bytes, hearing: str, asked_on: date) -> None:
    """Keep a question that nobody has looked at yet; `hearing` is its thread."""
    values = {
        "post": post,
        "hearing": hearing,
        "state": QuestionState.ASKED.value,
        "asked_on": asked_on,
    }
    work.session.execute(insert(QuestionRow).values(values))


def find_question(work: Work, post: bytes) -> HeardQuestion | None:
    """Return a question of a hearing by the digest of its post, or None."""
    row = work.session.scalars(select(QuestionRow).where(QuestionRow.post == post)).one_or_none()
    return None if row is None else _question(row)


def list_questions(
    work: Work,
    hearing: str,
    states: Collection[QuestionState] = (),
    *,
    offset: int = 0,
    limit: int | None = None,
) -> list[HeardQuestion]:
    """Return questions of a thread's hearing, those in some states or all.

    Those that wait stand first, the oldest of them first; the others by the day they were asked.
    """
    order = case((QuestionRow.state.in_(_WAITING), 0), else_=1)
    found = select(QuestionRow).where(QuestionRow.hearing == hearing)
    if states:
        found = found.where(QuestionRow.state.in_([state.value for state in states]))
    rows = work.session.scalars(
        found.order_by(order, QuestionRow.waits_since, QuestionRow.asked_on, QuestionRow.post)
        .offset(offset)
        .limit(limit)
    )
    return [_question(row) for row in rows]


def list_chosen(work: Work, hearing: str) -> list[HeardQuestion]:
    """Return the questions of a thread's hearing that were chosen, in the order of all of them."""
    chosen = QuestionRow.chosen != ""
    rows = work.session.scalars(
        select(QuestionRow)
        .where(QuestionRow.hearing == hearing, chosen)
        .order_by(QuestionRow.waits_since, QuestionRow.asked_on, QuestionRow.post)
    )
    return [_question(row) for row in rows]


def list_newest(work: Work, hearing: str, limit: int) -> list[HeardQuestion]:
    """Return the questions of a thread's hearing that were asked last, the newest first."""
    rows = work.session.scalars(
        select(QuestionRow)
        .where(QuestionRow.hearing == hearing)
        .order_by(QuestionRow.asked_on.desc(), QuestionRow.post.desc())
        .limit(limit)
    )
    return [_question(row) for row in rows]


def list_waiting(work: Work) -> list[HeardQuestion]:
    """Return the questions of all hearings that wait for an official, the oldest first."""
    rows = work.session.scalars(
        select(QuestionRow)
        .where(QuestionRow.state.in_(_WAITING))
        .order_by(QuestionRow.waits_since, QuestionRow.asked_on, QuestionRow.post)
    )
    return [_question(row) for row in rows]


def count_questions(work: Work, hearing: str) -> dict[QuestionState, int]:
    """Return how many questions of a thread's hearing stand where."""
    rows = work.session.execute(
        select(QuestionRow.state, func.count())
        .where(QuestionRow.hearing == hearing)
        .group_by(QuestionRow.state)
    )
    return {QuestionState(state): count for state, count in rows}


def list_states(work: Work, posts: Collection[bytes]) -> dict[bytes, HeardQuestion]:
    """Return those of these posts that are questions, by their digests."""
    rows = work.run(_AMONG, {"posts": list(posts)})
    return {row.post: _question(row) for row in rows}


def set_question(work: Work, question: HeardQuestion) -> None:
    """Keep a question as it stands now: all but its post, its hearing and its day."""
    values = asdict(question)
    for fixed in ("post", "hearing", "asked_on"):
        del values[fixed]
    values["state"] = question.state.value
    values["code"] = question.code.value if question.code else ""
    found = update(QuestionRow).where(QuestionRow.post == question.post)
    work.session.execute(found.values(values))


def _question(row: QuestionRow | Row[Any]) -> HeardQuestion:
    return HeardQuestion(
        post=row.post,
        hearing=ThreadId(row.hearing),
        state=QuestionState(row.state),
        code=DeclineCode(row.code) if row.code else None,
        why=row.why,
        appeals=row.appeals,
        is_appealed=bool(row.is_appealed),
        decliner=row.decliner,
        asked_on=row.asked_on,
        chosen=row.chosen,
        waits_since=row.waits_since,
        answer=row.answer,
        answered_on=row.answered_on,
        follow_up=row.follow_up,
    )
