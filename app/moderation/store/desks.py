"""Statements about desks and who is logged in at one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import delete, func, insert, or_, select, update

from app.db import Work
from app.kernel.clock import Instant
from app.moderation.model import Desk, DeskSession, Role
from app.moderation.tables import DeskRow, DeskSessionRow, LeaseRow, ProposalRow


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLogin:
    """A desk's key sealed under a word that opens it once, or under a passphrase."""

    desk: Desk
    salt: bytes
    box: bytes
    is_begun: bool
    """Whether its holder has chosen a passphrase."""


def add_desk(work: Work, desk: Desk) -> None:
    """Keep a desk that an attestation opened; nobody can log in at it yet."""
    values = {
        "did": desk.did,
        "number": desk.number,
        "role": desk.role.value,
        "boards": list(desk.boards),
        "person": desk.person,
        "salt": b"",
        "box": b"",
        "is_begun": False,
        "ends_on": desk.ends_on,
    }
    work.session.execute(insert(DeskRow).values(values))


def set_desk_login(
    work: Work, did: str, *, person: bytes, salt: bytes, box: bytes, is_begun: bool
) -> None:
    """Let somebody log in at a desk; what opened it before does not any more."""
    changed = {"person": person, "salt": salt, "box": box, "is_begun": is_begun}
    work.session.execute(update(DeskRow).where(DeskRow.did == did).values(changed))


def close_desk(work: Work, did: str, day: date) -> None:
    """End a desk's term with a day, and its sessions now; what it had in hand is for others."""
    work.session.execute(update(DeskRow).where(DeskRow.did == did).values(ends_on=day, box=b""))
    remove_desk_sessions(work, did)
    for table in (LeaseRow, ProposalRow):
        work.session.execute(delete(table).where(table.desk == did))


def count_desks(work: Work) -> int:
    """Return how many desks there ever were."""
    return work.session.scalars(select(func.count()).select_from(DeskRow)).one()


def find_desk(work: Work, did: str) -> Desk | None:
    """Return a desk by its key, or None."""
    row = work.session.get(DeskRow, did)
    return None if row is None else _desk(row)


def list_desks(work: Work) -> Sequence[Desk]:
    """Return all desks by number."""
    return [_desk(row) for row in work.session.scalars(select(DeskRow).order_by(DeskRow.number))]


def find_desk_login(work: Work, number: int) -> DeskLogin | None:
    """Return what logging in at a desk opens, or None where nobody can."""
    row = work.session.scalars(select(DeskRow).where(DeskRow.number == number)).first()
    if row is None or not row.box:
        return None
    return DeskLogin(desk=_desk(row), salt=row.salt, box=row.box, is_begun=bool(row.is_begun))


def add_desk_session(
    work: Work, *, mark: bytes, desk: str, box: bytes, idle_until: Instant, ends_at: Instant
) -> None:
    """Open a session at a desk; it begins in this minute."""
    values = {
        "mark": mark,
        "desk": desk,
        "box": box,
        "began_at": work.minute,
        "idle_until": idle_until,
        "ends_at": ends_at,
    }
    work.session.execute(insert(DeskSessionRow).values(values))


def find_desk_session(work: Work, mark: bytes) -> tuple[DeskSession, bytes] | None:
    """Return a session that has not ended, with its box, or None."""
    row = work.session.execute(
        select(DeskSessionRow, DeskRow)
        .join(DeskRow, DeskRow.did == DeskSessionRow.desk)
        .where(
            DeskSessionRow.mark == mark,
            DeskSessionRow.idle_until > work.minute,
            DeskSessionRow.ends_at > work.minute,
        )
    ).first()
    if row is None:
        return None
    session, desk = row
    return DeskSession(desk=_desk(desk), began_at=session.began_at), session.box


def remove_desk_session(work: Work, mark: bytes) -> None:
    """End a session."""
    work.session.execute(delete(DeskSessionRow).where(DeskSessionRow.mark == mark))


def remove_desk_sessions(work: Work, desk: str) -> None:
    """End all sessions at a desk."""
    work.session.execute(delete(DeskSessionRow).where(DeskSessionRow.desk == desk))


def remove_ended_desk_sessions(work: Work) -> None:
    """Forget sessions that have ended."""
    ended = or_(DeskSessionRow.idle_until <= work.minute, DeskSessionRow.ends_at <= work.minute)
    work.session.execute(delete(DeskSessionRow).where(ended))


def _desk(row: DeskRow) -> Desk:
    return Desk(
        did=row.did,
        number=row.number,
        role=Role(row.role),
        boards=tuple(row.boards),
        person=row.person,
        ends_on=row.ends_on,
    )
