"""View models of the public log of moderation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.web.pages import Page, Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One value that the log can be narrowed to."""

    value: str
    text: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """An act in a list."""

    digest: str
    kind: str
    rule: str
    board: str
    """Its name; empty for what is on none."""
    desk: int
    """Number of the desk that signed; 0 for the host's own key."""
    second: int
    """Number of the desk that proposed it; 0 where nobody had to."""
    day: date
    is_automatic: bool
    is_undone: bool
    is_logged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage(Page):
    """What was done by moderation, the newest first."""

    template: ClassVar[str] = "moderation/log.html"

    acts: tuple[ActLine, ...]
    found: int
    pager: Pager
    question: str
    kinds: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    boards: tuple[Choice, ...]
    desks: tuple[Choice, ...]
    is_narrowed: bool
    sponsors: tuple[str, ...]
    month: str
    """The current one, `YYYY-MM`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLink:
    """What an act is about, and where that is."""

    kind: str
    """`post`, `thread`, `persona`, `board` or `desk`."""
    path: str
    """Without its language; empty where there is no page of it."""
    text: str
    """A fingerprint, a board's name, a desk's number; empty for a post and a thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """How an appeal against an act was answered."""

    outcome: str
    days: int
    digest: str
    """The record that says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActPage(Page):
    """One act with all of its reasons, and where it stands in the log."""

    template: ClassVar[str] = "moderation/act.html"

    act: ActLine
    ground: str
    law: str
    facts: str
    language: str
    direction: str
    scope: str
    until: date | None
    source: str
    label: str
    delay_minutes: int
    target: str
    """Name of the board that a thread was moved to; else empty."""
    desk_ends_on: date | None
    about: SubjectLink
    undoes: tuple[str, ...]
    """Digests of the acts that it undoes or upholds."""
    undone_by: str
    appeal: AppealLine | None
    answered_after: int
    """Days after which this answers an appeal; -1 if it answers none."""
    place: int
    """In the log, from 1; 0 while it waits."""
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """A desk as everybody sees it: no person."""

    number: int
    role: str
    boards: tuple[str, ...]
    begins_on: date
    ends_on: date
    acts: int
    digest: str
    """The attestation."""
    is_over: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DesksPage(Page):
    """Every desk there ever was."""

    template: ClassVar[str] = "moderation/desks.html"

    desks: tuple[DeskLine, ...]
    automatic: int
    """How many acts the host's own key signed: what hides by itself, and desks that it closed."""
    month: str
    """The current one, `YYYY-MM`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandLine:
    """A demand that may be told."""

    who: str
    country: str
    asked: str
    received_on: date
    answer: str
    text: str
    language: str
    direction: str
    is_late: bool
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DemandsPage(Page):
    """What governments, sponsors and courts asked of the host."""

    template: ClassVar[str] = "moderation/demands.html"

    demands: tuple[DemandLine, ...]
    sealed: int
    """Those that may not be told, or were told too late."""
    month: str
    """The current one, `YYYY-MM`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountLine:
    """A name and how often."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NumbersPage(Page):
    """A month in numbers, which anyone can count again from the log."""

    template: ClassVar[str] = "moderation/numbers.html"

    month: str
    start: date
    end: date
    """Its last day."""
    totals: tuple[CountLine, ...]
    groups: tuple[tuple[str, tuple[CountLine, ...]], ...]
    """Heading and lines."""
    appeal_days: Mapping[int, int]
    earlier: str
    """The month before, or empty."""
    later: str
    origin: str
