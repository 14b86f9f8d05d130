"""The persona's seed: 16 bytes of entropy, shown as 12 recovery words, from which all keys come.

Words are BIP39's English list; keys are derived from the entropy itself by HKDF-SHA256, never from
the words, so their language does not matter. The `info` strings keep the keys apart (DESIGN.md §3).
"""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kernel.errors import MalformedError

from .ed25519 import SEED_BYTES, SigningKey
from .secret import Secret

ENTROPY_BYTES: Final = 16
WORD_COUNT: Final = 12
_WORD_BITS: Final = 11
_CHECKSUM_BITS: Final = 4


class Seed(Secret):
    """The 128 secret bits of a persona."""

    __slots__ = ("_entropy",)

    def __init__(self, entropy: bytes) -> None:
        if len(entropy) != ENTROPY_BYTES:
            raise MalformedError("a seed has 16 bytes")
        self._entropy = entropy

    def words(self) -> tuple[str, ...]:
        """Return the 12 recovery words (BIP39, English)."""
        checksum = sha256(self._entropy).digest()[0] >> (8 - _CHECKSUM_BITS)
        number = int.from_bytes(self._entropy, "big") << _CHECKSUM_BITS | checksum
        shifts = range((WORD_COUNT - 1) * _WORD_BITS, -1, -_WORD_BITS)
        return tuple(word_list()[number >> shift & (2**_WORD_BITS - 1)] for shift in shifts)

    def entropy(self) -> bytes:
        """Return the 16 secret bytes, to be sealed at once."""
        return self._entropy

    def root_key(self) -> SigningKey:
        """Derive the root key: it signs cards and is never kept anywhere."""
        return self._derive(b"goftogu/v1/root")

    def posting_key(self, number: int = 0) -> SigningKey:
        """Derive the posting key with this number."""
        return self._derive(b"goftogu/v1/posting\0" + str(number).encode())

    def _derive(self, info: bytes) -> SigningKey:
        hkdf = HKDF(algorithm=SHA256(), length=SEED_BYTES, salt=None, info=info)
        return SigningKey(hkdf.derive(self._entropy))


def parse_words(text: str) -> Seed:
    """Return the seed of 12 recovery words, in any case and with any spacing.

    Raises:
        MalformedError: not 12 words of the list, or their checksum does not fit.

    """
    words = text.lower().split()
    try:
        indexes = [_word_index()[word] for word in words]
    except KeyError as error:
        raise MalformedError("a word is not on the list: look at the paper again") from error
    if len(indexes) != WORD_COUNT:
        raise MalformedError("these are not 12 words: count those on the paper")
    number = 0
    for index in indexes:
        number = number << _WORD_BITS | index
    seed = Seed((number >> _CHECKSUM_BITS).to_bytes(ENTROPY_BYTES, "big"))
    if seed.words() != tuple(words):
        raise MalformedError("a word or the order is not that of the paper: the checksum differs")
    return seed


def find_unknown_words(words: Iterable[str]) -> list[str]:
    """Return those words that are not on the list, as they were written."""
    return [word for word in words if word.lower() not in _word_index()]


@lru_cache(maxsize=1)
def word_list() -> tuple[str, ...]:
    """Return BIP39's English list of 2048 words."""
    text = files(__package__).joinpath("english.txt").read_text(encoding="ascii")
    return tuple(text.split())


@lru_cache(maxsize=1)
def _word_index() -> dict[str, int]:
    return {word: index for index, word in enumerate(word_list())}
