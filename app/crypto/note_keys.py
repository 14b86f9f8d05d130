"""Verifier keys as text: C2SP signed-note, `<name>+<key id>+<base64 of algorithm and key>`.

The key id is the start of a hash over name, algorithm and key: it tells keys apart in a note and
proves nothing. Algorithms: Ed25519 (0x01), cosignatures with Ed25519 (0x04) and ML-DSA-44 (0x06).
"""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeAlias

from app.kernel.errors import MalformedError, VerificationError

from . import ed25519, mldsa

SIGNATURE: Final = 0x01
COSIGNATURE: Final = 0x04
COSIGNATURE_MLDSA: Final = 0x06
KEY_ID_BYTES: Final = 4

AnyPublicKey: TypeAlias = ed25519.PublicKey | mldsa.MldsaPublicKey

_key_id_text = re.compile("[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A named public key and what it signs. Its key passed the key check of its algorithm."""

    name: str
    algorithm: int
    key: AnyPublicKey

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand for it in signatures."""
        return derive_key_id(self.name, self._body)

    def encode(self) -> str:
        """Return `<name>+<key id>+<base64 of algorithm and key>` (signed-note, Verifier keys)."""
        return f"{self.name}+{self.key_id.hex()}+{b64encode(self._body).decode()}"

    @property
    def _body(self) -> bytes:
        return bytes([self.algorithm]) + self.key.raw


def derive_key_id(name: str, body: bytes) -> bytes:
    """Return the key id of a name and a key after its algorithm byte (signed-note, Signatures)."""
    return sha256(name.encode() + b"\n" + body).digest()[:KEY_ID_BYTES]


def parse_verifier_key(text: str) -> VerifierKey:
    """Read a verifier key.

    Raises:
        MalformedError: not in the form above, its id belongs to another key, an algorithm that we
            do not verify, or a key that fails the key check.

    """
    name, _, rest = text.partition("+")
    key_id, _, encoded = rest.partition("+")
    require_key_name(name)
    body = decode_base64(encoded)
    if not _key_id_text.fullmatch(key_id) or not body:
        raise MalformedError("not a verifier key")
    if derive_key_id(name, body).hex() != key_id:
        raise MalformedError("a verifier key's id belongs to another name or key")
    algorithm, raw = body[0], body[1:]
    try:
        match algorithm:
            case 0x01 | 0x04:
                key: AnyPublicKey = ed25519.require_key(raw)
            case 0x06:
                key = mldsa.require_key(raw)
            case _:
                raise MalformedError("a verifier key has an algorithm that we do not verify")
    except VerificationError as error:
        raise MalformedError("a verifier key is no acceptable key of its algorithm") from error
    return VerifierKey(name, algorithm, key)


def require_key_name(name: str) -> None:
    """Refuse what cannot name a key: nothing, spaces, plus signs, control characters.

    Raises:
        MalformedError: such a name.

    """
    spaced = any(character.isspace() or character < " " for character in name)
    if not name or spaced or "+" in name or not _is_utf8(name):
        raise MalformedError("a key has no name, or one with spaces or plus signs")


def decode_base64(text: str) -> bytes:
    """Return the bytes of standard base64, of which each value has exactly one form.

    Raises:
        MalformedError: other characters, wrong padding, or bits beyond the last byte.

    """
    try:
        data = b64decode(text, validate=True)
    except (Base64Error, ValueError) as error:
        raise MalformedError("not base64") from error
    if b64encode(data).decode() != text:
        raise MalformedError("not base64 in its one form")
    return data


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
