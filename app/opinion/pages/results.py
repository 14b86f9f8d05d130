"""View models of the results of a consultation."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from app.opinion.maths.figures import PanelFigures, Share, SideFigures
from app.opinion.pages.sides import SidesPart
from app.web.pages import Page, Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerLine:
    """How one group answered, or everybody, in percent of those who voted; -1: fewer than ten."""

    group: str
    """Its letter; empty for everybody."""
    people: int
    agree: int
    disagree: int
    passed: int
    agree_of_all: int
    """Who agrees if every vote counts alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A statement, what is said of it, and why."""

    number: int
    text: str
    language: str
    direction: str
    post: str
    """Digest of its post."""
    verdict: str
    common: Share | None
    common_of_all: Share | None
    rows: tuple[AnswerLine, ...]
    panel: PanelFigures | None
    inside: Share | None
    abroad: Share | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalLine:
    """A statement that a group holds more than others do."""

    text: str
    language: str
    direction: str
    is_agreed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLine:
    """A group of people who vote alike."""

    letter: str
    people: int
    typical: tuple[TypicalLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Statements of which the same is said."""

    name: str
    statements: tuple[StatementLine, ...]
    more: int
    """How many there are beside these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultsPage(Page):
    """What came out of a consultation, as far as ten people say it together."""

    template: ClassVar[str] = "opinion/results.html"

    thread: str
    question: str
    question_language: str
    question_direction: str
    is_open: bool
    is_known: bool
    """Whether enough people voted for any figure."""
    is_cut: bool
    """Whether the votes were another host's, from which this one took the board over."""
    made_on: date | None
    people: int
    votes: int
    passes: int
    unseen: int
    in_groups: int
    unvouched: int
    invited: int
    groups: tuple[GroupLine, ...]
    hidden_groups: int
    reason: str
    agreement: int
    is_capped: bool
    has_map: bool
    parts: tuple[Part, ...]
    sides: SideFigures | None
    asks_side: bool
    both: SidesPart | None
    """Each side by statements, and what both share; None where too few answered."""
    table_digest: str
    """SHA-256 of the published table; empty until there is one."""
    record: str
    """Digest of the record that names it."""
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementsPage(Page):
    """All statements, one by one."""

    template: ClassVar[str] = "opinion/results_statements.html"

    thread: str
    question: str
    question_language: str
    question_direction: str
    is_capped: bool
    statements: tuple[StatementLine, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacePage(Page):
    """Where the reader's own votes stand. Made for this one page, and kept nowhere."""

    template: ClassVar[str] = "opinion/results_me.html"

    thread: str
    question: str
    question_language: str
    question_direction: str
    has_voted: bool
    has_groups: bool
    group: GroupLine | None
    """The nearest one."""
    shared: StatementLine | None
    """A statement that unites all, on which the reader agrees with the others if there is one."""
    agrees: bool
    """Whether the reader voted so as well."""
