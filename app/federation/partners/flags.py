"""What instances were caught at. A flag that nobody signed waits to be said."""

from typing import Any, Final

from sqlalchemy import Select, delete, func, insert, select

from app.db import Work
from app.db.tables import columns_of

from .model import Flag
from .tables import FlagRow

MOST_LISTED: Final = 50
"""Anybody can accuse anybody, and thousands of times."""
MOST_BY_ONE: Final = 5
"""Of them, so that one liar does not leave the others unread."""
_FLAG: Final = columns_of(FlagRow)


def add_flag(work: Work, flag: Flag) -> None:
    """Keep what an instance was caught at; saying it again is no error."""
    known = (
        (_FLAG.c.signer == flag.by)
        & (_FLAG.c.about == flag.about)
        & (_FLAG.c.evidence == flag.evidence)
    )
    if work.run(select(_FLAG.c.signer).where(known)).first() is None:
        work.run(
            insert(_FLAG).values(
                signer=flag.by,
                about=flag.about,
                code=flag.code,
                evidence=flag.evidence,
                day=flag.day,
            )
        )


def take_unsaid(work: Work) -> list[Flag]:
    """Return what is to be signed, and keep it as such no more."""
    found = list_unsaid(work)
    work.run(delete(_FLAG).where(_FLAG.c.signer == ""))
    return found


def list_unsaid(work: Work) -> list[Flag]:
    """Return what our own log is to say."""
    return _list(work, select(_FLAG).where(_FLAG.c.signer == ""))


def list_flags(work: Work, *, by: str = "") -> list[Flag]:
    """Return what instances were caught at lately, the newest first; or what one of them says.

    Of each signer a few are listed; `count_flags` tells how many there are.
    """
    newest = (_FLAG.c.day.desc(), _FLAG.c.about, _FLAG.c.signer)
    if by:
        query = select(_FLAG).where(_FLAG.c.signer == by)
        return _list(work, query.order_by(*newest).limit(MOST_LISTED))
    rank = func.row_number().over(partition_by=_FLAG.c.signer, order_by=newest[:2]).label("rank")
    ranked = select(_FLAG, rank).subquery()
    few = select(ranked).where(ranked.c.rank <= MOST_BY_ONE).order_by(ranked.c.rank)
    found = _list(work, few.limit(MOST_LISTED))
    return sorted(found, key=lambda flag: (-flag.day.toordinal(), flag.about, flag.by))


def count_flags(work: Work) -> dict[str, int]:
    """Return how often each instance said that it caught another."""
    query = select(_FLAG.c.signer, func.count().label("times")).group_by(_FLAG.c.signer)
    return {row.signer: row.times for row in work.run(query)}


def _list(work: Work, query: Select[Any]) -> list[Flag]:
    return [
        Flag(by=row.signer, about=row.about, code=row.code, evidence=row.evidence, day=row.day)
        for row in work.run(query)
    ]
