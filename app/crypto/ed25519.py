"""Ed25519 (RFC 8032) with one acceptance rule, the same in the browser module and here.

A signature holds when: S < L; R is canonical and not of low order; A is canonical, not the identity
and in the prime-order subgroup; and the cofactorless equation is met byte for byte. The two checks
of A happen once, when a key is first seen; libsodium does the rest on every signature.
Libraries differ on the edges (of CCTV's 914 vectors `cryptography` accepts 208, libsodium 43, this
rule 1), and two verifiers that differ are two forums that differ: ADR-0007.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from nacl.bindings import (
    crypto_core_ed25519_is_valid_point,
    crypto_sign,
    crypto_sign_BYTES,
    crypto_sign_open,
    crypto_sign_PUBLICKEYBYTES,
    crypto_sign_seed_keypair,
    crypto_sign_SEEDBYTES,
)
from nacl.exceptions import BadSignatureError

from app.kernel.errors import MalformedError, VerificationError

from .secret import Secret

SEED_BYTES: Final = crypto_sign_SEEDBYTES
SIGNATURE_BYTES: Final = crypto_sign_BYTES
# libsodium refuses R of low order, but some builds let the identity (y = 1) through.
_IDENTITY: Final = b"\x01" + bytes(31)


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A point that passed the key check. Made by `require_key` only."""

    raw: bytes

    def __repr__(self) -> str:
        """Show the first bytes: enough to tell keys apart in a test's message."""
        return f"PublicKey({self.raw.hex()[:8]}…)"


class SigningKey(Secret):
    """A private key."""

    __slots__ = ("_secret", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise MalformedError("an Ed25519 seed has 32 bytes")
        raw, self._secret = crypto_sign_seed_keypair(seed)
        self.public = PublicKey(raw)

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over `message`."""
        return crypto_sign(message, self._secret)[:SIGNATURE_BYTES]

    def seed(self) -> bytes:
        """Return the 32 secret bytes, to be sealed or written to a key file at once."""
        return self._secret[:SEED_BYTES]


@lru_cache(maxsize=4096)
def require_key(raw: bytes) -> PublicKey:
    """Return the key of these 32 bytes after the key check.

    Raises:
        VerificationError: not canonical, not in the prime-order subgroup, or the identity.

    """
    # libsodium's check covers canonical form, low order and the subgroup: one call, once a key.
    if len(raw) != crypto_sign_PUBLICKEYBYTES or not crypto_core_ed25519_is_valid_point(raw):
        raise VerificationError("not an acceptable Ed25519 public key")
    return PublicKey(raw)


def verify_signature(key: PublicKey, message: bytes, signature: bytes) -> None:
    """Verify a signature by the acceptance rule above.

    Raises:
        VerificationError: it does not hold.

    """
    if len(signature) != SIGNATURE_BYTES or signature[:32] == _IDENTITY:
        raise VerificationError("the signature does not hold")
    try:
        crypto_sign_open(signature + message, key.raw)
    except BadSignatureError as error:
        raise VerificationError("the signature does not hold") from error
