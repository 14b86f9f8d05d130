"""The nouns of partnership."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.kernel.clock import Instant
from app.kernel.strict_json import JsonObject

UNVERIFIED: Final = "unverified"
"""Begins the trouble of a copy that does not hold, while nobody knows whose fault that is; and why
a partner was frozen of which nothing held for a day, which proves no lie."""


class Right(StrEnum):
    """What an instance may do with another's board."""

    READ = "read"
    """Keep a copy and show it."""
    CARRY = "carry"
    """Relay what its readers write."""
    WRITE = "write"
    """Answer for its own personas there: what it carries of them is not on probation."""


class PartnerState(StrEnum):
    """Whether a partner is believed."""

    ACTIVE = "active"
    FROZEN = "frozen"
    """Its log contradicted itself, or showed what does not verify: nothing more is taken."""
    ENDED = "ended"
    RETIRED = "retired"
    """It wound itself down and said so: what is signed with its keys later is nobody's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partner:
    """Another instance, by its key."""

    did: str
    name: str
    url: str
    """Where it is reached."""
    log_origin: str
    log_key: str
    witness_key: str
    met_on: date
    state: PartnerState
    why: str = ""
    follows_rules: bool = True
    """Whether what its desks hide by the rules is hidden here too."""
    most_entries: int = 200_000
    """How many entries and records handed over it may bring in a day."""
    most_bytes: int = 20 * 1024**3
    """How much of its files is copied here in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Rights over boards, as one instance offered them to another."""

    offer: bytes
    """The digest of the record that offers them."""
    record_id: str
    giver: str
    taker: str
    boards: Mapping[str, frozenset[Right]]
    """By the board's did:key."""
    until: date
    """The first day on which they no longer hold."""
    accepted_on: date | None = None
    ended_on: date | None = None

    def holds(self, day: date) -> bool:
        """Return whether the rights hold on a day."""
        return self.accepted_on is not None and self.ended_on is None and day < self.until


@dataclass(frozen=True, slots=True, kw_only=True)
class Replica:
    """How far a partner's log was replayed here."""

    partner: str
    size: int = 0
    heard_at: Instant | None = None
    tried_at: Instant | None = None
    trouble: str = ""
    doubted_at: Instant | None = None
    """Since when what it hands out does not verify; None once all of it did."""
    entries: int = 0
    """How many it brought on `counted_on`."""
    counted_on: date | None = None
    copied_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureAsked:
    """That a partner was asked to erase what an author erased, and what it said."""

    partner: str
    """This host's name for it."""
    due_at: Instant
    confirmed_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What a replay did."""

    size: int
    """Of the log up to which it came."""
    taken: int
    set_aside: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A record for a partner's board, until its home's log shows it."""

    digest: bytes
    partner: str
    raw: bytes
    author: str
    """The key that signed it."""
    day: date
    receipt: bytes | None = None
    """The home's, once it has taken the record in."""
    refusal: str = ""
    """Why the home did not: the code of an error, or its own words."""
    tries: int = 0
    """How often it was handed over and not taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """What an instance says that another was caught at."""

    by: str
    about: str
    code: str
    """The error's, like `split-view`."""
    evidence: bytes
    """SHA-256 of what was kept."""
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Who may take a board over."""

    successors: tuple[str, ...]
    """did:keys of instances, the first one first."""
    quorum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Takeover:
    """What successors sign: which board goes where, and what of the old log counts."""

    board: str
    to: str
    origin: str
    size: int
    root: str
    """The root hash of the old log at that size, in hexadecimal."""

    def members(self) -> JsonObject:
        """Return the record's own members, but the signatures."""
        return {
            "object": f"ap://{self.board}/actor",
            "target": f"ap://{self.to}/actor",
            "urn:goftogu:final": {"origin": self.origin, "size": self.size, "root": self.root},
        }
