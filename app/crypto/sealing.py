"""Secrets at rest: a key wrapped under a passphrase, and boxes sealed under a key of the server.

Argon2id (RFC 9106) turns a passphrase into a key; ChaCha20-Poly1305 seals. Each purpose binds its
own context as associated data, so that a box made for one is refused by another. Salts and nonces
are arguments: this room draws no randomness.
"""

from dataclasses import dataclass
from typing import Final

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kernel.errors import MalformedError, VerificationError

KEY_BYTES: Final = 32
SALT_BYTES: Final = 16
NONCE_BYTES: Final = 12


class Passphrase:
    """A passphrase on its way to be stretched. Its text form is redacted."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __len__(self) -> int:
        """Return the number of characters: the form asks for a least length."""
        return len(self._text)

    def encode(self) -> bytes:
        """Return the secret bytes."""
        return self._text.encode()

    def __repr__(self) -> str:
        """Hide the secret."""
        return "Passphrase(…)"


@dataclass(frozen=True, slots=True, kw_only=True)
class StretchCost:
    """What one guess at a passphrase costs: memory in KiB and passes over it."""

    memory_kib: int = 32_768
    passes: int = 3


def stretch(passphrase: Passphrase, salt: bytes, cost: StretchCost) -> bytes:
    """Return the 32-byte key of a passphrase (Argon2id, one lane)."""
    return hash_secret_raw(
        passphrase.encode(), salt, cost.passes, cost.memory_kib, 1, KEY_BYTES, Type.ID
    )


def derive_key(secret: bytes, context: str, *, count: int = KEY_BYTES) -> bytes:
    """Return the key for one purpose of a high-entropy secret: 32 bytes, or `count`."""
    return HKDF(algorithm=SHA256(), length=count, salt=None, info=context.encode()).derive(secret)


def seal(key: bytes, plain: bytes, *, context: str, nonce: bytes) -> bytes:
    """Return a box that only `key` and `context` open: nonce, ciphertext, tag."""
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, plain, context.encode())


def open_box(key: bytes, box: bytes, *, context: str) -> bytes:
    """Return what was sealed.

    Raises:
        MalformedError: too short to be a box.
        VerificationError: another key, another context, or the box was changed.

    """
    if len(box) < NONCE_BYTES:
        raise MalformedError("not a sealed box")
    try:
        return ChaCha20Poly1305(key).decrypt(box[:NONCE_BYTES], box[NONCE_BYTES:], context.encode())
    except InvalidTag as error:
        raise VerificationError("the box does not open") from error
