"""The nouns of ballots: who gives them, what finds them, and what is known of their voters."""

from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from app.crypto.blind import BlindPublicKey
from app.crypto.secret import Secret


class BallotKind(StrEnum):
    """What is known of whoever votes: which of a conversation's issuers gave the ballot."""

    VOUCHED = "vouched"
    """Somebody answers for the persona."""
    UNVOUCHED = "unvouched"
    INVITED = "invited"
    """The conversation itself asked the persona to vote, as where people are drawn by lot."""


class BallotSecret(Secret):
    """What a ballot is found and used by; its name follows from it, and not the other way."""

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        self._raw = raw

    @property
    def name(self) -> str:
        """The ballot's name: 64 characters of hexadecimal."""
        return sha256(b"goftogu/v1/ballot-name\0" + self._raw).hexdigest()

    def encode(self) -> bytes:
        """Return the 32 secret bytes: what a device sends with a vote."""
        return self._raw


@dataclass(frozen=True, slots=True, kw_only=True)
class Ballot:
    """A right to vote in one conversation, in use. It is never published, and is nobody's."""

    name: str
    conversation: str
    kind: BallotKind


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotIssuer:
    """Who gives the ballots of one kind in a conversation, to everybody with the same key."""

    conversation: str
    kind: BallotKind
    key: BlindPublicKey
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BallotToken:
    """A right to one ballot in one conversation, worth nothing to another name or elsewhere."""

    kind: BallotKind
    prefix: bytes = field(repr=False)
    signature: bytes = field(repr=False)


class VerifiedBallot(NamedTuple):
    """A name that may vote in a conversation: the right to it was verified."""

    name: str
    conversation: str
    kind: BallotKind
