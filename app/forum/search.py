"""The index of words, on SQLite's FTS5 and PostgreSQL's tsvector alike: same question, same answer.

Both get words that `kernel/fold.py` has folded, so neither engine's own idea of a language matters.
Beside its words a post has facets: its board, author, day and language, as words that nobody types.
A post is known by its place in the log, so that the newest come first without sorting.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import text

from app.db import Work
from app.kernel.fold import words_of

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


def add_post(work: Work, place: int, content: str, facets: Facets) -> None:
    """Put a post into the index, or put it in anew."""
    remove_post(work, place)
    words, marks = words_of(content)[:_MOST_WORDS], facets.words()
    if _is_sqlite(work):
        statement = "INSERT INTO post_search(rowid, words, facets) VALUES (:place, :words, :marks)"
        values = {"place": place, "words": " ".join(words), "marks": " ".join(marks)}
    else:
        statement = (
            "INSERT INTO post_search(rowid, words) VALUES (:place, array_to_tsvector(:words))"
        )
        values = {"place": place, "words": sorted({*words, *(f"={mark}" for mark in marks)})}
    work.session.execute(text(statement), values)


def remove_post(work: Work, place: int) -> None:
    """Take a post out of the index."""
    work.session.execute(text("DELETE FROM post_search WHERE rowid = :place"), {"place": place})


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


def is_empty(work: Work) -> bool:
    """Return whether nothing is in the index, as after it was added to an instance with posts."""
    return work.session.execute(text("SELECT rowid FROM post_search LIMIT 1")).first() is None


def _either(forms: Sequence[str]) -> str:
    # Folded words are letters and digits only, so the quotes cannot be broken out of.
    return " OR ".join(f'"{form}"' for form in forms)


def _is_sqlite(work: Work) -> bool:
    return work.session.get_bind().dialect.name == "sqlite"
