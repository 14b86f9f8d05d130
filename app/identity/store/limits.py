"""Statements about personas that may read only."""

from datetime import date
from typing import Final

from sqlalchemy import bindparam, delete, insert, select

from app.db import Work
from app.db.tables import columns_of
from app.identity.model import Limit
from app.identity.tables import LimitRow

_LIMIT: Final = columns_of(LimitRow)
_FIND: Final = select(_LIMIT.c.act, _LIMIT.c.until).where(_LIMIT.c.root == bindparam("persona"))


def set_limit(work: Work, root: str, limit: Limit) -> None:
    """Limit a persona; a newer limit takes the place of an older one."""
    remove_limit(work, root)
    values = {"root": root, "act": limit.act, "until": limit.until}
    work.session.execute(insert(LimitRow).values(values))


def find_limit(work: Work, root: str) -> Limit | None:
    """Return the limit of a persona, over or not, or None."""
    rows = work.recall(_FIND, {"persona": root})
    return Limit(act=rows[0].act, until=rows[0].until) if rows else None


def remove_limit(work: Work, root: str) -> None:
    """Let a persona write again."""
    work.session.execute(delete(LimitRow).where(LimitRow.root == root))


def remove_ended_limits(work: Work, today: date) -> bool:
    """Forget the limits that are over; returns whether there was one."""
    ended = delete(LimitRow).where(LimitRow.until <= today)
    return work.session.connection().execute(ended).rowcount > 0
