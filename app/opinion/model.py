"""The nouns of consultations."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Final, TypeAlias

from app.forum.model import Post, ThreadId


class ConversationState(StrEnum):
    """Whether a consultation takes votes."""

    OPEN = "open"
    CLOSED = "closed"
    """It takes no more votes, and its results are everyone's."""
    ARCHIVED = "archived"
    """Closed, and out of the lists."""


class ResultsShown(StrEnum):
    """Who sees results while a consultation is open."""

    VOTED = "voted"
    """Whoever voted."""
    CLOSED = "closed"
    """Nobody: they come when it closes."""


class Vote(IntEnum):
    """What a voter says of a statement. One that they were not asked is none of these."""

    AGREE = 1
    PASS = 0
    DISAGREE = -1


class Helps(IntEnum):
    """What a reader says of a post."""

    NO = 0
    SOMEWHAT = 1
    YES = 2


class Side(StrEnum):
    """Where a voter says to live, behind the noise of two coins."""

    INSIDE = "inside"
    ABROAD = "abroad"
    UNSAID = "unsaid"


SIDES: Final = (Side.INSIDE, Side.ABROAD, Side.UNSAID)
"""The answers in the order in which estimators number them."""
TOSSES: Final[tuple[tuple[bool, bool, Side | None], ...]] = (
    (True, True, None),
    (True, False, Side.INSIDE),
    (False, True, Side.ABROAD),
    (False, False, Side.UNSAID),
)
"""What two coins, one after the other, say to answer: heads of the first, of the second, and the
answer, which is what is true for None. Truth comes with probability 1/4 and so does each answer of
chance: the table of `maths.coins`, where a die stands for what two coins can say by themselves."""

Sheet: TypeAlias = Mapping[int, Vote]
"""The votes of one ballot by the numbers of statements."""


class NoteReason(StrEnum):
    """Why a reader finds context helpful or not; from this list, so that nobody writes more."""

    SOURCES = "sources"
    CLEAR = "clear"
    MISSING = "missing"
    UNSOURCED = "unsourced"
    WRONG = "wrong"
    OPINION = "opinion"
    NEEDLESS = "needless"


class Status(StrEnum):
    """What readers are told of context."""

    NEEDS_MORE = "needs-more"
    SHOWN = "shown"
    NOT_HELPFUL = "not-helpful"


class Why(StrEnum):
    """Why context has its status: the reasons of `maths.bothsides`, for pages without maths."""

    HELPS_BOTH_SIDES = "helps-both-sides"
    HELPS_NEITHER_SIDE = "helps-neither-side"
    FEW_RATINGS = "few-ratings"
    ONE_SIDED = "one-sided"
    SIDE_MISSING = "side-missing"
    NOT_ENOUGH = "not-enough"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What ratings made of context on a day."""

    status: Status
    reason: Why
    named: NoteReason | None
    """What raters named most often, if enough did."""
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """What one reader said of a post."""

    helps: Helps
    reason: str
    """Why, from a short list; empty where none was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a consultation is opened with."""

    question: str
    language: str
    results: ResultsShown
    asks_side: bool
    until: date | None = None
    """The last day on which it takes votes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """A consultation: the statements of a thread, and votes on them. A thread has one at most."""

    thread: ThreadId
    board: str
    """did:key of the board that its records are signed for."""
    record_id: str
    question: str
    language: str
    results: ResultsShown
    asks_side: bool
    state: ConversationState
    opened_on: date
    until: date | None
    keys: tuple[str, ...]
    """Digests of the keys that let ballots in, as its record names them, in their fixed order."""
    head: bytes
    """Digest of the record that set it as it is: what the next one must name."""

    @property
    def is_open(self) -> bool:
        """Whether it takes votes and statements."""
        return self.state is ConversationState.OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Something to agree or disagree with: a post of the thread, with a number to vote by."""

    post: bytes
    record_id: str
    number: int
    """From 1 in the order in which readers first saw them."""
    text: str
    language: str
    is_seed: bool
    """Whether it was there before anybody voted, from who opened the consultation."""
    merged_into: int | None
    """The number of the statement that stands for it too."""
    priority: int
    """How much is learnt from asking it next, in thousandths; drawn in proportion."""
    is_withdrawn: bool
    """Whether it is hidden or erased: nobody votes on it, and it is counted no more."""
    is_left_out: bool = False
    """Whether it is read and no longer voted on: a question that was declined in time."""

    @property
    def is_asked(self) -> bool:
        """Whether voters are asked about it."""
        return self.merged_into is None and not (self.is_withdrawn or self.is_left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a record changes of a consultation."""

    state: ConversationState
    until: date | None
    merged: Mapping[str, str]
    """Record ids of merged statements, with those of the statements that stand for them; all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence of a summary."""

    text: str
    """Without its citations."""
    cites: tuple[int, ...]
    """Numbers of posts of its thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Translation:
    """A post in another language, by a reader."""

    post: Post
    """The translator's own."""
    version: int | None
    """The number of the version that it translates; None for one that readers do not see."""
    title: str | None
    """What its first line says, where it translates an opening."""
    markdown: str
    """Its words below that line."""
    helpful: int
    ratings: int
    """How many readers of both languages rated it, and how many of them found it faithful."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineTranslation:
    """A version in another language, by a program on the instance's own host."""

    language: str
    lines: tuple[tuple[tuple[str, bool], ...], ...]
    """Paragraphs and items, each as its sentences: the words, and whether they are translated.
    Where they are not, they are the author's. Empty while it waits for its turn."""

    @property
    def is_waiting(self) -> bool:
        """Whether the machine has not answered yet."""
        return not self.lines

    @property
    def is_translated(self) -> bool:
        """Whether the machine translated any of it."""
        return any(done for line in self.lines for _, done in line)


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A thread so far, by a reader."""

    post: Post
    sentences: tuple[Sentence, ...]
    helpful: int
    ratings: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutQuestion:
    """Something that voters are asked about themselves, behind two coins."""

    name: str
    answers: tuple[str, str, str]
    """In the order in which coins name them: heads and tails, tails and heads, two tails."""


ABOUT: Final = (
    AboutQuestion(name="age", answers=("under-30", "30-49", "50-up")),
    AboutQuestion(name="gender", answers=("woman", "man", "unsaid")),
    AboutQuestion(name="region", answers=("capital", "provinces", "abroad")),
    AboutQuestion(name="voice", answers=("silent", "some", "much")),
)
"""`voice` is how much somebody wrote in the thread: nothing, a post or two, more. Who wrote is
joined to who votes nowhere, so it is asked, as deniably as the rest (ADR-0051)."""
SKIPPED: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The days on which voters of a closed consultation are asked again what they said."""

    opens_on: date
    ends_on: date
    numbers: tuple[int, ...]
    """The statements that they are asked about."""
