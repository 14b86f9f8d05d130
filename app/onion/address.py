"""What follows from the service's key: its address, and tor's form of the key.

The address is `base32(key ‖ checksum ‖ 3).onion`, and tor keeps a secret key expanded as RFC 8032
section 5.1.5 does (rend-spec-v3, [ONIONADDRESS] and [HS-KEYS]).
"""

from base64 import b32encode
from hashlib import sha3_256, sha512
from typing import Final

from app.crypto.ed25519 import PublicKey, SigningKey

SUFFIX: Final = ".onion"
_VERSION: Final = b"\x03"


def address_of(key: PublicKey) -> str:
    """Return the onion address of a service with this key: 56 letters and digits, and `.onion`."""
    checksum = sha3_256(b".onion checksum" + key.raw + _VERSION).digest()[:2]
    return b32encode(key.raw + checksum + _VERSION).decode("ascii").lower() + SUFFIX


def is_onion(host: str) -> bool:
    """Whether a host is one that Tor alone can find, well formed or not (RFC 7686)."""
    return f".{host.lower().rstrip('.')}".endswith(SUFFIX)


def expand(key: SigningKey) -> bytes:
    """Return the 64 secret bytes that tor signs with, to be handed to it at once."""
    hashed = bytearray(sha512(key.seed()).digest())
    hashed[0] &= 248
    hashed[31] &= 63
    hashed[31] |= 64
    return bytes(hashed)
