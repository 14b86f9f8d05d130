"""Stewards: personas that look after this instance's boards. Who hosts it appoints them."""

from app.db import Work
from app.identity import store
from app.identity.model import Persona, Viewer

from .cards import get_persona


def grant_stewardship(work: Work, mark: str) -> Persona:
    """Make the persona with this fingerprint a steward; doing it again is no error.

    Raises:
        NotFoundError: no such persona.

    """
    persona = get_persona(work, mark)
    if not store.holds_stewardship(work, persona.root):
        store.add_steward(work, persona.root)
    return persona


def revoke_stewardship(work: Work, mark: str) -> Persona:
    """Take stewardship from the persona with this fingerprint; it may have had none.

    Raises:
        NotFoundError: no such persona.

    """
    persona = get_persona(work, mark)
    store.remove_steward(work, persona.root)
    return persona


def is_steward(work: Work, viewer: Viewer | None) -> bool:
    """Return whether whoever looks is a steward."""
    return viewer is not None and store.holds_stewardship(work, viewer.root)
