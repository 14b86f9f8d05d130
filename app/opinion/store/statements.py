"""Rows of statements, each a post of the forum."""

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, bindparam, func, insert, select, update

from app import forum
from app.db import Work
from app.db.tables import columns_of
from app.forum import PostKind, ThreadId
from app.kernel.errors import CorruptStateError
from app.opinion.model import Statement
from app.opinion.tables import StatementRow

_STATEMENT: Final = columns_of(StatementRow)
_OF_IT: Final = _STATEMENT.c.conversation == bindparam("thread")
_AMONG: Final = _STATEMENT.c.number.in_(bindparam("numbers", expanding=True))
_IS_ASKED: Final = (
    _OF_IT,
    _STATEMENT.c.number.is_not(None),
    _STATEMENT.c.merged_into.is_(None),
    _STATEMENT.c.is_left_out.is_(False),
)
_ASKED_AMONG: Final = select(_STATEMENT.c.number, _STATEMENT.c.post).where(*_IS_ASKED, _AMONG)
_WEIGHTS: Final = (
    select(_STATEMENT.c.number, _STATEMENT.c.post, _STATEMENT.c.priority)
    .where(*_IS_ASKED)
    .order_by(_STATEMENT.c.number)
)
_SOME: Final = select(_STATEMENT).where(_OF_IT, _AMONG).order_by(_STATEMENT.c.number)
_AMONG_POSTS: Final = select(_STATEMENT).where(
    _STATEMENT.c.post.in_(bindparam("posts", expanding=True)), _STATEMENT.c.number.is_not(None)
)
_UNNUMBERED: Final = select(_STATEMENT.c.post, _STATEMENT.c.conversation).where(
    _STATEMENT.c.post.in_(bindparam("posts", expanding=True)), _STATEMENT.c.number.is_(None)
)
_COUNT: Final = select(func.count(_STATEMENT.c.number)).where(_OF_IT)


class Weight(NamedTuple):
    """A statement as it is drawn: its number, its post, and how much is learnt from asking it."""

    number: int
    post: bytes
    priority: int


def add_statement(work: Work, post: bytes, thread: ThreadId, *, is_seed: bool) -> None:
    """Add a statement that nobody sees yet."""
    values = {"post": post, "conversation": thread, "number": None, "is_seed": is_seed}
    work.session.execute(insert(StatementRow).values(values))


def set_left_out(work: Work, post: bytes, *, is_left_out: bool) -> None:
    """Set whether voters are asked about a statement no more, or again."""
    found = update(StatementRow).where(StatementRow.post == post)
    work.session.execute(found.values(is_left_out=is_left_out))


def number_statements(work: Work, posts: Iterable[bytes]) -> set[str]:
    """Give statements among these posts their numbers, in this order; return their threads."""
    order = list(posts)
    # Asked once for all: few posts are statements, and a tick has many.
    threads = {row.post: row.conversation for row in work.run(_UNNUMBERED, {"posts": order})}
    for post in filter(threads.__contains__, order):
        of_it = StatementRow.conversation == threads[post]
        highest = work.session.scalars(select(func.max(StatementRow.number)).where(of_it)).one()
        numbered = update(StatementRow).where(StatementRow.post == post)
        work.session.execute(numbered.values(number=(highest or 0) + 1))
    return set(threads.values())


def list_asked_among(work: Work, thread: ThreadId, numbers: Collection[int]) -> set[int]:
    """Return which of these numbers are of statements that voters are asked about.

    For each vote: the list of all statements is never read whole.
    """
    rows = work.run(_ASKED_AMONG, {"thread": thread, "numbers": list(numbers)}).all()
    readable = forum.list_readable(work, [row.post for row in rows])
    return {row.number for row in rows if row.post in readable}


def list_weights(work: Work, thread: ThreadId) -> list[Weight]:
    """Return the statements that are neither merged nor left out, without their words."""
    rows = work.run(_WEIGHTS, {"thread": thread})
    return [Weight(row.number, row.post, row.priority) for row in rows]


def list_some(work: Work, thread: ThreadId, numbers: Collection[int]) -> list[Statement]:
    """Return the statements with these numbers, by their numbers."""
    rows = work.run(_SOME, {"thread": thread, "numbers": list(numbers)}).all()
    said = {each.digest: each for each in forum.list_said_by(work, [row.post for row in rows])}
    return [_statement(row, said[row.post]) for row in rows]


def list_statements_of(work: Work, posts: Collection[bytes]) -> list[Statement]:
    """Return the statements that these posts are and readers have seen, in no order."""
    rows = work.run(_AMONG_POSTS, {"posts": list(posts)}).all()
    said = {each.digest: each for each in forum.list_said_by(work, [row.post for row in rows])}
    return [_statement(row, said[row.post]) for row in rows]


def list_statements(work: Work, thread: ThreadId) -> list[Statement]:
    """Return the statements of a consultation that readers have seen, by their numbers."""
    of_it = (StatementRow.conversation == thread) & StatementRow.number.is_not(None)
    rows = work.session.scalars(select(StatementRow).where(of_it).order_by(StatementRow.number))
    opening = forum.get_thread(work, thread).opening
    said = {
        each.digest: each
        for kind in (PostKind.STATEMENT, PostKind.QUESTION)
        for each in forum.list_said(work, opening, kind)
    }
    return [_statement(row, said[row.post]) for row in rows]


def shown_of(said: forum.Said) -> str:
    """Return what voters read of a statement: its only line, or the first of a question."""
    return said.text.partition("\n")[0]


def _statement(row: StatementRow | Row[Any], said: forum.Said) -> Statement:
    if row.number is None:
        raise CorruptStateError("a statement that nobody has seen")
    return Statement(
        post=row.post,
        record_id=said.record_id,
        number=row.number,
        text=shown_of(said) if said.has_words else "",
        language=said.language,
        is_seed=bool(row.is_seed),
        merged_into=row.merged_into,
        priority=row.priority,
        is_withdrawn=not said.has_words,
        is_left_out=bool(row.is_left_out),
    )
