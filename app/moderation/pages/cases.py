"""View models of cases: one with all that is known about it, and groups of them."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.moderation.forms.deciding import DecisionForm
from app.moderation.model import Note
from app.web.pages import FieldErrors, Markup, Page

from .desk import Choice, DeskLine


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsLine:
    """Words that a desk may have to read, with who signed them."""

    path: str
    """Of the post, without the language; empty for none."""
    title: str
    html: Markup
    language: str
    direction: str
    author: str
    """Its name; empty for a key without one."""
    fingerprint: str
    day: date
    number: int | None
    revisions: int
    state: str
    """`shown`, `hidden` or `erased`."""
    label: str
    """Named in the reader's language; empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionLine:
    """An act, as desks look back at it."""

    digest: str
    kind: str
    rule: str
    desk: int
    """Its number; 0 for the instance itself."""
    day: date
    is_undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """What a report says; who reported is shown to nobody."""

    rule: str
    text: str
    count: int
    """How many reports say exactly this."""
    is_notice: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """Reporters who act as one."""

    members: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLine:
    """What a case or a proposal is about."""

    kind: str
    words: WordsLine | None
    """None for a persona or a board."""
    persona: str
    """What the persona is called; empty for a post."""
    persona_path: str
    thread_path: str
    is_limited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage(Page):
    """Everything about one case, and the form that decides it."""

    template: ClassVar[str] = "moderation/case.html"

    desk: DeskLine
    case_id: str
    version: str
    """Of its post, as the page shows it: what is decided is decided about that; else empty."""
    rule: str
    """The rule that most reports name."""
    board: str
    is_dangerous: bool
    weight: int
    report_count: int
    opened_on: date
    minutes_left: int
    told: str
    subject: SubjectLine
    parent: WordsLine | None
    neighbours: tuple[WordsLine, ...]
    earlier: tuple[ActionLine, ...]
    """What was done before to the subject, its thread and its author."""
    earlier_cases: int
    similar: tuple[ActionLine, ...]
    reports: tuple[ReportLine, ...]
    """Legal notices, then what most say."""
    unsaid: int
    """How many reports say what is not among them."""
    groups: tuple[GroupLine, ...]
    notes: tuple[Note, ...]
    proposals: int
    kinds: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    labels: tuple[Choice, ...]
    boards: tuple[Choice, ...]
    delays: tuple[tuple[int, int], ...]
    """Seconds and minutes."""
    days: tuple[int, ...]
    typed: DecisionForm
    note: str
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedCase:
    """One of several cases that the same people reported."""

    case_id: str
    version: str
    """Of its post, as the page shows it: what is decided is decided about that; else empty."""
    rule: str
    words: WordsLine | None
    reports: int
    of_group: int
    """How many of them are the group's."""
    is_ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedCasesPage(Page):
    """Several cases that one group of reporters brought, to be decided together."""

    template: ClassVar[str] = "moderation/grouped.html"

    desk: DeskLine
    told: str
    members: int
    """Of the group; 0 where no group brought several cases."""
    evidence: tuple[str, ...]
    cases: tuple[GroupedCase, ...]
    waiting: int
    """How many more of the group's cases there are than the page shows."""
    kinds: tuple[Choice, ...]
    rules: tuple[Choice, ...]
    days: tuple[int, ...]
    typed: DecisionForm
    errors: FieldErrors = field(default_factory=FieldErrors)
