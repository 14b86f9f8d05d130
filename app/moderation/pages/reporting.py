"""View models of whoever reports: the form, what became of it, and legal notices."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final

from app.moderation.model import ActionKind, Rule
from app.web.pages import FieldErrors, Markup, Page
from app.web.sentences import gettext_noop as _

RULE_HELP: Final = {
    Rule.THREAT: _("It says that somebody will be hurt, or calls others to hurt them."),
    Rule.PRIVATE_DATA: _("A name, address, number or picture by which somebody can be found who did not want it."),
    Rule.MINORS: _("It shows a child as a sexual thing, or puts a child in danger."),
    Rule.HATE: _("It attacks people for what they are: their people, faith, sex, body or whom they love."),
    Rule.HARASSMENT: _("It goes after one person again and again, or sets others on them."),
    Rule.IMPERSONATION: _("It speaks in the name of a person or a group that did not say this."),
    Rule.SPAM: _("Advertising, the same thing many times, or links that are there to cheat."),
    Rule.OFF_TOPIC: _("It may be good, but not here. It can be moved to where it belongs."),
    Rule.BOARD: _("It breaks one of the rules that this board wrote for itself."),
    Rule.LAW: _("It is against a law of the country that this host stands in. Name the law if you can."),
}  # fmt: skip
"""One line of help for each rule, those of danger first."""

OUTCOMES: Final = {
    ActionKind.LABEL: _("A desk put a label beside it."),
    ActionKind.HIDE: _("It was hidden from readers."),
    ActionKind.QUARANTINE: _("It was hidden by law."),
    ActionKind.LOCK: _("The thread takes no more replies."),
    ActionKind.SLOW: _("The thread was slowed."),
    ActionKind.MOVE: _("The thread was moved to another board."),
    ActionKind.LIMIT: _("The persona may read and not write, for a time."),
    ActionKind.ERASE: _("It was erased."),
    ActionKind.CLEAR: _("A desk looked at it and found nothing to do."),
}
"""What whoever reported is told of the act that decided about it."""
OTHER_OUTCOME: Final = _("A desk decided about it.")
UNDONE: Final = _("What was done was taken back later.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleLine:
    """A rule that a report can name."""

    value: str
    name: str
    help: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLine:
    """What is reported, as a line: a post of a thread, a thread, a persona."""

    kind: str
    """`post`, `thread` or `persona`."""
    path: str
    title: str
    """The thread's title, or the persona's name; empty where it was taken away."""
    number: int
    """The post's number in its thread; 0 for others."""
    fingerprint: str = ""
    """The persona's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage(Page):
    """Report a post, a thread or a persona."""

    template: ClassVar[str] = "moderation/report.html"

    subject: SubjectLine
    action: str
    rules: tuple[RuleLine, ...]
    board_name: str
    board_rules: Markup
    """What the board asks of everybody; empty for a persona."""
    is_reported: bool
    """Whether the viewer reported it already, so that there is nothing left to fill in."""
    rule: str
    text: str
    most: int
    most_of_day: int
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportLine:
    """What became of one report."""

    case: str
    subject: SubjectLine
    rule: str
    day: date
    is_open: bool
    outcome: str
    act: str
    """Digest of the record that decided it; empty while it waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportsPage(Page):
    """What became of one's own reports."""

    template: ClassVar[str] = "moderation/reports.html"

    reports: tuple[ReportLine, ...]
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalNoticePage(Page):
    """Tell the host that something is against the law, without a name."""

    template: ClassVar[str] = "moderation/legal_notice.html"

    contact: str
    """Who answers for this host; empty if it has not said."""
    place: str
    law: str
    country: str
    text: str
    is_true: bool
    nonce: str
    most: int
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeWordsPage(Page):
    """The words of a legal notice, which no other page shows."""

    template: ClassVar[str] = "moderation/notice_words.html"

    words: tuple[str, ...]
    outcome: str
    """How it was decided already; empty where it waits."""
    act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeOutcomePage(Page):
    """What became of a legal notice, for whoever has its words."""

    template: ClassVar[str] = "moderation/notice_outcome.html"

    typed: str
    reports: tuple[ReportLine, ...]
    errors: FieldErrors = field(default_factory=FieldErrors)
