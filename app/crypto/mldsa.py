"""ML-DSA-44 (FIPS 204, empty context): what witnesses may cosign with beside Ed25519.

Only cosignatures use it (C2SP tlog-cosignature). A key here is as long as 41 Ed25519 keys and a
signature as long as 38 signatures, so that no record is signed with it.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from app.kernel.errors import MalformedError, VerificationError

from .secret import Secret

SEED_BYTES: Final = 32
KEY_BYTES: Final = 1312
SIGNATURE_BYTES: Final = 2420


@dataclass(frozen=True, slots=True)
class MldsaPublicKey:
    """The 1,312 bytes of a public key. Made by `require_key` only."""

    raw: bytes

    def __repr__(self) -> str:
        """Show the first bytes: enough to tell keys apart in a test's message."""
        return f"MldsaPublicKey({self.raw.hex()[:8]}…)"


class MldsaSigningKey(Secret):
    """A private key."""

    __slots__ = ("_secret", "public")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != SEED_BYTES:
            raise MalformedError("an ML-DSA-44 seed has 32 bytes")
        self._secret = MLDSA44PrivateKey.from_seed_bytes(seed)
        self.public = MldsaPublicKey(self._secret.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """Return the 2,420 bytes of a signature over `message`; each call gives another one."""
        return self._secret.sign(message)


def require_key(raw: bytes) -> MldsaPublicKey:
    """Return the key of these bytes.

    Raises:
        VerificationError: another length.

    """
    if len(raw) != KEY_BYTES:
        raise VerificationError("not an ML-DSA-44 public key")
    return MldsaPublicKey(raw)


def verify_signature(key: MldsaPublicKey, message: bytes, signature: bytes) -> None:
    """Verify a signature.

    Raises:
        VerificationError: it does not hold.

    """
    if len(signature) != SIGNATURE_BYTES:
        raise VerificationError("the signature does not hold")
    try:
        MLDSA44PublicKey.from_public_bytes(key.raw).verify(signature, message)
    except InvalidSignature as error:
        raise VerificationError("the signature does not hold") from error
