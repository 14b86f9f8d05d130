"""What every page of a thread asks of hearings, in one statement."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import bindparam, literal, select, true

from app.db import Work
from app.db.tables import columns_of
from app.hearings.model import HearingState, Office
from app.hearings.tables import HearingRow, OfficeRow

from .offices import office_of

_HEARING: Final = columns_of(HearingRow)
_OFFICE: Final = columns_of(OfficeRow)
_NOTHING: Final = select(literal(1).label("one")).subquery()
_BESIDE: Final = select(
    _OFFICE, *(_HEARING.c[name].label(f"hearing_{name}") for name in ("text", "language", "state"))
).select_from(
    _NOTHING.outerjoin(_HEARING, _HEARING.c.thread == bindparam("named")).outerjoin(_OFFICE, true())
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What a thread's page says of its hearing."""

    text: str
    language: str
    state: HearingState


def look_beside(work: Work, thread: str) -> tuple[Announced | None, list[Office]]:
    """Return what a thread's hearing is called, if it has one, and every office there ever was."""
    rows = work.run(_BESIDE, {"named": thread}).all()
    first = rows[0]
    hearing = first.hearing_text is not None and Announced(
        text=first.hearing_text,
        language=first.hearing_language,
        state=HearingState(first.hearing_state),
    )
    return hearing or None, [office_of(row) for row in rows if row.offer is not None]
