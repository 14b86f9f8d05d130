"""Rows of ratings: by marks, which nobody opens without the folder's key, and by no day."""

from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.opinion.tables import RatingRow, RatingsCountRow

_RATING, _COUNT = columns_of(RatingRow), columns_of(RatingsCountRow)


class KeptRating(NamedTuple):
    """A rating as it is kept: who by their mark, of what, and why."""

    post: bytes
    mark: bytes
    helps: int
    reason: str


def find_rating(work: Work, post: bytes, mark: bytes) -> KeptRating | None:
    """Return what somebody said of a post, or None."""
    found = select(*_COLUMNS).where(_RATING.c.post == post, _RATING.c.mark == mark)
    row = work.run(found).one_or_none()
    return None if row is None else KeptRating._make(row)


def set_rating(work: Work, board: str, rating: KeptRating) -> None:
    """Keep what somebody says of a post, instead of what they said before."""
    said = {"helps": rating.helps, "reason": rating.reason}
    one = (_RATING.c.post == rating.post) & (_RATING.c.mark == rating.mark)
    if find_rating(work, rating.post, rating.mark) is None:
        new = insert(_RATING).values(post=rating.post, mark=rating.mark, board=board, **said)
        work.session.execute(new)
    else:
        work.session.execute(update(_RATING).where(one).values(said))


def remove_rating(work: Work, post: bytes, mark: bytes) -> None:
    """Forget what somebody said of a post."""
    work.session.execute(delete(_RATING).where(_RATING.c.post == post, _RATING.c.mark == mark))


def list_ratings(work: Work, board: str) -> Iterator[KeptRating]:
    """Yield the ratings of a board's posts of every kind, by post and mark."""
    found = select(*_COLUMNS).where(_RATING.c.board == board)
    found = found.order_by(_RATING.c.post, _RATING.c.mark)
    for row in work.connection.execute(found.execution_options(yield_per=10_000)):
        yield KeptRating._make(row)


def list_rated_boards(work: Work) -> list[str]:
    """Return the boards on which anything was rated."""
    return list(work.run(select(_RATING.c.board).distinct().order_by(_RATING.c.board)).scalars())


def count_week(work: Work, mark: bytes, week: date) -> int:
    """Return how much was rated under a week's mark."""
    found = select(_COUNT.c.count).where(_COUNT.c.mark == mark, _COUNT.c.week == week)
    return work.run(found).scalar_one_or_none() or 0


def set_week(work: Work, mark: bytes, week: date, count: int) -> None:
    """Say how much was rated under a week's mark."""
    one = (_COUNT.c.mark == mark) & (_COUNT.c.week == week)
    work.session.execute(delete(_COUNT).where(one))
    work.session.execute(insert(_COUNT).values(mark=mark, week=week, count=count))


def forget_weeks_before(work: Work, week: date) -> None:
    """Forget the counts of weeks that are over."""
    work.session.execute(delete(_COUNT).where(_COUNT.c.week < week))


_COLUMNS = (_RATING.c.post, _RATING.c.mark, _RATING.c.helps, _RATING.c.reason)
