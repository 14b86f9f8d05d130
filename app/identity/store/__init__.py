"""Every statement of identity."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from app.db import Work
from app.db.tables import columns_of
from app.identity.model import Author, Card, KeyState, Persona, PostingKey
from app.identity.tables import LoginRow, PersonaRow, PostingKeyRow, StewardRow
from app.identity.tables.tokens import ThreadNameRow
from app.records.model import Custody

from .ballots import (
    add_ballot,
    add_ballot_given,
    add_ballot_issuer,
    even_out_ballots_given,
    find_ballot,
    find_ballot_box,
    find_ballot_request,
    list_ballot_issuers,
    list_ballot_kinds,
    remove_ballot_boxes,
)
from .inviting import (
    add_box,
    add_cohort,
    add_invited,
    add_spent,
    count_given,
    count_one_given,
    count_spent,
    even_out_inviting,
    find_box,
    find_cohort,
    find_invited,
    find_standing,
    get_cohort_box,
    is_spent,
    list_answered_for,
    list_cohorts,
    remove_box,
    remove_inviting,
    remove_old_boxes,
    remove_old_secrets,
    set_frozen,
    set_office_until,
)
from .limits import find_limit, remove_ended_limits, remove_limit, set_limit
from .logins import (
    add_login,
    add_session,
    extend_session,
    find_login,
    find_viewer,
    get_login_name,
    holds_login,
    list_session_ends,
    remove_ended_sessions,
    remove_login,
    remove_other_sessions,
    remove_session,
    remove_sessions,
)
from .thread_names import (
    add_thread_name,
    add_thread_name_cohort,
    count_names_taken,
    count_one_name_taken,
    even_out_names_taken,
    find_thread_name_cohort,
    get_thread_name_box,
    holds_thread_name,
    list_thread_name_cohorts,
    remove_names_taken,
    remove_old_name_secrets,
    remove_thread_name,
)

__all__ = [
    "add_ballot",
    "add_ballot_given",
    "add_ballot_issuer",
    "add_box",
    "add_cohort",
    "add_invited",
    "add_login",
    "add_lone_key",
    "add_session",
    "add_spent",
    "add_steward",
    "add_thread_name",
    "add_thread_name_cohort",
    "clear_name",
    "count_given",
    "count_names_taken",
    "count_one_given",
    "count_one_name_taken",
    "count_spent",
    "even_out_ballots_given",
    "even_out_inviting",
    "even_out_names_taken",
    "extend_session",
    "find_author",
    "find_ballot",
    "find_ballot_box",
    "find_ballot_request",
    "find_box",
    "find_cohort",
    "find_invited",
    "find_limit",
    "find_login",
    "find_lone_key",
    "find_persona",
    "find_persona_by_fingerprint",
    "find_standing",
    "find_thread_name_cohort",
    "find_viewer",
    "get_cohort_box",
    "get_login_name",
    "get_thread_name_box",
    "holds_login",
    "holds_name",
    "holds_stewardship",
    "holds_thread_name",
    "is_spent",
    "list_answered_for",
    "list_authors",
    "list_ballot_issuers",
    "list_ballot_kinds",
    "list_cohorts",
    "list_keys",
    "list_personas",
    "list_roots",
    "list_session_ends",
    "list_stewards",
    "list_thread_name_cohorts",
    "put_card",
    "put_key",
    "remove_ballot_boxes",
    "remove_box",
    "remove_ended_limits",
    "remove_ended_sessions",
    "remove_inviting",
    "remove_limit",
    "remove_login",
    "remove_names_taken",
    "remove_old_boxes",
    "remove_old_name_secrets",
    "remove_old_secrets",
    "remove_other_sessions",
    "remove_session",
    "remove_sessions",
    "remove_steward",
    "remove_thread_name",
    "set_frozen",
    "set_key_state",
    "set_limit",
    "set_office_until",
]

_KEY, _PERSONA = columns_of(PostingKeyRow), columns_of(PersonaRow)
_THREAD_NAME = columns_of(ThreadNameRow)
_SELECT_AUTHORS = (
    select(
        _KEY,
        _PERSONA.c.name,
        _PERSONA.c.fingerprint.label("persona_fingerprint"),
        _THREAD_NAME.c.thread,
    )
    .outerjoin(_PERSONA, _PERSONA.c.root == _KEY.c.root)
    .outerjoin(_THREAD_NAME, _THREAD_NAME.c.did == _KEY.c.did)
)
_FIND_AUTHOR = _SELECT_AUTHORS.where(_KEY.c.did == bindparam("key"))
_LIST_AUTHORS = _SELECT_AUTHORS.where(_KEY.c.did.in_(bindparam("keys", expanding=True)))
_LIST_PERSONAS = select(_PERSONA).where(_PERSONA.c.root.in_(bindparam("roots", expanding=True)))
_STEWARD = columns_of(StewardRow)
_FIND_STEWARD = select(_STEWARD.c.root).where(_STEWARD.c.root == bindparam("key"))


def find_persona(work: Work, root: str) -> Persona | None:
    """Return a persona by its root, or None."""
    return _persona(work.session.scalar(select(PersonaRow).where(PersonaRow.root == root)))


def list_personas(work: Work, roots: Collection[str]) -> dict[str, Persona]:
    """Return the personas of some roots, by root; those without a card here are left out."""
    rows = work.run(_LIST_PERSONAS, {"roots": sorted(roots)})
    return {row.root: persona for row in rows if (persona := _persona(row))}


def list_roots(work: Work) -> list[str]:
    """Return the roots of all personas."""
    return list(work.run(select(_PERSONA.c.root)).scalars())


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
    return work.recall_one(_FIND_AUTHOR, {"key": did}, _author)


def list_authors(work: Work, dids: list[str]) -> list[Author]:
    """Return the authors behind posting keys."""
    return [_author(row) for row in work.run(_LIST_AUTHORS, {"keys": dids})] if dids else []


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


def _author(row: Row[Any]) -> Author:
    return Author(
        did=row.did,
        root=row.root,
        name=row.name,
        fingerprint=row.persona_fingerprint or row.fingerprint,
        custody=Custody(row.custody),
        state=KeyState(row.state),
        thread=row.thread,
    )


def _persona(row: PersonaRow | Row[Any] | None) -> Persona | None:
    if row is None:
        return None
    return Persona(
        root=row.root,
        fingerprint=row.fingerprint,
        name=row.name,
        sequence=row.sequence,
        card_digest=row.card_digest,
    )
