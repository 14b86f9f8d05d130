"""The nouns of the forum."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final, NewType

from app.identity.model import Author
from app.records.model import Custody

ThreadId = NewType("ThreadId", str)
"""The first 20 hex characters of the opening post's digest: short enough for paper."""

THREAD_ID_CHARACTERS: Final = 20
POSTS_PER_PAGE: Final = 20
THREADS_PER_PAGE: Final = 20
NOTICES_PER_PAGE: Final = 20


class Openers(StrEnum):
    """Who may open threads on a board."""

    ANYONE = "anyone"
    STEWARDS = "stewards"


class ThreadState(StrEnum):
    """Whether a thread takes answers."""

    OPEN = "open"
    LOCKED = "locked"
    ARCHIVED = "archived"


class PostKind(StrEnum):
    """What a post is to its thread: most are just posts."""

    POST = ""
    STATEMENT = "statement"
    """Readers vote on it in the thread's consultation."""
    CONTEXT = "context"
    """What readers should know beside the post that it answers."""
    TRANSLATION = "translation"
    """The post that it answers, in another language."""
    SUMMARY = "summary"
    """The thread so far; each sentence cites posts of it."""
    QUESTION = "question"
    """Asked in a hearing, and voted on as a statement is."""
    ANSWER = "answer"
    """An official's, to the question that it answers."""
    FOLLOW_UP = "follow-up"
    """Whoever asked asks once more, after an answer."""
    COMMITMENT = "commitment"
    """A promise with a measure and a day."""
    EVIDENCE = "evidence"
    """What shows whether the commitment that it answers was kept."""


class NoticeKind(StrEnum):
    """What a post did with a persona's post."""

    ANSWER = "answer"
    QUOTE = "quote"


class ThreadSort(StrEnum):
    """Orders of a list of threads."""

    REPLY = "reply"
    NEW = "new"
    UNANSWERED = "unanswered"
    GROUND = "common-ground"
    """What helps readers of every side comes first; the others follow in the usual order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A board with its settings; texts by language."""

    did: str
    slug: str
    fingerprint: str
    name: Mapping[str, str]
    purpose: Mapping[str, str]
    rules: Mapping[str, str]
    tick_s: int
    openers: Openers
    founded_on: date
    home: str
    """did:key of the instance that keeps it."""
    tags: tuple[str, ...] = ()
    position: int = 0
    is_archived: bool = False
    filters: tuple[str, ...] = ()
    """Words, phrases and hosts of links that posts here do not hold."""
    holds_first: bool = False
    """Whether first posts of those for whom nobody answers wait for a desk."""
    delay_s: int = 0
    """Seconds between two posts of one name here; 0 where none are asked."""
    head: bytes | None = None
    """Digest of the record that settled all this; None while it is as it was founded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What an author wrote, in one language; whatever of it is one line is named in `LINES`."""

    language: str
    markdown: str
    title: str | None = None

    @property
    def lines(self) -> dict[str, str | None]:
        """Return the lines beside the words, by their names; None where there is none."""
        return {name: getattr(self, name) for name in LINES}


