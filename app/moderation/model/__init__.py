"""The nouns of moderation: reports, cases, desks, actions with their reasons, appeals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from app.kernel.clock import Instant


class Rule(StrEnum):
    """What a report says was broken, and what an action is taken under: a closed list."""

    THREAT = "threat"
    PRIVATE_DATA = "private-data"
    MINORS = "minors"
    HATE = "hate"
    HARASSMENT = "harassment"
    IMPERSONATION = "impersonation"
    SPAM = "spam"
    OFF_TOPIC = "off-topic"
    BOARD = "board"
    """A rule that the board wrote for itself."""
    LAW = "law"
    """A law of the host's country; the reasons name it."""


DANGEROUS: Final = frozenset({Rule.THREAT, Rule.PRIVATE_DATA, Rule.MINORS})
"""Rules whose cases come first, whoever and how many report."""


class SubjectKind(StrEnum):
    """What a report or an action can be about."""

    POST = "post"
    THREAD = "thread"
    PERSONA = "persona"
    BOARD = "board"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The one thing that a report, case or action is about.

    `name` is a post's digest in hex, a thread's id, a persona's root or a board (did:key).
    """

    kind: SubjectKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A subject as it stands when somebody reports it."""

    subject: Subject
    board: str
    """did:key of its board; empty for a persona."""
    version: bytes
    """What was looked at: the digest of a post's version; of others, whatever tells two apart."""


class ActionKind(StrEnum):
    """What a desk can do; the first are about a post, then come threads and personas."""

    LABEL = "label"
    HIDE = "hide"
    QUARANTINE = "quarantine"
    """Hide by law, sealed to the host's legal contact."""
    LOCK = "lock"
    SLOW = "slow"
    MOVE = "move"
    LIMIT = "limit"
    """A persona may read and not write, for a time."""
    ERASE = "erase"
    CLOSE_DESK = "close-desk"
    CLEAR = "clear"
    """Looked at, and nothing to do."""
    UNDO = "undo"
    UPHOLD = "uphold"
    """An appeal was looked at, and the action stays."""
    ATTACK_MODE = "attack-mode"


class Ground(StrEnum):
    """What an action rests on: the DSA tells the two apart."""

    RULE = "rule"
    LAW = "law"


class Source(StrEnum):
    """How an action's matter came to a desk."""

    REPORT = "report"
    LEGAL_NOTICE = "legal-notice"
    OWN = "own"
    """Somebody at a desk came upon it."""
    AUTOMATIC = "automatic"


class Scope(StrEnum):
    """How far an action reaches."""

    POST = "post"
    THREAD = "thread"
    BOARD = "board"
    INSTANCE = "instance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reasons:
    """Why an action was taken. No action is without (DSA, Article 17)."""

    rule: Rule
    ground: Ground
    law: str
    """The law's name and article; empty where the ground is a rule."""
    facts: str
    """What was relied on, in the desk's words and never in those of the text."""
    language: str
    """BCP 47 code of the language that law and facts are written in."""
    scope: Scope
    until: date | None
    """The first day on which it no longer holds; None where it does until it is undone."""
    is_automatic: bool
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A record that an act is about: by its id, and by the digest of what was looked at."""

    id: str
    digest: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a desk wants to do, with what its kind needs."""

    kind: ActionKind
    reasons: Reasons
    label: str = ""
    delay_s: int = 0
    """Seconds between two posts of one persona in a slowed thread."""
    target: str = ""
    """did:key of the board that a thread is moved to."""
    version: bytes = b""
    """The version that was looked at; empty for the one that is there now."""


class Outcome(StrEnum):
    """How an appeal was decided."""

    UPHELD = "upheld"
    REVERSED = "reversed"
    AMENDED = "amended"


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What a record of moderation says."""

    decision: Decision
    board: str
    """did:key of the board; the instance's for what is on none."""
    about: tuple[Named, ...]
    """None of them where it is about a persona."""
    persona: str
    """did:key of the limited persona's root; else empty."""
    proposed_by: str
    """did:key of the desk that proposed it; empty where nobody had to."""
    outcome: Outcome | None
    appealed_on: date | None


