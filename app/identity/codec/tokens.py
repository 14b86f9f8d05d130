"""Blind tokens, invitations and rights to a name for one thread: texts to nouns and back."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Final

from app.crypto.blind import LEAST_BITS, PREFIX_BYTES, BlindPublicKey
from app.identity.model.tokens import Invitation, NameToken
from app.kernel.errors import MalformedError

INVITATION_BYTES: Final = PREFIX_BYTES + LEAST_BITS // 8
_CHARACTERS: Final = INVITATION_BYTES * 4 // 3
_invitation = re.compile(
    rf"(?P<month>[0-9]{{4}}-(0[1-9]|1[0-2]))\.(?P<data>[A-Za-z0-9_-]{{{_CHARACTERS}}})"
)


def encode_invitation(invitation: Invitation) -> str:
    """Return an invitation as a text: its month, a full stop, 384 characters of base64url."""
    data = invitation.prefix + invitation.signature
    return f"{invitation.cohort}.{urlsafe_b64encode(data).decode()}"


def parse_invitation(text: str) -> Invitation:
    """Read an invitation; whether it is good, the instance says.

    Raises:
        MalformedError: not in the form above.

    """
    found = _invitation.fullmatch(text)
    if found is None:
        raise MalformedError("not an invitation")
    # A multiple of three bytes has one form in base64, and no padding.
    data = urlsafe_b64decode(found["data"])
    prefix, signature = data[:PREFIX_BYTES], data[PREFIX_BYTES:]
    return Invitation(cohort=found["month"], prefix=prefix, signature=signature)


def invitation_message(key: BlindPublicKey) -> bytes:
    """Return what invitations of a cohort say. Only their prefixes tell them apart."""
    return b"goftogu/v1/invitation\0" + sha256(key.raw).digest()


def mark_of(prepared: bytes) -> bytes:
    """Return what is remembered of a spent invitation; its signature has no part in it."""
    return sha256(b"goftogu/v1/spent-invitation\0" + prepared).digest()


def encode_name_token(token: NameToken) -> str:
    """Return a right to a name as a text of the form that invitations have."""
    data = token.prefix + token.signature
    return f"{token.cohort}.{urlsafe_b64encode(data).decode()}"


def parse_name_token(text: str) -> NameToken:
    """Read a right to a name; whether it is good, the instance says.

    Raises:
        MalformedError: not in the form that invitations have.

    """
    found = parse_invitation(text)
    return NameToken(cohort=found.cohort, prefix=found.prefix, signature=found.signature)


def name_message(key: BlindPublicKey, thread: str, did: str) -> bytes:
    """Return what a right to a name says: the issuer signs it unseen, and the door reads it."""
    return b"goftogu/v1/thread-name\0" + sha256(key.raw).digest() + f"{thread}\0{did}".encode()
