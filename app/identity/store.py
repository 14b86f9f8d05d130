"""Every statement of identity."""

from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, or_, select, update

from app.crypto.blind import require_key
from app.db import Work
from app.db.tables import columns_of
from app.kernel.clock import Instant
from app.records.model import Custody

from .model import Author, Card, Cohort, KeyState, Persona, PostingKey, Viewer
from .tables import (
    InvitationCohortRow,
    InvitationsGivenRow,
    InvitedRow,
    LoginRow,
    LoginSessionRow,
    PersonaRow,
    PostingKeyRow,
    SpentInvitationRow,
    StewardRow,
)

_KEY, _PERSONA = columns_of(PostingKeyRow), columns_of(PersonaRow)
_SELECT_AUTHORS = select(
    _KEY, _PERSONA.c.name, _PERSONA.c.fingerprint.label("persona_fingerprint")
).outerjoin(_PERSONA, _PERSONA.c.root == _KEY.c.root)
_FIND_AUTHOR = _SELECT_AUTHORS.where(_KEY.c.did == bindparam("key"))
_LIST_AUTHORS = _SELECT_AUTHORS.where(_KEY.c.did.in_(bindparam("keys", expanding=True)))
_STEWARD = columns_of(StewardRow)
_FIND_STEWARD = select(_STEWARD.c.root).where(_STEWARD.c.root == bindparam("key"))


def find_persona(work: Work, root: str) -> Persona | None:
    """Return a persona by its root, or None."""
    return _persona(work.session.scalar(select(PersonaRow).where(PersonaRow.root == root)))


def find_persona_by_fingerprint(work: Work, fingerprint: str) -> Persona | None:
    """Return the persona with this fingerprint, or None."""
    found = (
        select(PersonaRow).where(PersonaRow.fingerprint == fingerprint).order_by(PersonaRow.root)
    )
    return _persona(work.session.scalars(found).first())


def add_steward(work: Work, root: str) -> None:
    """Add a persona to the stewards."""
    work.session.execute(insert(StewardRow).values(root=root))


def remove_steward(work: Work, root: str) -> None:
    """Take a persona from the stewards."""
    work.session.execute(delete(StewardRow).where(StewardRow.root == root))


def holds_stewardship(work: Work, root: str) -> bool:
    """Return whether the persona with this root is a steward."""
    return work.run(_FIND_STEWARD, {"key": root}).first() is not None


def list_stewards(work: Work) -> list[Persona]:
    """Return the stewards by name."""
    found = select(PersonaRow).join(StewardRow, StewardRow.root == PersonaRow.root)
    rows = work.session.scalars(found.order_by(PersonaRow.name, PersonaRow.root))
    return [persona for row in rows if (persona := _persona(row))]


def holds_name(work: Work, folded: str) -> bool:
    """Return whether a persona or a login of this instance has this name."""
    persona = select(PersonaRow.root).where(PersonaRow.name_folded == folded)
    login = select(LoginRow.root).where(LoginRow.name_folded == folded)
    return work.session.scalars(persona.union(login)).first() is not None


def put_card(work: Work, card: Card, *, fingerprint: str, folded: str, digest: bytes) -> None:
    """Make a card the current one of its persona."""
    values: dict[str, Any] = {
        "fingerprint": fingerprint,
        "name": card.name,
        "name_folded": folded,
        "sequence": card.sequence,
        "card_digest": digest,
    }
    if card.sequence == 1:
        work.session.execute(insert(PersonaRow).values(root=card.root, **values))
    else:
        work.session.execute(
            update(PersonaRow).where(PersonaRow.root == card.root).values(**values)
        )


def put_key(work: Work, key: PostingKey, *, fingerprint: str, root: str, is_new: bool) -> None:
    """Bind a posting key to its persona."""
    values = {"root": root, "custody": key.custody.value, "state": key.state.value}
    if is_new:
        row = {"did": key.did, "fingerprint": fingerprint, **values}
        work.session.execute(insert(PostingKeyRow).values(row))
    else:
        work.session.execute(
            update(PostingKeyRow).where(PostingKeyRow.did == key.did).values(values)
        )


def clear_name(work: Work, root: str) -> None:
    """Forget a persona's name: from now on it shows as its fingerprint."""
    work.session.execute(
        update(PersonaRow).where(PersonaRow.root == root).values(name="", name_folded="")
    )


def set_key_state(work: Work, did: str, state: KeyState) -> None:
    """Move a posting key to another state."""
    work.session.execute(
        update(PostingKeyRow).where(PostingKeyRow.did == did).values(state=state.value)
    )


def add_lone_key(work: Work, did: str, fingerprint: str, custody: Custody) -> None:
    """Remember a posting key that no card lists."""
    work.session.execute(
        insert(PostingKeyRow).values(
            did=did,
            fingerprint=fingerprint,
            root=None,
            custody=custody.value,
            state=KeyState.ACTIVE.value,
        )
    )


def find_author(work: Work, did: str) -> Author | None:
    """Return whose posting key this is, or None if it was never seen."""
    row = work.run(_FIND_AUTHOR, {"key": did}).first()
    return None if row is None else _author(row)


def list_authors(work: Work, dids: list[str]) -> list[Author]:
    """Return the authors behind posting keys."""
    return [_author(row) for row in work.run(_LIST_AUTHORS, {"keys": dids})]


def find_lone_key(work: Work, fingerprint: str) -> str | None:
    """Return the did of a posting key without a card by its fingerprint, or None."""
    return work.session.scalar(
        select(PostingKeyRow.did).where(
            PostingKeyRow.fingerprint == fingerprint, PostingKeyRow.root.is_(None)
        )
    )


