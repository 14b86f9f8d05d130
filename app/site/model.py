"""The nouns of the site: the instance as it presents itself."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceCard:
    """The instance's current card."""

    digest: bytes
    sequence: int
    name: str
    log_origin: str
    onion: str
    founded_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPage:
    """A page of the host's own, as its stewards wrote it last in one language."""

    digest: bytes
    sequence: int
    markdown: str
    written_on: date
