"""Rows of what was set aside: entries of partners' logs that were refused, or may come later."""

from collections.abc import Collection, Iterable
from typing import Final

from sqlalchemy import delete, func, insert, or_, select, update

from app.db import Work
from app.db.tables import columns_of
from app.records.errors import FutureDayError

from .tables import SetAsideRow

MISSING: Final = "missing"
"""Why an entry is set aside whose record its home has not: erased, or kept from readers."""
FUTURE: Final = f"{FutureDayError.code}:"
"""How the reason begins of one of a day that has not come here: one of both clocks is wrong."""
_ASIDE: Final = columns_of(SetAsideRow)


def revive(work: Work, partner: str) -> None:
    """Let what was set aside be tried once more: something that it needs has come back."""
    these = _ASIDE.c.partner == partner
    work.run(update(_ASIDE).where(these, _ASIDE.c.tries > 1).values(tries=1))


def put(work: Work, partner: str, place: int, digest: bytes, reason: str) -> None:
    """Keep that an entry was not replayed, and why; again, that it was tried once more.

    One from the future may be tried as often as it takes, while a clock is wrong; once its day has
    come it is taken, or has the tries that others have.
    """
    these = (_ASIDE.c.partner == partner) & (_ASIDE.c.place == place)
    before = work.run(select(_ASIDE.c.reason, _ASIDE.c.tries).where(these)).first()
    if before is not None:
        is_of_age = before.reason.startswith(FUTURE) and not reason.startswith(FUTURE)
        tries = 1 if is_of_age else before.tries + 1
        work.run(update(_ASIDE).where(these).values(reason=reason, tries=tries))
    else:
        values = {"partner": partner, "place": place, "digest": digest, "reason": reason}
        work.run(insert(_ASIDE).values(**values, tries=1))


def forget(work: Work, partner: str, digests: Collection[bytes]) -> None:
    """Forget that records were set aside: nothing of them is to come any more."""
    these = (_ASIDE.c.partner == partner) & _ASIDE.c.digest.in_(list(digests))
    work.run(delete(_ASIDE).where(these))


def take_from(work: Work, partner: str, places: Iterable[int]) -> None:
    """Forget that entries were set aside: they were replayed."""
    these = (_ASIDE.c.partner == partner) & _ASIDE.c.place.in_(list(places))
    work.run(delete(_ASIDE).where(these))


def list_due(work: Work, partner: str, *, most_tries: int, most: int) -> list[int]:
    """Return the places of some that were set aside and tried so often at most, in their order.

    What was tried less often comes first: nothing that is never taken keeps others from their turn.
    """
    may_come = or_(_ASIDE.c.tries <= most_tries, _ASIDE.c.reason.startswith(FUTURE))
    query = (
        select(_ASIDE.c.place)
        .where(_ASIDE.c.partner == partner, may_come)
        .order_by(_ASIDE.c.tries, _ASIDE.c.place)
        .limit(most)
    )
    return sorted(work.run(query).scalars())


def count_aside(work: Work, partner: str) -> dict[str, int]:
    """Return how many entries of a partner's log were refused here, by the reason."""
    refused = (_ASIDE.c.partner == partner) & (_ASIDE.c.reason != MISSING)
    query = select(_ASIDE.c.reason, func.count().label("many")).where(refused)
    return {row.reason: int(row.many) for row in work.run(query.group_by(_ASIDE.c.reason))}


def count_future(work: Work, partner: str) -> int:
    """Return how many entries of a partner's log are of days that have not come here."""
    these = (_ASIDE.c.partner == partner) & _ASIDE.c.reason.startswith(FUTURE)
    return int(work.run(select(func.count()).select_from(_ASIDE).where(these)).scalar_one())
