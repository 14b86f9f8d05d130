"""Statements about what the worker saw."""

from collections.abc import Iterable
from typing import Final

from sqlalchemy import delete, insert, select

from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import day_of

from .model import Line, Look
from .tables import HealthRow

_HEALTH: Final = columns_of(HealthRow)


def put_look(work: Work, lines: Iterable[Line]) -> None:
    """Keep what was seen, instead of the last look; a state that is as it was keeps its day."""
    before = {(line.what, line.about): line for line in get_look(work).lines}
    work.run(delete(_HEALTH))
    for line in lines:
        known = before.get((line.what, line.about))
        since = known.since if known and known.state == line.state else None
        values = {
            "what": line.what,
            "about": line.about,
            "state": line.state,
            "value": line.value,
            "since": since or day_of(work.now),
        }
        work.run(insert(_HEALTH).values(looked_at=work.minute, **values))


def get_look(work: Work) -> Look:
    """Return the last look."""
    rows = list(work.run(select(_HEALTH).order_by(_HEALTH.c.what, _HEALTH.c.about)))
    return Look(
        lines=tuple(
            Line(what=row.what, about=row.about, state=row.state, value=row.value, since=row.since)
            for row in rows
        ),
        looked_at=min((row.looked_at for row in rows), default=None),
    )
