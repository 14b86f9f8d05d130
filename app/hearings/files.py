"""What stands at a ministry's own domain: which key speaks for it."""

from typing import Final

from app.crypto.multikey import decode_did
from app.hearings.errors import AttesterUnfitError
from app.kernel.errors import AppError

PATH: Final = "/.well-known/goftogu-official"
MOST_BYTES: Final = 4_096


def parse_key_file(raw: bytes) -> str:
    """Return the did:key that a domain's file names: one line, and others that begin with `#`.

    Raises:
        AttesterUnfitError: it is no text, names no key or several, or one of another kind.

    """
    try:
        text = raw.decode("ascii")
    except UnicodeDecodeError as error:
        raise AttesterUnfitError("the file is no plain text of ASCII") from error
    lines = [line.strip() for line in text.splitlines()]
    named = [line for line in lines if line and not line.startswith("#")]
    if len(raw) > MOST_BYTES or len(named) != 1:
        raise AttesterUnfitError("the file names no key, or several: it has one line did:key:z6Mk…")
    return parse_key(named[0])


def parse_key(typed: str) -> str:
    """Return a did:key as it was typed, if it names a good Ed25519 key.

    Raises:
        AttesterUnfitError: it does not.

    """
    try:
        decode_did(typed)
    except AppError as error:
        raise AttesterUnfitError(
            "not an Ed25519 did:key, which begins with did:key:z6Mk"
        ) from error
    return typed
