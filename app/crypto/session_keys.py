"""A key that only whoever holds a session's cookie can use.

The cookie is an id and a secret of 32 bytes each. What is kept is a hash of the id, and the key
sealed under the secret: neither the database nor the cookie alone can sign.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from .ed25519 import SigningKey
from .multikey import encode_did
from .sealing import derive_key, open_box, seal

HALF_BYTES: Final = 32


@dataclass(frozen=True, slots=True)
class SessionToken:
    """A session's cookie, taken apart."""

    id: bytes
    secret: bytes

    def encode(self) -> str:
        """Return what the cookie holds."""
        return urlsafe_b64encode(self.id + self.secret).decode().rstrip("=")

    def mark(self) -> bytes:
        """Return what is kept of the id."""
        return sha256(b"goftogu/v1/session-id\0" + self.id).digest()

    def __repr__(self) -> str:
        """Hide both."""
        return "SessionToken(…)"


def read_token(text: str) -> SessionToken | None:
    """Return a cookie's token, or None if it is none of ours."""
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        return None
    if len(data) != 2 * HALF_BYTES:
        return None
    return SessionToken(data[:HALF_BYTES], data[HALF_BYTES:])


def seal_key(token: SessionToken, key: SigningKey, *, context: str, nonce: bytes) -> bytes:
    """Return a key sealed under a session's secret, for one purpose."""
    own = context + encode_did(key.public)
    return seal(derive_key(token.secret, context), key.seed(), context=own, nonce=nonce)


def open_key(token: SessionToken, box: bytes, did: str, *, context: str) -> SigningKey:
    """Return the key of a did:key that `seal_key` sealed.

    Raises:
        VerificationError: another session's, another key's, or the box was changed.

    """
    return SigningKey(open_box(derive_key(token.secret, context), box, context=context + did))
