"""Statements about logins and the sessions that they open."""

from typing import Final

from sqlalchemy import bindparam, delete, insert, or_, select, update

from app.db import Work
from app.db.tables import columns_of
from app.identity.model import KeyState, Viewer
from app.identity.tables import LoginRow, LoginSessionRow, PersonaRow, PostingKeyRow
from app.kernel.clock import Instant
from app.records.model import Custody

_SESSION, _PERSONA = columns_of(LoginSessionRow), columns_of(PersonaRow)
_KEY: Final = columns_of(PostingKeyRow)
# Prepared once: everybody who is logged in is looked up at each request.
_FIND_VIEWER: Final = (
    select(
        _SESSION.c.did, _SESSION.c.box, _SESSION.c.idle_until,
        _PERSONA.c.root, _PERSONA.c.name, _PERSONA.c.fingerprint, _KEY.c.custody,
    )
    .join(_PERSONA, _PERSONA.c.root == _SESSION.c.root)
    .join(_KEY, _KEY.c.did == _SESSION.c.did)
    .where(
        _SESSION.c.mark == bindparam("session"),
        _SESSION.c.idle_until > bindparam("minute"),
        _SESSION.c.ends_at > bindparam("minute"),
        _KEY.c.state == KeyState.ACTIVE.value,
    )
)  # fmt: skip


def add_login(work: Work, *, folded: str, root: str, did: str, salt: bytes, box: bytes) -> None:
    """Keep a posting key sealed under a passphrase."""
    work.session.execute(
        insert(LoginRow).values(name_folded=folded, root=root, did=did, salt=salt, box=box)
    )


def find_login(work: Work, folded: str, name: str) -> tuple[str, str, bytes, bytes] | None:
    """Return (root, did, salt, box) of a login by name, or None.

    One that was kept when names folded otherwise is found by its persona's very name.
    """
    written = (
        select(LoginRow)
        .join(PersonaRow, PersonaRow.root == LoginRow.root)
        .where(PersonaRow.name == name)
    )
    row = work.session.get(LoginRow, folded) or work.session.scalars(written).first()
    return None if row is None else (row.root, row.did, row.salt, row.box)


def holds_login(work: Work, folded: str, *, except_root: str) -> bool:
    """Return whether another persona's login has this name."""
    query = select(LoginRow.root).where(
        LoginRow.name_folded == folded, LoginRow.root != except_root
    )
    return work.session.scalar(query) is not None


def get_login_name(work: Work, root: str) -> str:
    """Return the folded name that a persona logs in with."""
    return work.session.scalars(select(LoginRow.name_folded).where(LoginRow.root == root)).one()


def remove_login(work: Work, root: str) -> None:
    """Forget a persona's login, if it has one."""
    work.session.execute(delete(LoginRow).where(LoginRow.root == root))


def remove_sessions(work: Work, root: str) -> None:
    """End every login session of a persona."""
    work.session.execute(delete(LoginSessionRow).where(LoginSessionRow.root == root))


def remove_other_sessions(work: Work, root: str, mark: bytes) -> None:
    """End every login session of a persona but one."""
    others = (LoginSessionRow.root == root) & (LoginSessionRow.mark != mark)
    work.session.execute(delete(LoginSessionRow).where(others))


def list_session_ends(work: Work, root: str) -> list[tuple[bytes, Instant]]:
    """Return the mark of each login session of a persona, and when it ends at the latest."""
    query = select(LoginSessionRow.mark, LoginSessionRow.ends_at).where(
        LoginSessionRow.root == root, LoginSessionRow.idle_until > work.minute
    )
    found = work.session.execute(query.order_by(LoginSessionRow.ends_at))
    return [(mark, end) for mark, end in found]


def add_session(
    work: Work,
    *,
    mark: bytes,
    root: str,
    did: str,
    box: bytes | None,
    idle_until: Instant,
    ends_at: Instant,
) -> None:
    """Open a login session."""
    work.session.execute(
        insert(LoginSessionRow).values(
            mark=mark,
            root=root,
            did=did,
            box=box,
            idle_until=idle_until,
            ends_at=ends_at,
        )
    )


def find_viewer(work: Work, mark: bytes) -> tuple[Viewer, bytes | None, Instant] | None:
    """Return (viewer, box, idle_until) of a login session that has not ended, or None."""
    row = work.run(_FIND_VIEWER, {"session": mark, "minute": work.minute}).first()
    if row is None:
        return None
    viewer = Viewer(
        root=row.root,
        name=row.name,
        fingerprint=row.fingerprint,
        posting_did=row.did,
        custody=Custody(row.custody),
        has_unlocked=row.box is not None,
    )
    return viewer, row.box, row.idle_until


def extend_session(work: Work, mark: bytes, idle_until: Instant) -> None:
    """Push a session's idle end back."""
    work.session.execute(
        update(LoginSessionRow).where(LoginSessionRow.mark == mark).values(idle_until=idle_until)
    )


def remove_session(work: Work, mark: bytes) -> None:
    """End a login session."""
    work.session.execute(delete(LoginSessionRow).where(LoginSessionRow.mark == mark))


def remove_ended_sessions(work: Work) -> None:
    """Forget sessions that have ended."""
    ended = or_(LoginSessionRow.idle_until <= work.minute, LoginSessionRow.ends_at <= work.minute)
    work.session.execute(delete(LoginSessionRow).where(ended))
