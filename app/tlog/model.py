"""The nouns of the log."""

from dataclasses import dataclass

from app.crypto.note_keys import VerifierKey
from app.kernel.clock import HOUR_S, Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """A queue of pending entries that are integrated together: one a board, one for the house.

    A tick comes every `tick_s` seconds. A lane that ticks more often than once a minute is *live*:
    it holds nothing back, and says so to its readers.
    """

    name: str
    tick_s: int
    wait_s: int = 0
    """How long an entry waits at least before its tick, if whoever queues it says so."""

    @property
    def is_live(self) -> bool:
        """Whether entries wait for no batch."""
        return self.tick_s < LIVE_BELOW_S


@dataclass(frozen=True, slots=True, kw_only=True)
class TickPolicy:
    """How long a batch may wait for company, and for how many."""

    least_entries: int = 5
    cap_s: int = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegratedEntry:
    """An entry with its place in the log."""

    index: int
    leaf: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class LogState:
    """How far the log is."""

    shown: int = 0
    """How many entries, from the first, have had their effects."""
    beside: int = 0
    """How many places readers here were given beside those of the log's entries (ADR-0052)."""
    has_begun: bool = False
    """Whether it may have signed: then its last checkpoint must be there before it signs again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LaneFacts:
    """What a tick is decided from."""

    lane: Lane
    due_entries: int
    oldest_due_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedWitness:
    """A witness that this log asks for its cosignatures."""

    key: VerifierKey
    url: str
    """Its submission prefix, without a slash at the end."""
    cosigned: bytes = b""
    """The last checkpoint of this log that it signed, as a note with its cosignature; or empty.
    Verified before it was kept."""

    @property
    def name(self) -> str:
        """Its key's name, which it is known by."""
        return self.key.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Witnessed:
    """What a witness signed last of this log, for who wants to know how much that is worth."""

    name: str
    url: str
    tree_size: int
    signed_at: Instant | None
    """The witness's own second, which its cosignature publishes; None before it signed anything."""

    def hours_since(self, now: Instant) -> int | None:
        """Return for how many hours it has signed nothing new; nobody needs it finer."""
        return None if self.signed_at is None else max(now - self.signed_at, 0) // HOUR_S


LOG = "log"
"""What pages are about that say how far the log is, and who witnessed it."""
LIVE_BELOW_S = 60
LIVE_BATCH = 250
"""A live lane hides nothing, so its ticks are kept short: who posts must not wait for them."""
BATCH = 1 << 15
"""No lane is given more places at once: a million that are due would not fit into the memory."""
HOUSE_LANE = Lane(name="house", tick_s=1)
