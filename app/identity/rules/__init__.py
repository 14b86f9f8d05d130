"""What identity decides from values alone."""

from typing import Final

from app.crypto.multikey import encode_digest
from app.identity.errors import (
    CustodyDiffersError,
    HostCustodyError,
    KeyInactiveError,
    StaleCardError,
)
from app.identity.model import Author, Card, KeyState, Persona
from app.records.model import Custody

LEAST_PASSPHRASE_CHARACTERS: Final = 10
MOST_PASSPHRASE_CHARACTERS: Final = 200
IDLE_S: Final = 2 * 3600
ABSOLUTE_S: Final = 12 * 3600
INVITATIONS_A_MONTH: Final = 5
NAMES_A_MONTH: Final = 3
"""Names for one thread that a persona may take: enough to be used, too few to look like a crowd."""
_ORDER: Final = (KeyState.ACTIVE, KeyState.RETIRED, KeyState.REVOKED)


def require_successor(card: Card, current: Persona | None) -> None:
    """Refuse a card that does not follow the current one.

    Raises:
        StaleCardError: wrong sequence, or built on another card.

    """
    if not follows(card, current):
        raise StaleCardError("the card does not follow the current one")


def follows(card: Card, current: Persona | None) -> bool:
    """Whether a card is the next in its persona's line."""
    expected = 1 if current is None else current.sequence + 1
    built_on = None if current is None else encode_digest(current.card_digest)
    return card.sequence == expected and card.previous == built_on


def is_revocation(card: Card) -> bool:
    """Whether a card only revokes: it then needs no predecessor, and always wins."""
    return all(key.state is KeyState.REVOKED for key in card.keys)


def require_own_custody(card: Card) -> None:
    """Refuse a card that puts words into the host's mouth: with the host's key only the host signs.

    Keys that are no longer in use may stand on it as they were declared: a revocation always wins.

    Raises:
        HostCustodyError: it declares a key in use as the host's.

    """
    states = {key.state for key in card.keys if key.custody is Custody.INSTANCE}
    if KeyState.ACTIVE in states:
        raise HostCustodyError("a persona's key is declared as the host's")


def later_state(before: KeyState, after: KeyState) -> KeyState:
    """Return the later of two states: a revoked key never comes back."""
    return max(before, after, key=_ORDER.index)


def require_use(author: Author, declared: Custody) -> None:
    """Refuse a record whose key may not sign it this way.

    Raises:
        HostCustodyError: a persona's key is declared as the host's.
        KeyInactiveError: the key was retired or revoked.
        CustodyDiffersError: the record declares another custody than the key's card.

    """
    if author.state is not KeyState.ACTIVE:
        raise KeyInactiveError("the key is no longer in use")
    if declared is not author.custody:
        raise CustodyDiffersError("the record and the card declare different custody")
    if declared is Custody.INSTANCE and author.root is not None:
        # A card from before such cards were refused may say so still.
        raise HostCustodyError("a persona's key is declared as the host's")


def choose_positions(random: bytes) -> tuple[int, int]:
    """Return the two words, counted from 1, that are typed back."""
    first = random[0] % 12
    second = (first + 1 + random[1] % 11) % 12
    return min(first, second) + 1, max(first, second) + 1
