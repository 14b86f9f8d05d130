"""The nouns of hearings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from app.forum.model import ThreadId


class QuestionState(StrEnum):
    """Where a question stands."""

    ASKED = "asked"
    MERGED = "merged"
    """Under an umbrella, which carries its votes."""
    ACCEPTED = "accepted"
    """Within the charter: it can be chosen."""
    DECLINED = "declined"
    """With a published code; it stays readable."""
    WAITING = "waiting"
    """Chosen: its clock runs."""
    ANSWERED = "answered"
    RATED = "rated"
    FOLLOWED_UP = "followed-up"
    """Asked once more, after an answer: its clock runs again."""
    SETTLED = "settled"
    """The follow-up was answered."""


class DeclineCode(StrEnum):
    """Why a question is not answered: these and no others."""

    OUT_OF_TOPIC = "out-of-topic"
    EXCLUDED = "excluded"
    NOT_A_QUESTION = "not-a-question"
    NOT_COMPETENT = "not-competent"
    ABOUT_A_PRIVATE_PERSON = "private-person"
    BEFORE_A_COURT = "before-a-court"
    SECURITY = "security"
    OFFENSIVE = "offensive"
    ANSWERED_BEFORE = "answered-before"
    NOT_UNDERSTOOD = "not-understood"


class HearingState(StrEnum):
    """Where a hearing stands."""

    OFFERED = "offered"
    """Its charter is logged, and the official has not accepted it."""
    BOUND = "bound"
    """Accepted, and not open yet."""
    OPEN = "open"
    """Takes questions and votes."""
    CHOSEN = "chosen"
    """The questions are chosen; answers come."""
    CLOSED = "closed"
    """Every aim has its verdict, and the report stands."""


class Verdict(StrEnum):
    """What came of an aim."""

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"


class CommitmentState(StrEnum):
    """What came of a commitment so far. Overdue is none: it follows from the day."""

    NOT_STARTED = "not-started"
    IN_PROGRESS = "in-progress"
    KEPT = "kept"
    BROKEN = "broken"
    COMPROMISE = "compromise"


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What a hearing is to bring about, and by what one will see it."""

    text: str
    measure: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Charter:
    """The rules of a hearing, signed before it opens."""

    opens_on: date
    chooses_on: date
    """Questions and votes until the day before; results are hidden until then."""
    ends_on: date
    languages: tuple[str, ...]
    excluded: tuple[str, ...]
    top: int
    """So many questions by the sampled vote."""
    lot: int
    """So many more by lot."""
    aims: tuple[Aim, ...]
    is_live: bool = False
    """Whether it is one live evening."""


class AttesterKind(StrEnum):
    """Which of the two signatures of an office a key makes."""

    MINISTRY = "ministry"
    """Offers offices of its own domain."""
    UNIVERSITY = "university"
    """Says that whoever holds the root holds the office."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attester:
    """A key that this host believes about offices."""

    did: str
    kind: AttesterKind
    name: str
    domain: str
    """Empty for a university whose key was handed over."""
    checked_on: date
    ended_on: date | None = None
    """Since when it is believed no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What an official may answer for, by two signatures."""

    offer: bytes
    """Digest of the ministry's record."""
    record_id: str
    root: str
    ministry: str
    """did:key of the ministry, which signed the offer."""
    title: str
    institution: str
    domain: str
    topics: str
    languages: tuple[str, ...]
    until: date
    """The first day on which it no longer holds."""
    accept: bytes | None = None
    """Digest of the university's record."""
    university: str = ""
    """did:key of the university; empty while none attests the office."""
    attested_by: str = ""
    """The university's name; empty while none attests it."""
    ended_on: date | None = None
    ended_why: str = ""
    """Why, in the words of whoever ended it."""

    def holds(self, day: date) -> bool:
        """Return whether the office holds on a day."""
        return bool(self.attested_by) and day < self.until and self.ended_on is None

    def speaks(self, language: str) -> bool:
        """Return whether it covers a language (BCP 47), by its first part."""
        first = language.partition("-")[0]
        return any(own.partition("-")[0] == first for own in self.languages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """A thread's hearing."""

    thread: ThreadId
    board: str
    record_id: str
    official: str
    """The official's root."""
    text: str
    language: str
    charter: Charter
    head: bytes
    """The digest of the record that its charter stands in now."""
    state: HearingState
    bound_on: date | None
    seed: str = ""
    """The log's root hash by which the lot was drawn: hex, empty until then."""
    tallies: str = ""
    """The table of tallies that the choice was made from; empty until then."""
    closed_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardQuestion:
    """Where a question of a hearing stands."""

    post: bytes
    hearing: ThreadId
    """The thread of its hearing."""
    state: QuestionState
    code: DeclineCode | None
    why: str
    appeals: int
    is_appealed: bool
    """Whether an appeal waits to be decided."""
    decliner: str
    """The did:key that signed the decline: somebody else decides an appeal of it."""
    asked_on: date
    chosen: str
    waits_since: date | None
    answer: bytes | None
    answered_on: date | None
    follow_up: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """A question that is to be answered, by its record id."""

    question: str
    by: str
    """`vote` or `lot`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The votes on one question: of those drawn by lot, and of those who came by themselves."""

    question: str
    """Its record id."""
    sampled: int
    sampled_voters: int
    came: int
    came_voters: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A promise with a measure and a day."""

    owner: str
    """The official's root, or an empty string where citizens filed a public promise."""
    text: str
    measure: str
    due_on: date
    state: CommitmentState


Verdicts = Mapping[Aim, Verdict]
