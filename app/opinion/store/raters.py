"""Rows of ratings, all of somebody's or all of a board's: what a page and the worker ask for."""

from collections.abc import Collection, Iterable

from sqlalchemy import delete, select, text

from app.db import Work
from app.db.tables import columns_of
from app.opinion.tables import RatingRow

_RATING = columns_of(RatingRow)
_AT_ONCE = 500
# PostgreSQL notes in each row which transaction wrote it, and keeps rows as they came. All of them
# leave before the first comes back.
_WRITE_ANEW = text(
    "WITH gone AS (DELETE FROM rating RETURNING *) "
    "INSERT INTO rating SELECT * FROM gone ORDER BY board, mark, post"
)


def list_said_under(work: Work, mark: bytes, posts: Collection[bytes]) -> list[tuple[bytes, int]]:
    """Return what was said of posts under a mark."""
    found = select(_RATING.c.post, _RATING.c.helps)
    found = found.where(_RATING.c.post.in_(list(posts)), _RATING.c.mark == mark)
    return [(row.post, row.helps) for row in work.run(found)]


def remove_ratings_under(work: Work, board: str, marks: Iterable[bytes]) -> None:
    """Forget all ratings of a board under some marks."""
    left = sorted(marks)
    for start in range(0, len(left), _AT_ONCE):
        some = _RATING.c.mark.in_(left[start : start + _AT_ONCE])
        work.session.execute(delete(_RATING).where(_RATING.c.board == board, some))


def even_out_ratings(work: Work) -> None:
    """Write all ratings anew in one transaction, in the order of their marks.

    Else the tenth row would be the tenth rating, and two marks that rate by turns would be one
    person on two boards. SQLite notes nothing and keeps these rows by their keys.
    """
    if work.session.get_bind().dialect.name != "sqlite":
        work.session.execute(_WRITE_ANEW)
