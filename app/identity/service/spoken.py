"""Invitations told in words: 288 bytes do not fit into twelve, so the host keeps them sealed.

The words are 128 secret bits. What an invitation is found by and what opens it follow from them,
and neither leads back: whoever holds the database alone has boxes that nothing opens, and cannot
tell which of those who invite made one.
"""

from typing import Final

from app.crypto.sealing import NONCE_BYTES, derive_key, open_box, seal
from app.crypto.seed import ENTROPY_BYTES, Seed
from app.db import Work
from app.identity import store
from app.identity.codec.tokens import encode_invitation, parse_invitation
from app.identity.errors import WordsUnknownError
from app.identity.model.tokens import Invitation

from .invitations import redeem_invitation, require_good

_MARK_CONTEXT: Final = "goftogu/v1/invitation-words/mark\0"
_KEY_CONTEXT: Final = "goftogu/v1/invitation-words/key\0"


def keep_in_words(work: Work, invitation: Invitation) -> Seed:
    """Keep an invitation under new words and return these: they are shown once."""
    words = Seed(work.randomness.token_bytes(ENTROPY_BYTES))
    box = seal(
        derive_key(words.entropy(), _KEY_CONTEXT),
        encode_invitation(invitation).encode(),
        context=_KEY_CONTEXT,
        nonce=work.randomness.token_bytes(NONCE_BYTES),
    )
    store.add_box(work, _mark_of(words), invitation.cohort, box)
    return words


def find_by_words(work: Work, words: Seed) -> Invitation:
    """Return the invitation that words lead to.

    Raises:
        WordsUnknownError: none is kept under them: never, or no more.

    """
    found = store.find_box(work, _mark_of(words))
    if found is None:
        raise WordsUnknownError("no invitation is kept under these words")
    _, box = found
    opened = open_box(derive_key(words.entropy(), _KEY_CONTEXT), box, context=_KEY_CONTEXT)
    return parse_invitation(opened.decode())


def require_usable(work: Work, shared: Invitation | Seed) -> None:
    """Refuse an invitation, or words for one, with which nobody can come.

    Raises:
        WordsUnknownError: see `find_by_words`.
        InvitationUnfitError, CohortClosedError, InvitationSpentError: see `require_good`.

    """
    require_good(work, find_by_words(work, shared) if isinstance(shared, Seed) else shared)


def redeem(work: Work, root: str, shared: Invitation | Seed) -> None:
    """Let a persona be invited by an invitation or by words for one, which then lead nowhere.

    Raises:
        WordsUnknownError: see `find_by_words`.
        InvitationUnfitError, CohortClosedError, InvitationSpentError, AlreadyInvitedError: see
            `redeem_invitation`.

    """
    if isinstance(shared, Invitation):
        redeem_invitation(work, root, shared)
        return
    redeem_invitation(work, root, find_by_words(work, shared))
    store.remove_box(work, _mark_of(shared))


def _mark_of(words: Seed) -> bytes:
    return derive_key(words.entropy(), _MARK_CONTEXT)
