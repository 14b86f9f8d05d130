"""View models of working at a desk: coming and going, the queue, the break."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.web.pages import FieldErrors, Page, Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLine:
    """The desk that somebody works at."""

    number: int
    role: str
    """Named in the reader's language."""
    boards: tuple[str, ...]
    """Names of its boards; none where it works on all."""
    ends_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of a closed list."""

    value: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLoginPage(Page):
    """A desk's number, and its first words or its passphrase."""

    template: ClassVar[str] = "moderation/desk_login.html"

    typed: str = ""
    """The number, as it was typed."""
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskBeginPage(Page):
    """The first time: a passphrase of one's own."""

    template: ClassVar[str] = "moderation/desk_begin.html"

    desk_number: int
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLine:
    """A case that waits, without its words and without a way to it."""

    rule: str
    kind: str
    board: str
    """Empty for a persona."""
    is_dangerous: bool
    is_taken: bool
    weight: int
    reports: int
    age_h: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackLine:
    """What speaks for attack mode on a board, in an hour's numbers."""

    slug: str
    board: str
    reports: int
    usual: int
    of_largest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuePage(Page):
    """What waits, and the one button that gives a case."""

    template: ClassVar[str] = "moderation/queue.html"

    desk: DeskLine
    told: str
    """What has just been done, in a sentence; empty if nothing was."""
    open_count: int
    danger_count: int
    appeals_due: int
    proposal_count: int
    seen_today: int
    """Cases of danger that the desk has opened today."""
    first_count: int
    """First posts that wait for somebody to look at them."""
    attack: AttackLine | None
    """None where nothing speaks for attack mode."""
    attacked: tuple[str, ...]
    """Names of the boards on which it holds now."""
    holds_one: bool
    cases: tuple[QueueLine, ...]
    pager: Pager
    rules: tuple[Choice, ...]
    rule: str
    boards: tuple[Choice, ...]
    board: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakPage(Page):
    """After many cases of danger: rest, or go on."""

    template: ClassVar[str] = "moderation/break.html"

    desk: DeskLine
    seen_today: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPage(Page):
    """Nothing was done: why, what to do next, and all that was typed."""

    template: ClassVar[str] = "moderation/refused.html"

    heading: str
    explanation: str
    kept: tuple[str, ...]
    is_at_desk: bool
