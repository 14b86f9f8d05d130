"""What identity decides from values alone."""

import re
import unicodedata
from typing import Final

from app.crypto.multikey import encode_digest
from app.records.model import Custody

from .errors import CustodyDiffersError, KeyInactiveError, StaleCardError
from .model import Author, Card, KeyState, Persona

LEAST_PASSPHRASE_CHARACTERS: Final = 10
MOST_PASSPHRASE_CHARACTERS: Final = 200
IDLE_S: Final = 2 * 3600
ABSOLUTE_S: Final = 12 * 3600
_ORDER: Final = (KeyState.ACTIVE, KeyState.RETIRED, KeyState.REVOKED)
_ARABIC_TO_PERSIAN: Final = str.maketrans("يىكة", "ییکه", "\u200c\u200d")
_spaces = re.compile(r"\s+")


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


def later_state(before: KeyState, after: KeyState) -> KeyState:
    """Return the later of two states: a revoked key never comes back."""
    return max(before, after, key=_ORDER.index)


def require_use(author: Author, declared: Custody) -> None:
    """Refuse a record whose key may not sign it this way.

    Raises:
        KeyInactiveError: the key was retired or revoked.
        CustodyDiffersError: the record declares another custody than the key's card.

    """
    if author.state is not KeyState.ACTIVE:
        raise KeyInactiveError("the key is no longer in use")
    if declared is not author.custody:
        raise CustodyDiffersError("the record and the card declare different custody")


def fold_name(name: str) -> str:
    """Return what two names share when people would read them as one."""
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_ARABIC_TO_PERSIAN)
    # Composed again: what was taken out may have stood between a letter and its accent.
    return _spaces.sub(" ", unicodedata.normalize("NFKC", folded)).strip()


def propose_name(parts: tuple[tuple[str, ...], tuple[str, ...]], random: bytes) -> str:
    """Return a name to begin with, from two random bytes: nobody should start from their own."""
    first, second = parts
    return f"{first[random[0] % len(first)]} {second[random[1] % len(second)]}"


def choose_positions(random: bytes) -> tuple[int, int]:
    """Return the two words, counted from 1, that are typed back."""
    first = random[0] % 12
    second = (first + 1 + random[1] % 11) % 12
    return min(first, second) + 1, max(first, second) + 1
