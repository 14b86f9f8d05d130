"""The nouns of identity: personas, their keys and cards, and who is logged in."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.records.model import Custody


class KeyState(StrEnum):
    """A posting key's life: it only ever moves to the right."""

    ACTIVE = "active"
    RETIRED = "retired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostingKey:
    """A posting key as a card lists it."""

    did: str
    custody: Custody
    state: KeyState
    consent: str
    """The posting key's own signature over the root that claims it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What a persona's root says about it."""

    root: str
    name: str
    sequence: int
    previous: str | None
    keys: tuple[PostingKey, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A pseudonymous public identity."""

    root: str
    fingerprint: str
    name: str
    sequence: int
    card_digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A persona may read and not write; erasing its own words it always may."""

    act: bytes
    """Digest of the record by which a desk said so."""
    until: date | None
    """The first day on which it may write again; None until it is undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Whose key signed a record: a persona's, or a key without a card."""

    did: str
    root: str | None
    name: str | None
    fingerprint: str
    custody: Custody
    state: KeyState
    thread: str | None = None
    """The one thread that the key may post in, if it is a name for one thread."""

    @property
    def hand(self) -> str:
        """What stands for the author across keys: the root, or the lone key itself."""
        return self.root or self.did


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Whether anybody answers for a persona: stewards for themselves, others by an invitation.

    For an official it is those who attest the office, while it holds.
    """

    root: str
    is_answered_for: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """A persona that is logged in."""

    root: str
    name: str
    fingerprint: str
    posting_did: str
    custody: Custody
    has_unlocked: bool
    """Whether the session can sign: it was opened with the passphrase."""
    thread_did: str = ""
    """The name for the thread that is looked at, if they have one there; see `look_in_thread`."""

    def wrote(self, author: Author) -> bool:
        """Return whether an author is the viewer, under their own name or the thread's."""
        return author.hand in {self.root, self.thread_did}

    @property
    def is_locked_out(self) -> bool:
        """Whether the host signs for this persona, but cannot in this session."""
        return self.custody is not Custody.DEVICE and not self.has_unlocked


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginProof:
    """A proof of holding a posting key, made for one challenge of one instance."""

    did: str
    domain: str
    challenge: str
    expires: str
