"""Four words by which people compare a long address: read aloud, remembered, seen at a glance.

A word stands for 11 bits of PBKDF2-HMAC-SHA256 over the address, so somebody who looks for another
address with the same words has to try 2^44 of them, and each try costs as much as 65,536 hashes.
The lists are index-paired: BIP39's English and French ones, and a Persian one (ADR-0032).
"""

from functools import lru_cache
from hashlib import pbkdf2_hmac
from importlib.resources import files
from typing import Final

WORDS: Final = 4
ROUNDS: Final = 65_536
_WORD_BITS: Final = 11
_SALT: Final = b"goftogu/v1/checksum"
_LISTS: Final = {"en": "english.txt", "fa": "persian.txt", "fr": "french.txt"}


@lru_cache(maxsize=16)
def checksum_words(address: str, language: str) -> tuple[str, ...]:
    """Return the four words of an address; in English for languages without a list.

    `address` is text as people copy it, like `….onion`; its case does not matter.
    """
    made = pbkdf2_hmac("sha256", address.lower().encode(), _SALT, ROUNDS)
    number = int.from_bytes(made, "big") >> (8 * len(made) - WORDS * _WORD_BITS)
    words = _words(_LISTS.get(language, _LISTS["en"]))
    shifts = range((WORDS - 1) * _WORD_BITS, -1, -_WORD_BITS)
    return tuple(words[number >> shift & (2**_WORD_BITS - 1)] for shift in shifts)


def _words(name: str) -> tuple[str, ...]:
    return tuple(files(__package__).joinpath(name).read_text(encoding="utf-8").split())
