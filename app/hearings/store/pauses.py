"""Statements about pauses."""

from sqlalchemy import insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.hearings.rules.pauses import Pause
from app.hearings.tables import PauseRow

_PAUSE = columns_of(PauseRow)


def list_pauses(work: Work, home: str) -> list[Pause]:
    """Return all pauses of a home, the first that was begun first."""
    rows = work.run(select(_PAUSE).where(_PAUSE.c.home == home).order_by(_PAUSE.c.number))
    return [Pause(number=row.number, begun_on=row.begun_on, ended_on=row.ended_on) for row in rows]


def find_head(work: Work, home: str) -> bytes | None:
    """Return the digest of the record by which a home last begun or ended one, or None."""
    heads = select(_PAUSE.c.head).where(_PAUSE.c.home == home).order_by(_PAUSE.c.number.desc())
    head: bytes | None = work.run(heads.limit(1)).scalar()
    return head


def put_pause(work: Work, home: str, pause: Pause, head: bytes) -> None:
    """Keep a pause as it is since a record."""
    if pause.ended_on is None:
        values = {"home": home, "number": pause.number, "begun_on": pause.begun_on, "head": head}
        work.run(insert(_PAUSE).values(**values))
        return
    same = (_PAUSE.c.home == home) & (_PAUSE.c.number == pause.number)
    work.run(update(_PAUSE).where(same).values(ended_on=pause.ended_on, head=head))
