"""Keys and digests as text: base58btc, did:key (W3C CCG), Multikey, multihash, fingerprints.

Base58 is written here because the packages for it have had no release for years and the code is
shorter than their interface: ADR-0014.
"""

from base64 import b32encode
from functools import lru_cache
from hashlib import sha256
from typing import Final

from app.kernel.errors import MalformedError

from .ed25519 import PublicKey, require_key

_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
# Two digits a step: receipts and proofs have a hundred of them each.
_PAIRS: Final = tuple(first + second for first in _ALPHABET for second in _ALPHABET)
_VALUES: Final = {character: value for value, character in enumerate(_ALPHABET)}
_ED25519_PREFIX: Final = b"\xed\x01"
_SHA256_PREFIX: Final = b"\x12\x20"
_DID: Final = "did:key:"
# The longest text that is ever decoded here is a signature: 88 characters.
_MAX_BASE58: Final = 96


def encode_base58(data: bytes) -> str:
    """Return `data` in base58btc, without the multibase letter."""
    number = int.from_bytes(data, "big")
    text = ""
    while number:
        number, pair = divmod(number, len(_PAIRS))
        text = _PAIRS[pair] + text
    zeros = len(data) - len(data.lstrip(b"\0"))
    # The first pair may begin with a digit that stands for nothing.
    return "1" * zeros + text.lstrip("1")


def decode_base58(text: str) -> bytes:
    """Return the bytes of a base58btc text.

    Raises:
        MalformedError: a character outside the alphabet, or too long.

    """
    if len(text) > _MAX_BASE58:
        raise MalformedError("base58 text is too long")
    number = 0
    try:
        for character in text:
            number = number * 58 + _VALUES[character]
    except KeyError as error:
        raise MalformedError("not base58btc") from error
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes(-(-number.bit_length() // 8), "big")


def encode_multibase(data: bytes) -> str:
    """Return `data` as multibase base58btc, as proofs and digests carry it."""
    return "z" + encode_base58(data)


def decode_multibase(text: str, length: int) -> bytes:
    """Return exactly `length` bytes of a multibase base58btc text.

    Raises:
        MalformedError: another base, another length.

    """
    data = decode_base58(text[1:]) if text.startswith("z") else b""
    if len(data) != length:
        raise MalformedError("not multibase base58btc of the right length")
    return data


@lru_cache(maxsize=4096)
def encode_did(key: PublicKey) -> str:
    """Return the did:key of a public key."""
    return _DID + encode_multibase(_ED25519_PREFIX + key.raw)


@lru_cache(maxsize=4096)
def decode_did(text: str) -> PublicKey:
    """Return the public key of an Ed25519 did:key, after the key check.

    Raises:
        MalformedError: not an Ed25519 did:key.
        VerificationError: the key fails the key check.

    """
    if not text.startswith(_DID):
        raise MalformedError("not a did:key")
    data = decode_multibase(text[len(_DID) :], 34)
    if data[:2] != _ED25519_PREFIX:
        raise MalformedError("not an Ed25519 did:key")
    return require_key(data[2:])


def verification_method(did: str) -> str:
    """Return the one verification method of a did:key, as proofs name it."""
    return f"{did}#{did.removeprefix(_DID)}"


def encode_digest(digest: bytes) -> str:
    """Return a SHA-256 digest as `digestMultibase`: multihash in multibase."""
    return encode_multibase(_SHA256_PREFIX + digest)


def decode_digest(text: str) -> bytes:
    """Return the 32 bytes of a `digestMultibase`.

    Raises:
        MalformedError: not a SHA-256 multihash.

    """
    data = decode_multibase(text, 34)
    if data[:2] != _SHA256_PREFIX:
        raise MalformedError("not a SHA-256 multihash")
    return data[2:]


def fingerprint(key: PublicKey) -> str:
    """Return the 80-bit fingerprint: four groups of four base32 characters."""
    text = b32encode(sha256(key.raw).digest()[:10]).decode().lower()
    return " ".join(text[start : start + 4] for start in range(0, 16, 4))
