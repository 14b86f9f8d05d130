"""The nouns of hearings."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

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


@dataclass(frozen=True, slots=True, kw_only=True)
class AimVerdict:
    """The verdict on one of a charter's aims."""

    aim: int
    """Its place in the charter, from 1."""
    verdict: Verdict
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a hearing came to."""

    verdicts: tuple[AimVerdict, ...]
    report: str
    """The report, byte for byte as the record names it; canonical JSON."""
    closed_on: date


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
    lot: bytes | None = None
    """SHA-256 of the host's part in the lot; None where it sealed none."""
    drawn: bytes | None = None
    """The digest of the record by which the official let the lot be drawn."""
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


class SpeaksAs(StrEnum):
    """As what an official gives an answer."""

    PERSONAL = "personal"
    """A view of their own."""
    POSITION = "position"
    """That of the institution, as the official understands it."""
    CLEARED = "cleared"
    """Word for word what the ministry has cleared."""


class Says(StrEnum):
    """How far an answer answers, as the official says."""

    ANSWERED = "answered"
    PARTLY = "partly"
    DECLINED = "declined"


class Found(StrEnum):
    """How far an answer answers, as those say who asked or were drawn."""

    ANSWERED = "answered"
    PARTLY = "partly"
    EVADED = "evaded"


_STEP: Final = 5


def round_count(people: int) -> int:
    """Return a number of people to the nearest five."""
    return (people + _STEP // 2) // _STEP * _STEP


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What readers are told of ratings: counts in steps of five, None for a few."""

    people: int
    """Exact; it leaves the host rounded."""
    counts: Mapping[Found, int | None]

    @property
    def rounded(self) -> int:
        """How many people, to the nearest five."""
        return round_count(self.people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an official says to a question, or to its follow-up."""

    post: bytes
    question: bytes
    """The question's, also where the answer is to its follow-up."""
    is_second: bool
    """Whether it answers the follow-up."""
    speaks_as: SpeaksAs
    says: Says
    is_spoken: bool
    """Whether it was said aloud, and written down by somebody else."""
    share: int
    """How many of 65,536 people are drawn to rate it."""
    told: Told | None = None


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


class Shows(StrEnum):
    """What a piece of evidence is said to show."""

    DONE = "done"
    NOT_DONE = "not-done"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """What the record of a commitment says beside its words."""

    owner: str
    measure: str
    due_on: date
    theme: str
    official: str | None = None
    """The root of an official here whose promise it is said to be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A commitment's change of status, on evidence."""

    post: bytes
    number: int
    record: bytes
    state: CommitmentState
    evidence: str
    why: str
    day: date
    by: str
    """The official's root; empty for the host."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What somebody put beside a commitment; their words are the post's."""

    post: bytes
    commitment: bytes
    link: str
    shows: Shows


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A promise with a measure and a day."""

    post: bytes
    record_id: str
    board: str
    hearing: str | None
    promise: Promise
    filed_on: date
    filer: str
    owned_on: date | None
    state: CommitmentState
    changed_on: date | None
    head: bytes
    is_contested: bool = False
    """Whether its status is its owner's own word against the host's, or against the day."""

    @property
    def due_on(self) -> date:
        """The day by which it is to be kept."""
        return self.promise.due_on
