"""Limits: personas that a desk lets read only, for a time.

Whoever calls has decided that a desk may (room `moderation`); here is only what it does.
"""

from app.db import Work
from app.identity import store
from app.identity.errors import PersonaLimitedError
from app.identity.model import Limit
from app.kernel.clock import day_of

from .cards import NAMES


def limit_persona(work: Work, root: str, limit: Limit) -> None:
    """Let a persona read only; its page says so to everybody."""
    store.set_limit(work, root, limit)
    work.changed.add(NAMES)


def lift_limit(work: Work, root: str, act: bytes) -> None:
    """Undo a limit, if it is still the one of this act."""
    limit = store.find_limit(work, root)
    if limit is not None and limit.act == act:
        store.remove_limit(work, root)
        work.changed.add(NAMES)


def find_limit(work: Work, root: str) -> Limit | None:
    """Return the limit under which a persona is today, or None."""
    limit = store.find_limit(work, root)
    is_over = limit is not None and limit.until is not None and day_of(work.now) >= limit.until
    return None if is_over else limit


def require_unlimited(work: Work, hand: str) -> None:
    """Refuse words of a persona that may read only.

    Raises:
        PersonaLimitedError: it is limited today.

    """
    if find_limit(work, hand) is not None:
        raise PersonaLimitedError("the persona may read only")


def forget_ended_limits(work: Work) -> None:
    """Forget the limits that are over: the pages of their personas say so no more."""
    if store.remove_ended_limits(work, day_of(work.now)):
        work.changed.add(NAMES)
