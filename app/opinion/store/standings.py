"""Rows of what ratings made of readers' context, and of each time before."""

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from sqlalchemy import insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.opinion.model import NoteReason, Standing, Status, Why
from app.opinion.tables import StandingRow

_STANDING = columns_of(StandingRow)


def list_standings(work: Work, posts: Collection[bytes]) -> dict[bytes, list[Standing]]:
    """Return the history of each of these posts that has one, the oldest first."""
    found = defaultdict[bytes, list[Standing]](list)
    rows = select(*_STANDING.c).where(_STANDING.c.post.in_(list(posts)))
    for row in work.run(rows.order_by(_STANDING.c.post, _STANDING.c.number)):
        found[row.post].append(_standing(row.status, row.reason, row.day))
    return dict(found)


def add_standing(work: Work, post: bytes, number: int, standing: Standing) -> None:
    """Add to a post's history; `number` is its place in it, from 1."""
    values = {"status": standing.status.value, "reason": _encode(standing), "day": standing.day}
    work.session.execute(insert(StandingRow).values(post=post, number=number, **values))


def set_reason(work: Work, post: bytes, number: int, standing: Standing) -> None:
    """Say anew why a status holds that has not changed."""
    one = (_STANDING.c.post == post) & (_STANDING.c.number == number)
    work.session.execute(update(_STANDING).where(one).values(reason=_encode(standing)))


def _encode(standing: Standing) -> str:
    return " ".join(filter(None, (standing.reason, standing.named)))


def _standing(status: str, kept: str, day: date) -> Standing:
    reason, _, named = kept.partition(" ")
    return Standing(
        status=Status(status),
        reason=Why(reason),
        named=NoteReason(named) if named else None,
        day=day,
    )
