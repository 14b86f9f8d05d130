"""The nouns of blind tokens: invitations, rights to names for one thread, ballots."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from app.crypto.blind import BlindPublicKey, Issuer
from app.crypto.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Cohort:
    """The tokens of one purpose and month: what can be frozen, as nothing finer is known."""

    name: str
    """The month, `2026-11`."""
    key: BlindPublicKey
    is_frozen: bool
    purpose: str = "invitation"

    @property
    def issuer(self) -> Issuer:
        """What the instance's card names."""
        return Issuer(self.purpose, self.name, self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A single-use right to be invited. Whoever has it can use it."""

    cohort: str
    prefix: bytes = field(repr=False)
    """32 random bytes of its holder: with it the same message is another token each time."""
    signature: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inviting:
    """What a persona can do about invitations today."""

    issuer: Cohort | None
    """Whose invitations it can make; None while there are none, or it may not yet."""
    left: int
    """How many more it can make this month."""
    may_from: date | None
    """From when it may invite; None for whoever was not invited here."""
    is_invited: bool
    """Whether it needs no invitation: it came with one, or is a steward."""
    next_month: date
    """When new ones come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameToken:
    """A right to one name in one thread, worth nothing to another name or elsewhere."""

    cohort: str
    prefix: bytes = field(repr=False)
    """32 random bytes of its holder."""
    signature: bytes = field(repr=False)


class VerifiedName(NamedTuple):
    """A key that may have a name in a thread: the right to it was verified."""

    did: str
    thread: str


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
