"""The nouns of crowds: who reports alike, and what speaks for an attack."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from app.kernel.clock import Instant


class Evidence(StrEnum):
    """What joined people into a group."""

    WORDS = "words"
    SUBJECTS = "subjects"
    BURST_OF_NEWCOMERS = "burst-of-newcomers"
    COHORT = "cohort"
    """Most came with one month's invitations. It joins nobody: honest people come so too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """One report, as far as groups are looked for in it."""

    mark: bytes
    """Whose: the reporter's mark."""
    subject: str
    at: Instant
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People who act as one, and what shows it."""

    members: frozenset[bytes]
    evidence: Mapping[Evidence, int]
    """How many of them each kind of evidence holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """A group of reporters as whoever moderates sees it: numbers, and nobody's mark."""

    cases: Mapping[str, int]
    """How many reports of each case are the group's, by the case's id."""
    latest: Mapping[str, int]
    """How many of them came in the hour before it was looked for."""
    reporters: int
    evidence: Mapping[Evidence, int]
    """How many of them each kind of evidence holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """Why attack mode is proposed for a board."""

    board: str
    """did:key."""
    reports: int
    """In the last hour."""
    usual: float
    """An hour's, over the days before."""
    of_largest: int
    """How many of the last hour's reports are of one group."""
