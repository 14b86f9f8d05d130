"""Every statement of the listening post."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, delete, insert, select

from app.db import Work
from app.listening.model import Cell
from app.listening.tables import CellRow, ReleaseRow


class KeptRelease(NamedTuple):
    """A release as its row has it."""

    week: date
    digest: bytes
    figures: str
    table: str
    codebook: str
    page: str


def find_release(work: Work, week: date) -> KeptRelease | None:
    """Return the release of a week, by its Monday."""
    row = work.session.execute(_releases().where(ReleaseRow.week == week)).one_or_none()
    return None if row is None else KeptRelease(*row)


def find_latest(work: Work) -> KeptRelease | None:
    """Return the release that was published last."""
    found = _releases().order_by(ReleaseRow.week.desc()).limit(1)
    row = work.session.execute(found).one_or_none()
    return None if row is None else KeptRelease(*row)


def list_weeks(work: Work) -> list[date]:
    """Return the weeks that have a release, the newest first."""
    found = select(ReleaseRow.week).order_by(ReleaseRow.week.desc())
    return list(work.session.scalars(found))


def add_release(work: Work, release: KeptRelease) -> None:
    """Keep a release and its files."""
    work.session.execute(insert(ReleaseRow).values(release._asdict()))


def list_cells(work: Work, thread: str) -> dict[str, Cell]:
    """Return what is shown of a consultation, with the counts behind it."""
    found = select(CellRow.cell, CellRow.exact, CellRow.shown).where(CellRow.conversation == thread)
    return {
        row.cell: Cell(exact=tuple(map(tuple, json.loads(row.exact))), shown=row.shown)
        for row in work.session.execute(found)
    }


def set_cells(work: Work, thread: str, cells: Mapping[str, Cell]) -> None:
    """Keep what is shown of a consultation from now on."""
    work.session.execute(delete(CellRow).where(CellRow.conversation == thread))
    rows = [
        {"conversation": thread, "cell": name, "exact": json.dumps(cell.exact), "shown": cell.shown}
        for name, cell in cells.items()
    ]
    if rows:
        work.session.execute(insert(CellRow), rows)


def _releases() -> Select[Any]:
    columns = (getattr(ReleaseRow, name) for name in KeptRelease._fields)
    return select(*columns)
