"""The nouns of blind tokens: invitations, and rights to names for one thread."""

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from app.crypto.blind import BlindPublicKey, Issuer


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
