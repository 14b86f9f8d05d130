"""The index of words, on SQLite's FTS5 and PostgreSQL's tsvector alike: same question, same answer.

Both get words that `kernel/fold.py` has folded, so neither engine's own idea of a language matters.
Beside its words a post has facets: its board, author, day and language, as words that nobody types.
A post is known by its place in the log, so that the newest come first without sorting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import bindparam, select, text

from app.db import Work
from app.db.tables import columns_of
from app.kernel.fold import words_of

from .tables import BoardRow, PostRow, VersionRow

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
_FIND_INDEXABLE = (
    select(
        _POST.c.log_index, _POST.c.author, _POST.c.day,
        _VERSION.c.title, _VERSION.c.text, _BOARD.c.slug,
    )
    .join(_VERSION, _VERSION.c.digest == _POST.c.current)
    .join(_BOARD, _BOARD.c.did == _POST.c.board)
    .where(
        _POST.c.digest == bindparam("key"),
        _POST.c.log_index.is_not(None),
        _POST.c.erased_on.is_(None),
    )
)  # fmt: skip
_CLEAR_SQLITE = text("INSERT INTO post_search(post_search) VALUES ('delete-all')")
_CLEAR_POSTGRES = text("DELETE FROM post_search")
_REMOVE = text("DELETE FROM post_search WHERE rowid = :place")
_ADD_SQLITE = text("INSERT INTO post_search(rowid, words, facets) VALUES (:place, :words, :marks)")
_ADD_POSTGRES = text(
    "INSERT INTO post_search(rowid, words) VALUES (:place, array_to_tsvector(:words))"
)


def find_indexable(work: Work, post: bytes) -> Indexable | None:
    """Return what a post gives to the index; None for one that waits or was erased."""
    row = work.run(_FIND_INDEXABLE, {"key": post}).first()
    if row is None:
        return None
    return Indexable(
        place=row.log_index,
        content=f"{row.title or ''}\n{row.text}",
        author=row.author,
        board=row.slug,
        day=row.day,
    )


def add_post(work: Work, post: Indexable, fingerprint: str) -> None:
    """Put a post into the index, or put it in anew."""
    remove_from_index(work, [post.place])
    words = words_of(post.content)[:_MOST_WORDS]
    marks = Facets(board=post.board, author=fingerprint.replace(" ", ""), day=post.day).words()
    if _is_sqlite(work):
        values = {"place": post.place, "words": " ".join(words), "marks": " ".join(marks)}
        work.run(_ADD_SQLITE, values)
    else:
        terms = sorted({*words, *(f"={mark}" for mark in marks)})
        work.run(_ADD_POSTGRES, {"place": post.place, "words": terms})


def remove_from_index(work: Work, places: Sequence[int]) -> None:
    """Take posts out of the index, many at the price of one; what is out already costs nothing."""
    connection = work.session.connection()
    removed = [connection.execute(_REMOVE, {"place": place}).rowcount for place in places]
    if any(removed) and _is_sqlite(work):
        # A contentless index only marks what is removed; merging its parts overwrites the words.
        work.session.execute(text("INSERT INTO post_search(post_search) VALUES('optimize')"))


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


def clear(work: Work) -> None:
    """Empty the index, with what it still holds of words that were taken out of it."""
    # A deletion in FTS5's index without content only marks: the words stay until segments merge.
    work.run(_CLEAR_SQLITE if _is_sqlite(work) else _CLEAR_POSTGRES)


def is_empty(work: Work) -> bool:
    """Return whether nothing is in the index, as after it was added to an instance with posts."""
    return work.session.execute(text("SELECT rowid FROM post_search LIMIT 1")).first() is None


def _either(forms: Sequence[str]) -> str:
    # Folded words are letters and digits only, so the quotes cannot be broken out of.
    return " OR ".join(f'"{form}"' for form in forms)


def _is_sqlite(work: Work) -> bool:
    return work.session.get_bind().dialect.name == "sqlite"
