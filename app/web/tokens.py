"""Form tokens and sealed challenges: small proofs that we made a page, without storing anything."""

from base64 import b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from hmac import compare_digest, digest
from typing import Final

from app.kernel.clock import Instant
from app.kernel.errors import ForbiddenError, VerificationError

_MAC_BYTES: Final = 16
_NONCE_BYTES: Final = 16


class StaleFormError(ForbiddenError):
    """The form's token belongs to another session, or to none."""

    code = "stale-form"


def encode_bytes(data: bytes) -> str:
    """Return bytes as unpadded base64url."""
    return urlsafe_b64encode(data).decode().rstrip("=")


def decode_bytes(text: str) -> bytes:
    """Return the bytes of unpadded base64url, or nothing where it is none."""
    try:
        return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (Base64Error, ValueError):
        return b""


def make_form_token(key: bytes, session: bytes, nonce: bytes) -> str:
    """Return the token of a page's forms for a session.

    With the nonce all of it is another one each time, so that compression cannot leak it (BREACH);
    and nobody makes a second token from one, so that each can be counted.
    """
    return encode_bytes(nonce + _mac(key, session, nonce))


def require_form_token(key: bytes, session: bytes, token: str) -> None:
    """Verify a form's token.

    Raises:
        StaleFormError: it was made for another session, or not by us.

    """
    data = decode_bytes(token)
    nonce, mac = data[:_NONCE_BYTES], data[_NONCE_BYTES:]
    if len(mac) != _MAC_BYTES:
        raise StaleFormError("no form token")
    if not compare_digest(_mac(key, session, nonce), mac):
        raise StaleFormError("a form token of another session")


def make_challenge(key: bytes, nonce: bytes, expires_at: Instant) -> str:
    """Return a login challenge that says itself until when it may be used."""
    body = nonce + expires_at.to_bytes(8, "big")
    return encode_bytes(body + digest(key, b"challenge" + body, "sha256")[:_MAC_BYTES])


def require_challenge(key: bytes, challenge: str, now: Instant) -> Instant:
    """Return until when a challenge holds, if we made it and it has not expired.

    Raises:
        VerificationError: not ours, or too old.

    """
    data = decode_bytes(challenge)
    body, mac = data[:-_MAC_BYTES], data[-_MAC_BYTES:]
    if not compare_digest(digest(key, b"challenge" + body, "sha256")[:_MAC_BYTES], mac):
        raise VerificationError("a challenge that this instance did not make")
    expires_at = Instant(int.from_bytes(body[-8:], "big"))
    if expires_at < now:
        raise VerificationError("the challenge has expired")
    return expires_at


def _mac(key: bytes, session: bytes, nonce: bytes) -> bytes:
    return digest(key, b"form" + nonce + session, "sha256")[:_MAC_BYTES]
