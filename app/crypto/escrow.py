"""Bytes sealed with age: to one person, or so that any two of three open them together.

For each two of them there is one file of age (age-encryption.org/v1, X25519) within another: the
outer one opens with the first one's key, the inner one with the second's. Any copy of `age` opens
them, without this software. Other thresholds would need real secret sharing, and nobody asked.
"""

from collections.abc import Sequence
from itertools import combinations
from typing import Final

import pyrage

from app.kernel.errors import MalformedError, VerificationError

AUDITORS: Final = 3
_NO_IDENTITY: Final = "not a secret key of age: a file of age-keygen has a line AGE-SECRET-KEY-1…"


def require_recipient(recipient: str) -> None:
    """Refuse what is no public key of age (`age1…`).

    Raises:
        MalformedError: it is not.

    """
    _recipient(recipient)


def seal_to_one(content: bytes, recipient: str) -> bytes:
    """Return bytes sealed to one key, as any copy of age opens them.

    Raises:
        MalformedError: no such key.

    """
    return bytes(pyrage.encrypt(content, [_recipient(recipient)]))


def open_by_one(box: bytes, identity: str) -> bytes:
    """Return what was sealed, with the secret key (`AGE-SECRET-KEY-1…`).

    Raises:
        MalformedError: no such key.
        VerificationError: it does not open this.

    """
    try:
        key = pyrage.x25519.Identity.from_str(identity)
    except pyrage.IdentityError as error:
        raise MalformedError(_NO_IDENTITY) from error
    try:
        return bytes(pyrage.decrypt(box, [key]))
    except pyrage.DecryptError as error:
        raise VerificationError("this key does not open it") from error


def require_recipients(recipients: Sequence[str]) -> None:
    """Refuse what are not three different keys of age (`age1…`).

    Raises:
        MalformedError: another number, one of them twice, or no such key.

    """
    if len(set(recipients)) != AUDITORS or len(recipients) != AUDITORS:
        raise MalformedError("three different public keys of age are needed, each on its own line")
    for recipient in recipients:
        _recipient(recipient)


def seal_to_two(text: bytes, recipients: Sequence[str]) -> tuple[bytes, ...]:
    """Return a sealed text for each two of three recipients, in the order of their pairs.

    Raises:
        MalformedError: see `require_recipients`.

    """
    require_recipients(recipients)
    return tuple(
        pyrage.encrypt(pyrage.encrypt(text, [_recipient(second)]), [_recipient(first)])
        for first, second in combinations(recipients, 2)
    )


def open_by_two(sealed: Sequence[bytes], identities: Sequence[str]) -> bytes:
    """Return what was sealed, with two of the three secret keys (`AGE-SECRET-KEY-1…`).

    Raises:
        MalformedError: no such keys.
        VerificationError: these two do not open any of it.

    """
    try:
        keys = [pyrage.x25519.Identity.from_str(identity) for identity in identities]
    except pyrage.IdentityError as error:
        raise MalformedError(_NO_IDENTITY) from error
    for box in sealed:
        try:
            return bytes(pyrage.decrypt(pyrage.decrypt(box, keys), keys))
        except pyrage.DecryptError:
            continue
    raise VerificationError(
        "these two keys do not open it: take those of two different auditors of the day on which "
        "it was sealed"
    )


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise MalformedError(
            "not a public key of age: it begins with age1. The line AGE-SECRET-KEY-1… stays with "
            "whoever made it"
        ) from error
