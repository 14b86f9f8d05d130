"""A unit of work: what a verb needs to do its part and nothing else."""

from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session

from app.kernel.clock import MINUTE_S, Instant


class Randomness(Protocol):
    """A source of random bytes: the system's, or a seeded one in tests and the village."""

    def token_bytes(self, nbytes: int, /) -> bytes:
        """Return `nbytes` random bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction with its time and its randomness. Verbs take it as their first argument."""

    session: Session
    now: Instant
    randomness: Randomness

    @property
    def minute(self) -> Instant:
        """The present minute: what stored times are compared with."""
        return Instant(self.now - self.now % MINUTE_S)
