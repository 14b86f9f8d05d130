"""Counting posts by their days, for those who want to know how much was said and taken away."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import bindparam, func, select

from app import records
from app.db import Work
from app.db.tables import columns_of
from app.forum.model import ThreadId
from app.forum.tables import PostRow, VersionRow

_POST, _VERSION = columns_of(PostRow), columns_of(VersionRow)
_AT_ONCE: Final = 500
_COUNT = select(_POST.c.day, func.count()).group_by(_POST.c.day)
_COUNT_FROM = _COUNT.where(
    _POST.c.log_index >= bindparam("start"), _POST.c.log_index < bindparam("end")
)
AUTHORS_OF_THREAD = select(func.count(_POST.c.author.distinct())).where(
    _POST.c.thread == bindparam("key"), _POST.c.log_index.is_not(None)
)
# All of them are read faster in the table's own order than one by one in that of the log.
_COUNT_ALL = _COUNT.where(_POST.c.log_index + 0 < bindparam("end"))
_LIST_ERASED = (
    select(_POST.c.digest, _POST.c.erased_on)
    .join(_VERSION, _VERSION.c.post == _POST.c.digest)
    .where(
        _VERSION.c.digest.in_(bindparam("keys", expanding=True)),
        _POST.c.log_index.is_not(None),
        _POST.c.erased_on.is_not(None),
    )
)


def count_by_day(work: Work, start: int, end: int) -> Mapping[date, int]:
    """Return how many posts were signed on each day, of those at places of the log in a range.

    From 0, it reads every post; from anywhere else, those in the range.
    """
    values = {"start": start, "end": end} if start else {"end": end}
    rows: Iterable[Any] = work.run(_COUNT_FROM if start else _COUNT_ALL, values).all()
    return dict(rows)


def count_erased_by_day(work: Work) -> Mapping[date, int]:
    """Return how many posts that readers had seen were erased on each day.

    It reads what was erased, and nothing else.
    """
    erased: dict[bytes, date] = {}
    digests = records.list_erased(work)
    for start in range(0, len(digests), _AT_ONCE):
        keys = digests[start : start + _AT_ONCE]
        rows: Iterable[Any] = work.run(_LIST_ERASED, {"keys": keys}).all()
        erased.update(rows)
    return Counter(erased.values())


def count_by_authors(work: Work, dids: Iterable[str]) -> int:
    """Return how many posts of some keys readers can see."""
    query = select(func.count()).where(
        PostRow.author.in_(list(dids)),
        PostRow.log_index.is_not(None),
        PostRow.erased_on.is_(None),
        ~PostRow.is_hidden,
    )
    return work.session.scalar(query) or 0


def count_authors(work: Work, thread_id: ThreadId) -> int:
    """Return how many keys wrote in a thread."""
    count: int = work.run(AUTHORS_OF_THREAD, {"key": thread_id}).scalar_one()
    return count
