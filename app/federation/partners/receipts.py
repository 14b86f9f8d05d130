"""Rows of erasures: what partners were asked to erase and said of it, what this host has to say."""

from collections.abc import Collection
from datetime import date
from typing import Final

from sqlalchemy import delete, func, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import Instant

from .model import ErasureAsked
from .tables import ErasureAskedRow, ErasureOwedRow, PartnerRow

_ASKED: Final = columns_of(ErasureAskedRow)
_OWED: Final = columns_of(ErasureOwedRow)
_PARTNER: Final = columns_of(PartnerRow)


def add_asked(work: Work, erasure: bytes, partner: str, post: bytes, due_at: Instant) -> None:
    """Keep that a partner is to erase a post and to say so by an hour."""
    values = {"erasure": erasure, "partner": partner, "post": post, "due_at": due_at}
    work.run(insert(_ASKED).values(values))


def confirm(work: Work, erasures: Collection[bytes], partner: str, day: date) -> list[bytes]:
    """Keep what a partner erased; return the posts, none that was not asked for or said before."""
    these = (
        _ASKED.c.erasure.in_(list(erasures))
        & (_ASKED.c.partner == partner)
        & _ASKED.c.confirmed_on.is_(None)
    )
    posts = list(work.run(select(_ASKED.c.post).where(these)).scalars())
    work.run(update(_ASKED).where(these).values(confirmed_on=day))
    return posts


def list_asked(work: Work, post: bytes) -> list[ErasureAsked]:
    """Return which partners were asked to erase a post, by their names."""
    query = (
        select(_PARTNER.c.name, _ASKED.c.due_at, _ASKED.c.confirmed_on)
        .join(_PARTNER, _PARTNER.c.did == _ASKED.c.partner)
        .where(_ASKED.c.post == post)
        .order_by(_PARTNER.c.name)
    )
    return [
        ErasureAsked(partner=row.name, due_at=row.due_at, confirmed_on=row.confirmed_on)
        for row in work.run(query)
    ]


def count_late(work: Work, now: Instant) -> dict[str, int]:
    """Return by did:key how many erasures a partner has not confirmed in time."""
    query = (
        select(_ASKED.c.partner, func.count().label("late"))
        .where(_ASKED.c.confirmed_on.is_(None), _ASKED.c.due_at < now)
        .group_by(_ASKED.c.partner)
    )
    return {row.partner: int(row.late) for row in work.run(query)}


def add_owed(work: Work, erasure: bytes, home: str) -> None:
    """Keep that an erasure in a home's log was followed here, to be said in this host's own."""
    known = select(_OWED.c.erasure).where(_OWED.c.erasure == erasure)
    if work.run(known).first() is None:
        work.run(insert(_OWED).values(erasure=erasure, home=home))


def list_owed(work: Work, most: int) -> list[tuple[bytes, str]]:
    """Return erasures that are to be said, with the homes that wait for it."""
    query = select(_OWED.c.erasure, _OWED.c.home).order_by(_OWED.c.erasure).limit(most)
    return [(row.erasure, row.home) for row in work.run(query)]


def remove_owed(work: Work, erasures: list[bytes]) -> None:
    """Forget erasures that were said."""
    work.run(delete(_OWED).where(_OWED.c.erasure.in_(erasures)))