LINES: Final = {"title": "name"}
"""The lines of a text, each with the member of a record that holds it.

A form, a draft, a version and a signature hold all of them, and an erasure empties all of them.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where imported words came from."""

    author: str | None
    day: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A post before it is signed."""

    text: Text
    board: str
    """did:key of the board."""
    reply_to: str | None
    """Record id of the post answered."""
    quotes: tuple[str, ...]
    custody: Custody
    tags: tuple[str, ...] = ()
    imported: Origin | None = None
    kind: PostKind = PostKind.POST
    about: bytes = b""
    """Digest of the version that a translation or a context is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDraft:
    """A draft as it is kept here, unsigned and unsealed."""

    id: str
    place: str
    """The composer's path and query, without the language."""
    text: Text
    previous: str
    """The version that a revision was begun from; empty for other drafts."""
    wait_h: int
    """Hours that its author means to wait at least."""
    tags: tuple[str, ...]
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What desks did to a thread: digests of their records, None where nothing was done.

    They stand beside what stewards set, so that neither undoes the other.
    """

    lock: bytes | None = None
    slow: bytes | None = None
    delay_s: int = 0
    """Seconds between two posts of one name in a slowed thread."""
    move: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """A thread that readers can see."""

    id: ThreadId
    board: str
    opening: bytes
    post_count: int
    started_on: date
    last_day: date
    tags: tuple[str, ...]
    is_pinned: bool
    state: ThreadState
    """As stewards set it, or locked where a desk did."""
    measures: Measures = Measures()


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a thread stands, and what its next post has to keep to."""

    board: str
    """did:key; the board of its posts' signatures, unless a desk moved it."""
    state: ThreadState
    delay_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadMark:
    """How stewards set a thread, whatever desks did to it."""

    is_pinned: bool
    state: ThreadState
    head: bytes | None = None
    """Digest of the record that set it; None while it is as it was opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadHead:
    """What stands over a thread's pages."""

    thread: Thread
    board: Board
    mark: ThreadMark
    author_count: int
    """How many keys wrote in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a post: the first, or a revision."""

    digest: bytes
    number: int
    text: Text
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A post with the version that readers see."""

    digest: bytes
    record_id: str
    thread: ThreadId
    board: str
    number: int | None
    """Its place in the thread; None while it waits for its tick."""
    log_index: int | None
    parent: bytes | None
    parent_number: int | None
    author: Author
    custody: Custody
    day: date
    erased_on: date | None
    head: bytes
    """The newest version's digest, shown or waiting: what the next revision must name."""
    version: Version
    origin: Origin | None = None
    """Where it was imported from; None for words first said here, and for erased ones."""
    kind: PostKind = PostKind.POST
    about: bytes | None = None
    """Digest of the version that a translation or a context is about."""
    is_hidden: bool = False
    """Whether a desk keeps its words from readers; they can come back."""
    act: bytes | None = None
    """Digest of the record by which a desk hid or erased it."""
    act_rule: str = ""
    """The rule that the act names; of a post that was given back, that of the one undone."""
    label: str = ""
    """What a desk says of it beside its words."""
    is_unreviewed: bool = False
    """Whether it is a first post that no desk has looked at, waiting or shown."""
    is_held: bool = False
    """Whether it waits for a desk, and goes at the next tick once one has looked at it."""
    lost_original: bool = False
    """Whether it translates a post that was erased or hidden: then it is hidden with it."""

    @property
    def has_words(self) -> bool:
        """Whether readers can read it: neither erased nor hidden."""
        return self.erased_on is None and not self.is_hidden

    @property
    def is_sensitive(self) -> bool:
        """Whether its words are shown to whoever asks for them, and in no list."""
        return self.label == "sensitive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A post of a kind as lists of them need it."""

    digest: bytes
    record_id: str
    did: str
    """Who wrote it: did:key of a posting key."""
    number: int | None
    about: bytes | None
    text: str
    language: str
    has_words: bool
    """Whether readers can read it: neither erased nor hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What answers the posts of a page and is more than an answer."""

    beside: Mapping[bytes, Sequence[Said]]
    """Readers' context that stands under posts, by post."""
    translated: Collection[bytes]
    """The posts that have translations into the language that was asked for."""
    has_summary: bool
    """Whether readers can read a summary of the thread."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a thread looked like at one moment, as far as those who follow it have to hear."""

    board: str
    state: str
    """`open`, `locked`, `archived`, or `board-archived`: its board takes no more posts."""
    last: int
    """The number of its newest post."""
    posts: Mapping[int, tuple[Hashable, ...]]
    """Of the newest posts by number: what decides how each is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What who follows a thread does not know yet."""

    state: str
    posts: tuple[Post, ...]
    """By number: new posts, and known ones as they read now."""
    is_whole: bool = True
    """Whether nothing was left for another time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placing:
    """Where a post stands in the order of common ground, and what readers said of it."""

    post: bytes
    thread: str
    place: int
    """Below zero: before all posts that nobody counts for. Above: behind them. Never zero."""
    counts: str
    """What is published: for each side [how many it helps, how many rated], as JSON."""
    exact: str
    """The counts that the published ones were made of; they leave the host nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadSummary:
    """A thread in a list."""

    thread: Thread
    opening: Post


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a persona is told: this post answers or quotes one of its own."""

    post: Post
    kind: NoticeKind
    is_new: bool
