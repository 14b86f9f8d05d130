"""What a persona does for its own peace: a shield for a week, and muting.

A shield lets only those answer whom its persona answered before; all else stays open to everybody.
Muting folds posts up for whoever muted, and for nobody else.
"""

from datetime import date, timedelta
from typing import Final

from app import identity
from app.db import Work
from app.forum.errors import ShieldedError, TooManyMutedError
from app.forum.model import Post
from app.forum.store import authorship
from app.forum.store import shielding as store
from app.kernel.clock import day_of

SHIELD_DAYS: Final = 7
MOST_MUTED: Final = 200


def raise_shield(work: Work, viewer: identity.Viewer) -> None:
    """Let only those answer the viewer whom it answered, for a week from today."""
    store.set_shield(work, viewer.root, day_of(work.now) + timedelta(days=SHIELD_DAYS))


def lower_shield(work: Work, viewer: identity.Viewer) -> None:
    """Let everybody answer the viewer again; one that has no shield is no error."""
    store.remove_shield(work, viewer.root)
    work.deleted.append("shield")


def find_shield(work: Work, hand: str) -> date | None:
    """Return the first day without a persona's shield, or None if it has none today."""
    until = store.find_shield(work, hand)
    return None if until is None or until <= day_of(work.now) else until


def find_shield_of(work: Work, post: Post | None) -> date | None:
    """Return the first day without the shield of a post's author, or None if it has none."""
    root = post and post.author.root
    return find_shield(work, root) if root else None


def may_answer(work: Work, parent: Post, hand: str, did: str) -> bool:
    """Return whether somebody may answer a post, whatever shield its author has.

    `hand` and `did` are whoever answers, and the key that would sign. An answer that waits for its
    tick does not count: nobody learns of it.
    """
    author = parent.author
    if author.root is None or hand == author.root or find_shield(work, author.root) is None:
        return True
    return authorship.has_answered(work, _keys_of(work, author.root), {did, *_keys_of(work, hand)})


def require_may_answer(work: Work, parent: Post, author: identity.Author) -> None:
    """Refuse an answer to whoever has a shield by somebody whom they never answered.

    Raises:
        ShieldedError: it is one.

    """
    if not may_answer(work, parent, author.hand, author.did):
        raise ShieldedError("the author answered none of this persona's posts")


def mute(work: Work, viewer: identity.Viewer, hand: str) -> None:
    """Fold somebody's posts up for the viewer; again, or oneself, is no error and changes nothing.

    Raises:
        TooManyMutedError: the viewer muted as many as one may mute.

    """
    if hand == viewer.root or store.has_muted(work, viewer.root, hand):
        return
    if store.count_muted(work, viewer.root) >= MOST_MUTED:
        raise TooManyMutedError("as many muted as one may mute")
    store.mute(work, viewer.root, hand)


def unmute(work: Work, viewer: identity.Viewer, hand: str) -> None:
    """Show somebody's posts to the viewer again; of one that was not muted it is no error."""
    store.unmute(work, viewer.root, hand)
    work.deleted.append("muted")


def list_muted(work: Work, root: str) -> list[str]:
    """Return whom a persona muted: roots, and keys without a card."""
    return store.list_muted(work, root)


def list_hands_muted(work: Work, viewer: identity.Viewer | None) -> frozenset[str]:
    """Return whom a viewer muted: nobody, where nobody is logged in."""
    return frozenset(store.list_muted(work, viewer.root)) if viewer else frozenset()


def has_muted(work: Work, root: str, hand: str) -> bool:
    """Return whether a persona muted somebody."""
    return store.has_muted(work, root, hand)


def forget_ended_shields(work: Work) -> None:
    """Forget the shields that are over."""
    store.remove_ended_shields(work, day_of(work.now))


def _keys_of(work: Work, root: str) -> list[str]:
    return [did for did, *_ in identity.list_keys(work, root)]
