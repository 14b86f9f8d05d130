"""View models of hearings: what is asked, what waits, what the charter says."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final

from app.forum.model import Text
from app.forum.pages import AuthorLine
from app.forum.pages.writing import PrivateLine, SignerHints
from app.hearings.model import Charter, DeclineCode, QuestionState
from app.identity.model import Limit
from app.web.forms import Fields
from app.web.pages import FieldErrors, Page, Pager
from app.web.sentences import gettext_noop as _

from .commitments import CommitmentLine

STATES: Final = {
    QuestionState.ASKED: _("Asked"),
    QuestionState.MERGED: _("Merged into another question"),
    QuestionState.ACCEPTED: _("Accepted"),
    QuestionState.DECLINED: _("Declined"),
    QuestionState.WAITING: _("Waiting for an answer"),
    QuestionState.ANSWERED: _("Answered"),
    QuestionState.RATED: _("Answered, and rated"),
    QuestionState.FOLLOWED_UP: _("Asked once more, waiting"),
    QuestionState.SETTLED: _("Answered twice"),
}
CODES: Final = {
    DeclineCode.OUT_OF_TOPIC: _("It is about something else than the hearing."),
    DeclineCode.EXCLUDED: _("The charter leaves its topic out."),
    DeclineCode.NOT_A_QUESTION: _("It asks nothing."),
    DeclineCode.NOT_COMPETENT: _("Another office answers for it."),
    DeclineCode.ABOUT_A_PRIVATE_PERSON: _("It is about a private person."),
    DeclineCode.BEFORE_A_COURT: _("A court has it before it."),
    DeclineCode.SECURITY: _("An answer would endanger people."),
    DeclineCode.OFFENSIVE: _("It insults or threatens."),
    DeclineCode.ANSWERED_BEFORE: _("It was answered here before."),
    DeclineCode.NOT_UNDERSTOOD: _("Nobody could tell what it asks."),
}
CHOSEN: Final = {"vote": _("Chosen by vote"), "lot": _("Chosen by lot")}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficialLine:
    """Who answers."""

    author: AuthorLine
    title: str
    institution: str
    attested_by: str
    holds: bool
    """Whether the office holds today."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallHead:
    """What stands at the head of every page of a hearing."""

    thread_id: str
    thread_title: str
    text: str
    language: str
    direction: str
    state: str
    """`offered`, `bound`, `lapsed` (its days passed before it could open), `open`, `counting` (its
    questions are being chosen), `chosen` or `closed`."""
    official: OfficialLine
    opens_on: date
    chooses_on: date
    ends_on: date
    is_live: bool
    asks: bool
    """Whether questions and votes are taken today."""
    lot: str
    """`waits` (for the official's part), `drawn` (with it), `alone` (without), or nothing."""
    draws_until: date
    """The first day on which the official's part is waited for no more."""
    may_bind: bool
    """Whether the viewer is the official, and the charter waits for them."""
    may_draw: bool
    """Whether the viewer is the official, and the lot waits for them."""
    may_answer: bool
    """Whether the viewer answers what was chosen, or drafts what is answered."""
    may_change: bool
    """Whether the viewer is a steward, and the hearing is not closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionLine:
    """A question in a list."""

    post: str
    """Digest (hex)."""
    number: int
    """Of the statement that is voted on; 0 while readers do not see it."""
    text: str
    """Its line, without the reasons; empty once erased or hidden."""
    language: str
    direction: str
    author: AuthorLine
    state: str
    """`QuestionState`."""
    told: str
    """The state in words, to be translated."""
    asked_on: date
    code: str = ""
    """Why it was declined, to be translated."""
    why: str = ""
    is_appealed: bool = False
    was_appealed: bool = False
    chosen: str = ""
    """How it was chosen, to be translated."""
    waits_since: date | None = None
    waits_days: int = 0
    """Without those on which its home was in shutdown mode."""
    is_paused: bool = False
    """Whether its home is in shutdown mode, so that its clock stands still."""
    merged_into: int | None = None
    answer: str = ""
    """Digest (hex) of the answer's post."""
    answered_on: date | None = None
    offers: tuple[str, ...] = ()
    """What the viewer may do: `accept`, `decline`, `appeal`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingLine:
    """A hearing in a list."""

    head: HallHead
    board_name: str
    waiting: int
    answered: int
    is_drawn: bool = False
    """Whether the viewer was drawn by lot to vote on its questions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingLine:
    """A question that waits, and in which hearing."""

    thread_id: str
    institution: str
    question: QuestionLine


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingsPage(Page):
    """All hearings, with what waits for an answer, the oldest first."""

    template: ClassVar[str] = "hearings/hearings.html"

    waiting: tuple[WaitingLine, ...]
    waiting_in_all: int
    open: tuple[HearingLine, ...]
    answering: tuple[HearingLine, ...]
    announced: tuple[HearingLine, ...]
    closed: tuple[HearingLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingPage(Page):
    """A hearing's front page: what waits first, then what was answered."""

    template: ClassVar[str] = "hearings/hearing.html"

    head: HallHead
    waiting: tuple[QuestionLine, ...]
    answered: tuple[QuestionLine, ...]
    newest: tuple[QuestionLine, ...]
    """The newest questions, while they are asked."""
    counts: tuple[tuple[str, int], ...]
    """How many questions stand where, to be translated."""
    commitments: tuple[CommitmentLine, ...]
    charter: Charter


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionsPage(Page):
    """All questions of a hearing, with what the viewer may do about each."""

    template: ClassVar[str] = "hearings/questions.html"

    head: HallHead
    questions: tuple[QuestionLine, ...]
    filters: tuple[tuple[str, str, int], ...]
    """States that can be chosen: value, words to be translated, how many there are."""
    chosen: str
    """The state that is listed alone; empty for all."""
    codes: tuple[tuple[str, str], ...]
    lacking: str
    """The question (hex) whose form is wrong."""
    typed: Fields
    pager: Pager
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenLine:
    """A question that was chosen, with what was counted of it."""

    question: QuestionLine
    invited: tuple[str, str]
    """Who agreed and who voted, of those drawn by lot, as published."""
    came: tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterPage(Page):
    """The charter, and how questions were chosen by it."""

    template: ClassVar[str] = "hearings/charter.html"

    head: HallHead
    charter: Charter
    language_names: tuple[str, ...]
    record: str
    """Digest (hex) of the record that it stands in."""
    bound_on: date | None
    codes: tuple[str, ...]
    chosen: tuple[ChosenLine, ...]
    seed: str
    table_digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPage(Page):
    """Offer a hearing on a thread, or change the charter of one."""

    template: ClassVar[str] = "hearings/offer.html"

    thread_id: str
    thread_title: str
    is_new: bool
    is_open: bool
    """Whether the charter holds already, so that only a vote changes it."""
    officials: tuple[tuple[str, str], ...]
    """Roots, and who they are."""
    languages: tuple[tuple[str, str], ...]
    typed: Fields
    previous: str
    """The record that the form was built on; empty for a new hearing."""
    named: str
    """The digest by which a question names the charter as typed; empty while nobody asked."""
    earliest: date
    most: int
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class BindPage(Page):
    """The official reads the charter and is bound to it."""

    template: ClassVar[str] = "hearings/bind.html"

    head: HallHead
    charter: Charter
    language_names: tuple[str, ...]
    head_digest: str
    """The record that is agreed to, as records write digests."""
    author: AuthorLine
    unlock_path: str
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPage(Page):
    """Ask a question: a signed post of the thread."""

    template: ClassVar[str] = "hearings/ask.html"
    has_script: ClassVar[bool] = True

    head: HallHead
    text: Text
    most: int
    most_reasons: int
    excluded: tuple[str, ...]
    languages: tuple[tuple[str, str], ...]
    author: AuthorLine
    signer: SignerHints
    unlock_path: str
    draft_id: str
    is_live: bool
    tick_minutes: int
    private: tuple[PrivateLine, ...]
    has_asked: bool
    limit: Limit | None
    posts_left: int | None
    errors: FieldErrors = field(default_factory=FieldErrors)
