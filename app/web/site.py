"""What every handler may use, built once by `wiring` and kept on the application."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from starlette.concurrency import run_in_threadpool

from app.crypto.ed25519 import SigningKey
from app.db import Database, Randomness, Work
from app.kernel.clock import Clock

from .languages import Language
from .limits import Circuits, Gate
from .pages import (
    CarriedLine,
    ConsultationBox,
    ErasedLine,
    FormerHomeLine,
    HearingNote,
    HomeLine,
    OfficeLine,
    ReminderLine,
    ShutdownLine,
)
from .static import StaticFiles
from .streams import Streams
from .templating import Templates


class FindHome(Protocol):
    """Finds whose board a place is on, by the names that paths have for it."""

    def __call__(
        self, work: Work, place: Mapping[str, str], *, over_onion: bool
    ) -> HomeLine | None:
        """Return its home if that is another host; None for what is at home here."""
        ...


class Sign(Protocol):
    """Knows whether this host is in shutdown mode."""

    @property
    def line(self) -> ShutdownLine | None:
        """What pages say, as far as was looked lately."""
        ...

    def is_due(self) -> bool:
        """Return whether to look again, before a page is made."""
        ...

    def look(self) -> None:
        """Look."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The tools of the web process."""

    db: Database
    clock: Clock
    randomness: Randomness
    languages: dict[str, Language]
    templates: Templates
    static: StaticFiles
    onion: str
    """The address of the instance's onion service; empty if it has none."""
    form_key: bytes
    """Makes form tokens, challenges and sealed steps of forms; random at each start."""
    instance_name: str
    contact: str
    """Who answers for the instance before the law; empty if it has not said."""
    instance_did: str
    instance_fingerprint: str
    gate: Gate
    circuits: Circuits
    streams: Streams
    count_unread: Callable[[Work, str], int]
    """How many notices the persona with this root has not read: what the masthead tells it."""
    count_acts_unread: Callable[[Work, str], int]
    """How many of them are about actions on what it wrote."""
    list_reminders: Callable[[Work, str], Sequence[ReminderLine]]
    """The commitments that the persona with this root is asked about today."""
    instance_key: SigningKey
    """Opens the boxes in which the month's issuer's keys are kept."""
    list_issuers: Callable[[Work], Sequence[str]]
    """What the instance's signed card says of issuers' keys."""
    marks_key: bytes
    """Makes the marks of whoever reports or moderates; it is in no database."""
    words: Sequence[str]
    """The fields of a form in which somebody writes, in their order on the page."""
    keep_words: Callable[[Work, str, Mapping[str, str]], str]
    """Keep a composer's fields for the persona with this root; returns where it is opened again."""
    show_consultations: Callable[[Work, str], Sequence[ConsultationBox]]
    """Some open consultations of a board (did:key)."""
    look_beside: Callable[
        [Work, str, Sequence[Any]], tuple[Sequence[ConsultationBox], Mapping[str, OfficeLine]]
    ]
    """The consultation of a thread if it has one, and what `find_offices` says of its authors."""
    find_ratings: Callable[[Work, str, Mapping[bytes, str]], Mapping[bytes, bool]]
    """Which of some posts help the persona with this root, of those that it rated; posts come by
    their digests, with the boards that they were signed for."""
    find_translations: Callable[[Work, Sequence[Any], str], Mapping[bytes, Any]]
    """The best translations of some posts into a language, as pages show them, by digests."""
    has_hearing: Callable[[Work, str], bool]
    """Whether what people vote on in a thread are questions of a hearing."""
    find_hearing_notes: Callable[[Work, Sequence[bytes]], Mapping[bytes, HearingNote]]
    """What some posts, by their digests, are to the hearings of their threads."""
    find_summary: Callable[[Work, Any, str], Any]
    """The summary of a thread that its page shows, in a language; None where nobody wrote any."""
    find_offices: Callable[[Work, Sequence[Any]], Mapping[str, OfficeLine]]
    """What stands beside some authors' names (`identity.Author`) of offices, by fingerprints."""
    has_machine: bool
    """Whether a program on this host translates what readers ask it for."""
    keeps_copy: Callable[[Work, bytes], bool]
    """Whether a sealed copy of this post is kept for an open case if its author erases it now."""
    find_carried: Callable[[Work, bytes], CarriedLine | None]
    """How far a record is that waits to be handed over, or to be shown by its home."""
    list_erased: Callable[[Work, bytes], Sequence[ErasedLine]]
    """Which other hosts were asked to erase a post, by its digest, and what they said."""
    sign: Sign
    find_home: FindHome
    find_former_home: Callable[[Work, str], FormerHomeLine | None]
    """Where a board (did:key) was before it was taken over; None if it never was."""
    has_replicas: Callable[[], bool]
    """Whether any board here is a copy of another host's: if none is, nobody looks further."""


async def look_at_sign(site: Site) -> None:
    """Look whether this host is in shutdown mode, unless that was done lately."""
    if site.sign.is_due():
        await run_in_threadpool(site.sign.look)
