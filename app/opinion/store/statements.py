"""Rows of statements, each a post of the forum."""

from collections.abc import Iterable

from sqlalchemy import func, insert, select, update

from app import forum
from app.db import Work
from app.forum import PostKind, ThreadId
from app.kernel.errors import CorruptStateError
from app.opinion.model import Statement
from app.opinion.tables import StatementRow


def add_statement(work: Work, post: bytes, thread: ThreadId, *, is_seed: bool) -> None:
    """Add a statement that nobody sees yet."""
    values = {"post": post, "conversation": thread, "number": None, "is_seed": is_seed}
    work.session.execute(insert(StatementRow).values(values))


def number_statements(work: Work, posts: Iterable[bytes]) -> set[str]:
    """Give statements among these posts their numbers, in this order; return their threads."""
    threads = set[str]()
    for post in posts:
        row = work.session.get(StatementRow, post)
        if row is None or row.number is not None:
            continue
        of_it = StatementRow.conversation == row.conversation
        highest = work.session.scalars(select(func.max(StatementRow.number)).where(of_it)).one()
        numbered = update(StatementRow).where(StatementRow.post == post)
        work.session.execute(numbered.values(number=(highest or 0) + 1))
        threads.add(row.conversation)
    return threads


def find_statement(work: Work, post: bytes) -> tuple[str, int | None] | None:
    """Return the consultation of a statement and its number, or None if a post is none."""
    row = work.session.get(StatementRow, post)
    return None if row is None else (row.conversation, row.number)


def list_statements(work: Work, thread: ThreadId) -> list[Statement]:
    """Return the statements of a consultation that readers have seen, by their numbers."""
    of_it = (StatementRow.conversation == thread) & StatementRow.number.is_not(None)
    rows = work.session.scalars(select(StatementRow).where(of_it).order_by(StatementRow.number))
    opening = forum.get_thread(work, thread).opening
    said = {each.digest: each for each in forum.list_said(work, opening, PostKind.STATEMENT)}
    return [_statement(row, said[row.post]) for row in rows]


def _statement(row: StatementRow, said: forum.Said) -> Statement:
    if row.number is None:
        raise CorruptStateError("a statement that nobody has seen")
    return Statement(
        post=row.post,
        record_id=said.record_id,
        number=row.number,
        text=said.text if said.has_words else "",
        language=said.language,
        is_seed=bool(row.is_seed),
        merged_into=row.merged_into,
        priority=row.priority,
        is_withdrawn=not said.has_words,
    )
