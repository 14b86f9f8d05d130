"""Verifier keys as text: C2SP signed-note, Ed25519 (algorithm byte 0x01) and cosignature (0x04)."""

from base64 import b64encode
from hashlib import sha256
from typing import Final

from .ed25519 import PublicKey

SIGNATURE: Final = 0x01
COSIGNATURE: Final = 0x04


def encode_verifier_key(name: str, key: PublicKey, algorithm: int = SIGNATURE) -> str:
    """Return `<name>+<key id>+<base64 of algorithm and key>` (signed-note, Verifier keys)."""
    body = bytes([algorithm]) + key.raw
    key_id = sha256(name.encode() + b"\n" + body).digest()[:4]
    return f"{name}+{key_id.hex()}+{b64encode(body).decode()}"