class Role(StrEnum):
    """What an attestation lets its holder do."""

    MODERATOR = "moderator"
    """Works on cases of some boards."""
    STEWARD = "steward"
    """Looks after all of the instance's boards, and works on every case."""
    SPONSOR = "sponsor"
    """Pays for something here, and for that can never hold another role."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Who moderates, as everybody sees it: a key for a term, and no person."""

    did: str
    number: int
    role: Role
    boards: tuple[str, ...]
    """did:keys of its boards; none where the role reaches all."""
    person: bytes
    """The mark of whoever holds it: two desks with one mark are one person."""
    ends_on: date

    def covers(self, board: str) -> bool:
        """Return whether the desk works on a board."""
        return self.role is Role.STEWARD or board in self.boards


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Whom somebody appoints, to what, for how long. It is at rest only sealed to the auditors."""

    root: str
    role: Role
    boards: tuple[str, ...]
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskSession:
    """A desk that is logged in."""

    desk: Desk
    began_at: Instant
    """To the ten minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A reader's claim that a subject breaks a rule."""

    case: str
    rule: Rule
    text: str
    mark: bytes
    """The reporter's mark; empty for a legal notice."""
    reported_at: Instant
    """To the ten minutes."""


class CaseState(StrEnum):
    """A case's life."""

    OPEN = "open"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """All reports on one subject until it is decided."""

    id: str
    subject: Subject
    board: str
    """did:key of the subject's board; empty for a persona."""
    version: bytes
    """The version of the post that was last looked at or reported."""
    state: CaseState
    is_dangerous: bool
    weight: int
    """Independent groups of reporters, each counted once."""
    report_count: int
    opened_at: Instant
    rules: Mapping[Rule, int]
    """How many reports name each rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What whoever reported is told of one report of theirs."""

    case: str
    subject: Subject
    rule: Rule
    reported_at: Instant
    """To the ten minutes."""
    is_open: bool
    decision: bytes | None
    """Digest of the act that decided the case last; None before any did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A case in a desk's hands for a while."""

    case: str
    desk: str
    ends_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What an act did, as it is kept beside its record; the reasons stand in the record alone."""

    digest: bytes
    record_id: str
    kind: ActionKind
    subject: Subject
    board: str
    """did:key of the board; empty for what is on none."""
    desk: str
    """did:key that signed it: a desk's, or the instance's for what was automatic."""
    second: str
    """did:key of the desk that proposed it, where two were needed; else empty."""
    rule: Rule
    words: str
    """The words of its facts and its law, folded, each as it may be asked for."""
    day: date
    until: date | None
    taken_at: Instant
    """To the ten minutes."""
    undoing: bytes | None = None
    """The record that undid it; its own where it was over when it had said."""
    binds: bool = True
    """Whether it does anything here, or only at the home of a board that is shown here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A decision that waits for a desk of another person."""

    id: str
    case: str
    """Empty where it belongs to no case."""
    members: str
    """The act's members as JSON, with the first desk's consent."""
    desk: str
    """did:key of the desk that proposed it."""
    ends_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """An author's request that somebody else look at an action."""

    action: bytes
    text: str
    opened_at: Instant
    due_at: Instant
    outcome: Outcome | None
    answer: str
    actors: tuple[bytes, ...] = ()
    """Marks of whoever acted: none of them decides about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What a desk noted about a case for the next."""

    day: date
    desk: int
    """Its number."""
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """Words that the host's legal contact alone can open: a file of age, signed bytes by lines."""

    post: bytes
    case: str
    """The open case that an erased text is kept for; empty for what is in quarantine."""
    box: bytes
    ends_on: date