def list_keys(work: Work, root: str) -> list[tuple[str, str, str, str]]:
    """Return (did, fingerprint, custody, state) of a persona's posting keys."""
    rows = work.session.execute(
        select(
            PostingKeyRow.did,
            PostingKeyRow.fingerprint,
            PostingKeyRow.custody,
            PostingKeyRow.state,
        )
        .where(PostingKeyRow.root == root)
        .order_by(PostingKeyRow.did)
    )
    return [(did, mark, custody, state) for did, mark, custody, state in rows]


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


def list_session_ends(work: Work, root: str) -> list[Instant]:
    """Return when each login session of a persona ends at the latest."""
    query = select(LoginSessionRow.ends_at).where(
        LoginSessionRow.root == root, LoginSessionRow.idle_until > work.minute
    )
    return list(work.session.scalars(query.order_by(LoginSessionRow.ends_at)))


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
    row = work.session.execute(
        select(LoginSessionRow, PersonaRow, PostingKeyRow.custody)
        .join(PersonaRow, PersonaRow.root == LoginSessionRow.root)
        .join(PostingKeyRow, PostingKeyRow.did == LoginSessionRow.did)
        .where(
            LoginSessionRow.mark == mark,
            LoginSessionRow.idle_until > work.minute,
            LoginSessionRow.ends_at > work.minute,
            PostingKeyRow.state == KeyState.ACTIVE.value,
        )
    ).first()
    if row is None:
        return None
    session, persona, custody = row
    viewer = Viewer(
        root=persona.root,
        name=persona.name,
        fingerprint=persona.fingerprint,
        posting_did=session.did,
        custody=Custody(custody),
        has_unlocked=session.box is not None,
    )
    return viewer, session.box, session.idle_until


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


def find_cohort(work: Work, name: str) -> Cohort | None:
    """Return a month's invitations, or None if it has none."""
    row = work.session.get(InvitationCohortRow, name)
    if row is None:
        return None
    return Cohort(name=name, key=require_key(row.key), is_frozen=row.is_frozen)


def get_cohort_box(work: Work, name: str) -> bytes | None:
    """Return the sealed private key of a cohort, or None once its month is over."""
    return work.session.get_one(InvitationCohortRow, name).box


def add_cohort(work: Work, name: str, key: bytes, box: bytes) -> None:
    """Give a month its issuer's key."""
    values = {"name": name, "key": key, "box": box, "is_frozen": False}
    work.session.execute(insert(InvitationCohortRow).values(values))


def set_frozen(work: Work, name: str, *, is_frozen: bool) -> None:
    """Freeze a cohort, or let it go on."""
    found = update(InvitationCohortRow).where(InvitationCohortRow.name == name)
    work.session.execute(found.values(is_frozen=is_frozen))


def count_given(work: Work, root: str, cohort: str) -> int:
    """Return how many invitations of a cohort a persona took to give away."""
    row = work.session.get(InvitationsGivenRow, (root, cohort))
    return row.count if row else 0


def count_one_given(work: Work, root: str, cohort: str) -> None:
    """Count one more of them."""
    row = work.session.get(InvitationsGivenRow, (root, cohort))
    if row is None:
        work.session.add(InvitationsGivenRow(root=root, cohort=cohort, count=1))
    else:
        row.count += 1


def is_spent(work: Work, mark: bytes) -> bool:
    """Return whether somebody came with this invitation."""
    return work.session.get(SpentInvitationRow, mark) is not None


def add_spent(work: Work, mark: bytes, cohort: str) -> None:
    """Remember an invitation as spent."""
    work.session.execute(insert(SpentInvitationRow).values(mark=mark, cohort=cohort))


def find_invited(work: Work, root: str) -> str | None:
    """Return the cohort of the invitation that a persona came with, or None."""
    return work.session.scalar(select(InvitedRow.cohort).where(InvitedRow.root == root))


def add_invited(work: Work, root: str, cohort: str) -> None:
    """Remember that a persona was invited."""
    work.session.execute(insert(InvitedRow).values(root=root, cohort=cohort))


def remove_old_secrets(work: Work, current: str) -> bool:
    """Forget what signed invitations before this month, and who gave how many; return if any."""
    old = (InvitationCohortRow.name < current) & InvitationCohortRow.box.is_not(None)
    if work.session.scalar(select(InvitationCohortRow.name).where(old).limit(1)) is None:
        return False
    work.session.execute(update(InvitationCohortRow).where(old).values(box=None))
    given = InvitationsGivenRow.cohort < current
    work.session.execute(delete(InvitationsGivenRow).where(given))
    return True


def remove_inviting(work: Work, root: str) -> None:
    """Forget that a persona was invited, and how many invitations it gave."""
    work.session.execute(delete(InvitedRow).where(InvitedRow.root == root))
    work.session.execute(delete(InvitationsGivenRow).where(InvitationsGivenRow.root == root))


def _author(row: Row[Any]) -> Author:
    return Author(
        did=row.did,
        root=row.root,
        name=row.name,
        fingerprint=row.persona_fingerprint or row.fingerprint,
        custody=Custody(row.custody),
        state=KeyState(row.state),
    )


def _persona(row: PersonaRow | None) -> Persona | None:
    if row is None:
        return None
    return Persona(
        root=row.root,
        fingerprint=row.fingerprint,
        name=row.name,
        sequence=row.sequence,
        card_digest=row.card_digest,
    )
