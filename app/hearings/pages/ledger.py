"""View models of the outcome ledger: a hearing's report, and its close."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final

from app.hearings.model import Verdict
from app.web.pages import FieldErrors, Page
from app.web.sentences import gettext_noop as _

from .answers import FOUND_NAMES, SAYS_NAMES
from .commitments import STATE_NAMES
from .halls import CODES as CODE_NAMES

VERDICT_NAMES: Final = {
    Verdict.MET: _("Met"),
    Verdict.NOT_MET: _("Not met"),
    Verdict.UNKNOWN: _("Nobody knows"),
}
VERDICT_SEALS: Final = {
    Verdict.MET: "seal done",
    Verdict.NOT_MET: "seal open error",
    Verdict.UNKNOWN: "seal half",
}
MISSING_NAMES: Final = {
    "offline": _("whoever has no connection, or none that they dare to use"),
    "unaware": _("whoever never heard of this hearing"),
    "afraid": _("whoever is afraid to ask or to vote, though no name is kept beside a vote"),
    "other-languages": _("whoever reads none of the languages of the charter"),
}
STATES: Final = {state.value: name for state, name in STATE_NAMES.items()}
CODES: Final = {code.value: name for code, name in CODE_NAMES.items()}
SAYS: Final = {says.value: name for says, name in SAYS_NAMES.items()}
FOUND: Final = {found.value: name for found, name in FOUND_NAMES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class AimLine:
    """An aim of a charter, and what came of it."""

    number: int
    text: str
    measure: str
    verdict: str = ""
    seal: str = ""
    why: str = ""


Counted = tuple[tuple[str, int], ...]
"""Names to be translated, with counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainLine:
    """A question about which voters were asked again: percents who agreed, of the same people."""

    post: str
    text: str
    """Empty once it is erased or hidden."""
    language: str
    direction: str
    first: int
    again: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Minds:
    """What a release tells of voters who were asked again."""

    week: date
    lines: tuple[AgainLine, ...]
    votes: int | None
    """Percent of votes that changed, with its bounds; None where too few tell it."""
    low: int
    high: int
    people: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage(Page):
    """What came of a hearing: counts, each with who is missing from it."""

    template: ClassVar[str] = "hearings/report.html"

    thread_id: str
    thread_title: str
    title_language: str
    title_direction: str
    day_counted: date
    """The day that it was counted on."""
    closed_on: date | None
    digest: str
    """What the record names the report by; empty while it is not closed."""
    aims: tuple[AimLine, ...]
    counts: Mapping[str, int]
    """`asked`, `merged`, `byVote`, `byLot`, `waiting`, `chosen`, `answered`, `declined`."""
    percent_answered: int | None
    """Of the chosen questions the share that was answered, in full or in part; None for none."""
    median_days: int | None
    paused_days: int
    """On which the home was in shutdown mode: they count nowhere."""
    answers: Counted
    declined: Counted
    commitments: Mapping[str, int]
    states: Counted
    heard: Counted
    heard_answers: int
    minds: Minds | None
    """As the newest release tells, also where it came after the close; None before there is one."""
    answers_until: date
    """The last day of answers: voters are asked again some days later."""
    by_lot: int
    """People drawn by lot who voted, at least, to the nearest five; 0 for fewer than ten."""
    came: int
    lot_percent: int | None
    missing: tuple[str, ...]
    may_close: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosePage(Page):
    """Say of each aim what came of it, and close the hearing."""

    template: ClassVar[str] = "hearings/close.html"

    thread_id: str
    thread_title: str
    title_language: str
    title_direction: str
    aims: tuple[AimLine, ...]
    """`verdict` and `why` are as they were typed."""
    verdicts: tuple[tuple[str, str], ...]
    errors: FieldErrors = field(default_factory=FieldErrors)
