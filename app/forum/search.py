"""The index of words, on SQLite's FTS5 and PostgreSQL's tsvector alike: same question, same answer.

Both get words that `kernel/fold.py` has folded, so neither engine's own idea of a language matters.
Beside its words a post has facets: its board, author, day and language, as words that nobody types.
A post is known by its place in the log, so that the newest come first without sorting.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, bindparam, select, text

from app.db import Work
from app.db.tables import columns_of
from app.kernel.fold import words_of

from .model import PostKind
from .tables import BoardRow, PostRow, ThreadRow, VersionRow

_MOST_WORDS: Final = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Facets:
    """What a search can be narrowed to; empty means anything."""

    board: str = ""
    author: str = ""
    """Fingerprint, without spaces."""
    day: date | None = None

    def words(self) -> tuple[str, ...]:
        """Return the facets as words of the index."""
        found = []
        if self.board:
            found.append(f"board{self.board.replace('-', '')}")
        if self.author:
            found.append(f"author{self.author}")
        if self.day:
            found.append(f"day{self.day:%Y%m%d}")
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexable:
    """What a shown post's current version gives to the index."""

    place: int
    content: str
    author: str
    """did:key of the author's posting key."""
    board: str
    day: date


_POST, _VERSION, _BOARD = columns_of(PostRow), columns_of(VersionRow), columns_of(BoardRow)
_THREAD = columns_of(ThreadRow)
_PARENT = _POST.alias("parent_post")
_SELECT_INDEXABLE = (
    select(
        _POST.c.log_index, _POST.c.author, _POST.c.day,
        _VERSION.c.title, _VERSION.c.text, _BOARD.c.slug,
    )
    .join(_VERSION, _VERSION.c.digest == _POST.c.current)
    .join(_THREAD, _THREAD.c.id == _POST.c.thread)
    .join(_BOARD, _BOARD.c.did == _THREAD.c.board)
    # A translation is found as long as its original can be read.
    .outerjoin(
        _PARENT,
        (_PARENT.c.digest == _POST.c.parent) & (_POST.c.kind == PostKind.TRANSLATION.value),
    )
    .where(
        _POST.c.log_index.is_not(None), _POST.c.erased_on.is_(None), ~_POST.c.is_hidden,
        _PARENT.c.erased_on.is_(None), _PARENT.c.is_hidden.is_not(True),
    )
)  # fmt: skip
_LIST_OF_POSTS = _SELECT_INDEXABLE.where(_POST.c.digest.in_(bindparam("keys", expanding=True)))
_LIST_INDEXABLE = _SELECT_INDEXABLE.order_by(_POST.c.log_index.desc()).limit(bindparam("most"))
_LIST_BELOW = _LIST_INDEXABLE.where(_POST.c.log_index < bindparam("place"))
_FIND_OLDEST = text("SELECT rowid FROM post_search ORDER BY rowid LIMIT 1")
_REMOVE = text("DELETE FROM post_search WHERE rowid = :place")
_ADD_SQLITE = text("INSERT INTO post_search(rowid, words, facets) VALUES (:place, :words, :marks)")
# All posts as one JSON text: the driver writes an array word by word.
_ADD_POSTGRES = text(
    "INSERT INTO post_search(rowid, words) SELECT place, array_to_tsvector(words)"
    " FROM json_to_recordset(CAST(:rows AS json)) AS rows (place bigint, words text[])"
)


def list_indexable(work: Work, posts: Sequence[bytes]) -> list[Indexable]:
    """Return what posts give to the index; those that wait or were erased give nothing."""
    return [_indexable(row) for row in work.run(_LIST_OF_POSTS, {"keys": posts})]


def list_below(work: Work, place: int | None, most: int) -> list[Indexable]:
    """Return what the newest posts give to the index, below a place of the log if one is given."""
    query, values = (_LIST_INDEXABLE, {}) if place is None else (_LIST_BELOW, {"place": place})
    return [_indexable(row) for row in work.run(query, {**values, "most": most})]


def _indexable(row: Row[Any]) -> Indexable:
    return Indexable(
        place=row.log_index,
        content=f"{row.title or ''}\n{row.text}",
        author=row.author,
        board=row.slug,
        day=row.day,
    )


def add_posts(work: Work, posts: Sequence[tuple[Indexable, str]]) -> None:
    """Put posts into the index, each with its author's fingerprint; none may be there already."""
    if not posts:
        return
    connection = work.session.connection()
    if _is_sqlite(work):
        connection.execute(_ADD_SQLITE, [_sqlite_row(*post) for post in posts])
    else:
        rows = [_postgres_row(*post) for post in posts]
        connection.execute(_ADD_POSTGRES, {"rows": json.dumps(rows, ensure_ascii=False)})


def remove_from_index(work: Work, places: Sequence[int]) -> int:
    """Take posts out of the index, their words at once overwritten; return how many were in it."""
    connection = work.session.connection()
    return sum(connection.execute(_REMOVE, {"place": place}).rowcount for place in places)


def find_posts(
    work: Work,
    questions: Sequence[tuple[str, ...]],
    facets: Facets,
    *,
    before: int | None,
    limit: int,
) -> list[int]:
    """Return the places of posts that hold every question in one of its forms, newest first."""
    marks = facets.words()
    if not questions and not marks:
        return []
    if _is_sqlite(work):
        asked = [f"words : ({_either(forms)})" for forms in questions]
        asked += [f'facets : "{mark}"' for mark in marks]
        where, question = "post_search MATCH :question", " AND ".join(asked)
    else:
        alternatives = [
            "(" + " | ".join(f"'{form}'" for form in forms) + ")" for forms in questions
        ]
        alternatives += [f"'={mark}'" for mark in marks]
        where, question = "words @@ CAST(:question AS tsquery)", " & ".join(alternatives)
    older = "AND rowid < :before" if before is not None else ""
    # Nothing that was typed is part of the statement: it comes as values.
    statement = (
        f"SELECT rowid FROM post_search WHERE {where} {older} ORDER BY rowid DESC LIMIT :most"  # noqa: S608
    )
    values = {"question": question, "most": limit}
    rows = work.session.execute(
        text(statement), values if before is None else {**values, "before": before}
    )
    return [place for (place,) in rows]


def find_oldest(work: Work) -> int | None:
    """Return the lowest place in the index, or None if it is empty."""
    found: int | None = work.session.execute(_FIND_OLDEST).scalar()
    return found


def _sqlite_row(post: Indexable, fingerprint: str) -> dict[str, object]:
    words, marks = _terms(post, fingerprint)
    return {"place": post.place, "words": " ".join(words), "marks": " ".join(marks)}


def _postgres_row(post: Indexable, fingerprint: str) -> dict[str, object]:
    words, marks = _terms(post, fingerprint)
    return {"place": post.place, "words": sorted({*words, *(f"={mark}" for mark in marks)})}


def _terms(post: Indexable, fingerprint: str) -> tuple[Sequence[str], Sequence[str]]:
    facets = Facets(board=post.board, author=fingerprint.replace(" ", ""), day=post.day)
    return words_of(post.content)[:_MOST_WORDS], facets.words()


def _either(forms: Sequence[str]) -> str:
    # Folded words are letters and digits only, so the quotes cannot be broken out of.
    return " OR ".join(f'"{form}"' for form in forms)


def _is_sqlite(work: Work) -> bool:
    return work.session.get_bind().dialect.name == "sqlite"
