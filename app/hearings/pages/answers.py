"""View models of answers: composed, read, rated, followed live."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final

from app.forum.model import Text
from app.forum.pages import AuthorLine, PostItem
from app.forum.pages.live import LivePage
from app.forum.pages.writing import PrivateLine, SignerHints
from app.hearings.model import Answer, Found, Says, SpeaksAs, Told
from app.web.pages import FieldErrors, Page
from app.web.sentences import Sentences
from app.web.sentences import gettext_noop as _

from .halls import HallHead

SPEAKS_NAMES: Final[Mapping[SpeaksAs, str]] = {
    SpeaksAs.PERSONAL: _("The official’s own view"),
    SpeaksAs.POSITION: _("The position of the institution"),
    SpeaksAs.CLEARED: _("Cleared by the ministry, word for word"),
}
SAYS_NAMES: Final[Mapping[Says, str]] = {
    Says.ANSWERED: _("The official says: this answers the question."),
    Says.PARTLY: _("The official says: this answers a part of the question."),
    Says.DECLINED: _("The official says: this I do not answer."),
}
FOUND_NAMES: Final[Mapping[Found, str]] = {
    Found.ANSWERED: _("It was answered"),
    Found.PARTLY: _("A part was answered"),
    Found.EVADED: _("It was evaded"),
}
SPOKEN: Final = _("Said aloud and written down by somebody else; the official signed it.")


@dataclass(frozen=True, slots=True, kw_only=True)
class RatedLine:
    """How far an answer answers, as those say who asked or were drawn."""

    people: int
    """To the nearest five; 0 while they are too few to tell of."""
    counts: tuple[tuple[str, int | None], ...]
    """What they say, to be translated, and how many do; None for a few."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerItem:
    """An answer, and what is said of it."""

    item: PostItem
    digest: str
    rated: RatedLine
    is_second: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeItem:
    """A question with its answers and its follow-up, in their order."""

    asked: PostItem
    answers: tuple[AnswerItem, ...]
    follow_up: PostItem | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPage(Page):
    """The composer of an answer, for the official and for those who draft."""

    template: ClassVar[str] = "hearings/answer.html"

    head: HallHead
    asked: PostItem
    action: str
    is_official: bool
    refusal: Sentences | None
    """Why it cannot be signed now; it can be drafted all the same."""
    text: Text
    speaks_as: str
    says: str
    is_spoken: bool
    version: str
    kept_by: str
    """Fingerprint of who kept the draft; empty where there is none."""
    kept_on: date | None
    languages: tuple[tuple[str, str], ...]
    speaks: tuple[tuple[str, str], ...]
    statuses: tuple[tuple[str, str], ...]
    preview: PostItem | None
    author: AuthorLine
    signer: SignerHints
    unlock_path: str
    draft_id: str
    private: tuple[PrivateLine, ...]
    has_asked: bool
    errors: FieldErrors


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningAnswerPage(AnswerPage):
    """The composer for an official whose key is on a device."""

    has_script: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardPage(Page):
    """An answer, what its official and what others say of it, and where one says so."""

    template: ClassVar[str] = "hearings/heard.html"

    head: HallHead
    exchange: ExchangeItem
    answer: AnswerItem
    action: str
    may_rate: bool
    own: str
    choices: tuple[tuple[str, str], ...]
    may_follow_up: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersPage(Page):
    """All that was answered in a hearing."""

    template: ClassVar[str] = "hearings/answers.html"

    head: HallHead
    exchanges: tuple[ExchangeItem, ...]
    waiting: int
    """How many questions wait for an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffLine:
    """Somebody who writes drafts."""

    name: str
    fingerprint: str
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffPage(Page):
    """Who writes drafts for an official, and what waits for an answer."""

    template: ClassVar[str] = "hearings/staff.html"

    head: HallHead
    action: str
    is_official: bool
    staff: tuple[StaffLine, ...]
    most: int
    waiting: tuple[tuple[PostItem, bool], ...]
    """What is to be answered, and whether a draft is kept."""
    fingerprint: str
    errors: FieldErrors


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveHearingPage(LivePage):
    """Questions and answers as they come."""

    template: ClassVar[str] = "hearings/live.html"


def sentences_of(answer: Answer) -> tuple[str, ...]:
    """Return what stands beside an answer's words, to be translated."""
    spoken = (SPOKEN,) if answer.is_spoken else ()
    return (SPEAKS_NAMES[answer.speaks_as], SAYS_NAMES[answer.says], *spoken)


def rated_line(told: Told | None) -> RatedLine:
    """Show what was said of an answer, once it is enough."""
    if told is None:
        return RatedLine(people=0, counts=())
    counts = tuple((FOUND_NAMES[found], told.counts[found]) for found in Found)
    return RatedLine(people=told.rounded, counts=counts)
