"""Rows of offices."""

from sqlalchemy import select

from app.db import Work
from app.hearings.model import Office
from app.hearings.tables import OfficeRow


def find_office(work: Work, root: str) -> Office | None:
    """Return the office of a persona by its root, the one that holds longest, or None."""
    found = select(OfficeRow).where(OfficeRow.root == root).order_by(OfficeRow.until.desc())
    row = work.session.scalars(found).first()
    if row is None:
        return None
    return Office(
        root=row.root,
        title=row.title,
        institution=row.institution,
        domain=row.domain,
        topics=row.topics,
        languages=tuple(row.languages.split()),
        until=row.until,
        attested_by=row.attested_by or "",
        ended_on=row.ended_on,
    )
