"""Rights to ballots: texts to nouns and back, and what they say."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Final

from app.crypto.blind import PREFIX_BYTES, BlindPublicKey
from app.identity.model.ballots import BallotKind, BallotToken
from app.kernel.errors import MalformedError

from .tokens import INVITATION_BYTES

_CHARACTERS: Final = INVITATION_BYTES * 4 // 3
_ballot = re.compile(rf"(?P<kind>{'|'.join(BallotKind)})\.(?P<data>[A-Za-z0-9_-]{{{_CHARACTERS}}})")
_name = re.compile("[0-9a-f]{64}")


def encode_ballot_token(token: BallotToken) -> str:
    """Return a right to a ballot as a text: its kind, a full stop, 384 characters of base64url."""
    return f"{token.kind}.{urlsafe_b64encode(token.prefix + token.signature).decode()}"


def parse_ballot_token(text: str) -> BallotToken:
    """Read a right to a ballot; whether it is good, the instance says.

    Raises:
        MalformedError: not in the form above.

    """
    found = _ballot.fullmatch(text)
    if found is None:
        raise MalformedError("not a right to a ballot")
    data = urlsafe_b64decode(found["data"])
    prefix, signature = data[:PREFIX_BYTES], data[PREFIX_BYTES:]
    return BallotToken(kind=BallotKind(found["kind"]), prefix=prefix, signature=signature)


def ballot_message(key: BlindPublicKey, conversation: str, name: str) -> bytes:
    """Return what a right to a ballot says. Its kind is said by the key that signs it.

    Raises:
        MalformedError: `name` is not the name of a ballot.

    """
    if _name.fullmatch(name) is None:
        raise MalformedError("not the name of a ballot")
    said = f"{conversation}\0{name}".encode()
    return b"goftogu/v1/ballot\0" + sha256(key.raw).digest() + said
