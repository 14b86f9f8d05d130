"""Values of the room: the service, and how it is doing."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app.crypto.ed25519 import SigningKey

from .address import address_of


class State(StrEnum):
    """Where the service stands. Every one but the first two is tried again by itself."""

    STARTING = "starting"
    """Tor has the service, and no directory has its descriptor yet."""
    PUBLISHED = "published"
    """A descriptor is uploaded, and readers can find the service."""
    TOR_MISSING = "tor-missing"
    """No tor is installed."""
    TOR_ENDED = "tor-ended"
    """Our tor ended by itself, at its start or later."""
    UNREACHABLE = "control-unreachable"
    """Nothing answers at the control port, or it went away."""
    SILENT = "control-silent"
    """Something is there and does not answer as tor does, or not in time."""
    NOT_ALLOWED = "control-not-allowed"
    """The control socket may not be opened, or its cookie cannot be read or is a wrong one."""
    REFUSED = "refused"
    """Tor does not take the service: too old, built without the proof-of-work defence, or it has
    it already from somebody else."""
    STEM_MISSING = "stem-missing"
    """The library that talks to tor is not installed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """An onion service: its key, and the unix socket behind it."""

    key: SigningKey
    socket: Path

    @property
    def address(self) -> str:
        """The onion address."""
        return address_of(self.key.public)


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How the service is doing, as tor tells it."""

    state: State
    introduction_points: int = 0
    """How many relays lead to it, in its newest descriptor; 0 before there is one."""
    effort: int = 0
    """What the descriptor suggests that a client pays in work; 0 while nobody floods."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """A tor to go out by, and whom it may be asked for."""

    socks: str
    """Its SOCKS socket: `unix:/path` or `host:port`."""
    hosts: frozenset[str]
    """As they are asked for, in small letters; nobody else is."""
