"""Statements about attesters and offices."""

from datetime import date
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, or_, select, update

from app.db import Work
from app.db.tables import columns_of
from app.hearings.model import Attester, AttesterKind, HearingState, Office
from app.hearings.tables import AttesterRow, HearingRow, OfficeRow

_OFFICE: Final = columns_of(OfficeRow)
_BETWEEN: Final = " "
# Prepared once: every page with posts asks for it.
_OF_ROOT: Final = select(_OFFICE).where(_OFFICE.c.root == bindparam("persona"))


def add_attester(work: Work, attester: Attester) -> None:
    """Keep a key that is believed about offices."""
    values = {
        "did": attester.did,
        "kind": attester.kind.value,
        "name": attester.name,
        "domain": attester.domain,
        "checked_on": attester.checked_on,
        "ended_on": attester.ended_on,
    }
    work.session.execute(insert(AttesterRow).values(values))


def change_attester(
    work: Work, did: str, *, name: str, checked_on: date, ended_on: date | None
) -> None:
    """Set what an attester is called, when its key was last seen, and since when it is ended."""
    values = {"name": name, "checked_on": checked_on, "ended_on": ended_on}
    work.session.execute(update(AttesterRow).where(AttesterRow.did == did).values(values))


def find_attester(work: Work, did: str) -> Attester | None:
    """Return an attester by its did:key, ended or not, or None."""
    row = work.session.get(AttesterRow, did)
    return None if row is None else _attester(row)


def list_attesters(work: Work) -> list[Attester]:
    """Return the attesters: ministries first, by name, those that are believed no more as well."""
    rows = work.session.scalars(
        select(AttesterRow).order_by(AttesterRow.kind, AttesterRow.name, AttesterRow.did)
    )
    return [_attester(row) for row in rows]


def add_office(work: Work, office: Office) -> None:
    """Keep an office that a ministry offered."""
    values = {
        "offer": office.offer,
        "record_id": office.record_id,
        "root": office.root,
        "ministry": office.ministry,
        "title": office.title,
        "institution": office.institution,
        "domain": office.domain,
        "topics": office.topics,
        "languages": _BETWEEN.join(office.languages),
        "until": office.until,
    }
    work.session.execute(insert(OfficeRow).values(values))


def attest_office(
    work: Work, offer: bytes, *, accept: bytes, university: str, attested_by: str, until: date
) -> None:
    """Keep who attests an office, and until when by both signatures."""
    values = {
        "accept": accept,
        "university": university,
        "university_name": attested_by,
        "until": until,
    }
    work.session.execute(update(OfficeRow).where(OfficeRow.offer == offer).values(values))


def end_office(work: Work, offer: bytes, day: date, why: str) -> None:
    """End an office; one that has ended stays as it ended."""
    found = (OfficeRow.offer == offer, OfficeRow.ended_on.is_(None))
    work.session.execute(update(OfficeRow).where(*found).values(ended_on=day, ended_why=why))


def end_offices_of(work: Work, did: str, day: date) -> list[str]:
    """End the offices that stand on an attester's signature; return whose they were."""
    signed = or_(OfficeRow.ministry == did, OfficeRow.university == did)
    found = (signed, OfficeRow.ended_on.is_(None))
    roots = list(work.session.scalars(select(OfficeRow.root).where(*found).distinct()))
    work.session.execute(update(OfficeRow).where(*found).values(ended_on=day))
    return sorted(roots)


def find_office_by_record(work: Work, record_id: str) -> Office | None:
    """Return the office that a record offered, or None."""
    row = work.session.scalar(select(OfficeRow).where(OfficeRow.record_id == record_id))
    return None if row is None else office_of(row)


def list_offices_of(work: Work, root: str) -> list[Office]:
    """Return every office of a persona, whatever became of it, by digest."""
    rows = work.recall(_OF_ROOT, {"persona": root})
    return sorted((office_of(row) for row in rows), key=lambda office: office.offer)


def list_offices(work: Work) -> list[Office]:
    """Return every office there ever was: by institution, title and last day."""
    rows = work.session.scalars(
        select(OfficeRow).order_by(
            OfficeRow.institution, OfficeRow.title, OfficeRow.until.desc(), OfficeRow.offer
        )
    )
    return [office_of(row) for row in rows]


def has_queue(work: Work, root: str) -> bool:
    """Return whether a hearing of this official takes questions or waits for its answers."""
    open_ones = (HearingState.OPEN.value, HearingState.CHOSEN.value)
    found = select(HearingRow.thread).where(
        HearingRow.official == root, HearingRow.state.in_(open_ones)
    )
    return work.session.scalars(found.limit(1)).first() is not None


def _attester(row: AttesterRow) -> Attester:
    return Attester(
        did=row.did,
        kind=AttesterKind(row.kind),
        name=row.name,
        domain=row.domain,
        checked_on=row.checked_on,
        ended_on=row.ended_on,
    )


def office_of(row: OfficeRow | Row[Any]) -> Office:
    """Return the office that a row is."""
    return Office(
        offer=row.offer,
        record_id=row.record_id,
        root=row.root,
        ministry=row.ministry,
        title=row.title,
        institution=row.institution,
        domain=row.domain,
        topics=row.topics,
        languages=tuple(row.languages.split(_BETWEEN)),
        until=row.until,
        accept=row.accept,
        university=row.university or "",
        attested_by=row.university_name or "",
        ended_on=row.ended_on,
        ended_why=row.ended_why,
    )
