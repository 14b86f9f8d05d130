"""View models of boards, threads and posts."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.forum.model import Text
from app.web.pages import (
    ConsultationBox,
    FieldErrors,
    FormerHomeLine,
    HearingNote,
    Markup,
    OfficeLine,
    Page,
    Pager,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginLine:
    """Where imported words came from."""

    author: str
    """Empty if nobody knows."""
    day: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorLine:
    """Who signed: a name (None: the key has no card), the fingerprint, and how the key is kept."""

    name: str | None
    fingerprint: str
    custody: str
    """`device`, `unlocked` or `instance`, as declared."""
    path: str
    """The persona's page, without the language."""
    origin: OriginLine | None = None
    """Where the words were imported from; the key is the host's then."""
    is_for_thread: bool = False
    """Whether it is a name for one thread: it has no card, and is called after its fingerprint."""
    office: OfficeLine | None = None
    """An official's office; or the one that the name reads like, and is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyLine:
    """The post that this one answers."""

    digest: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideLine:
    """Readers' context under a post."""

    html: Markup
    language: str
    direction: str
    is_older: bool
    """Whether it is about an older version than the one that is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranslationItem:
    """A reader's translation of a post."""

    digest: str
    """Of the translator's own post."""
    language: str
    title: str
    """What its first line says, where it translates an opening; else empty."""
    direction: str
    html: Markup
    author: AuthorLine
    """The translator."""
    is_older: bool
    """Whether it is of an older version than the one that is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLine:
    """A thread's summary as its page tells of it."""

    text: str
    """Its first sentence."""
    language: str
    direction: str
    author: AuthorLine


@dataclass(frozen=True, slots=True, kw_only=True)
class PostItem:
    """A post as a page shows it."""

    digest: str
    number: int | None
    """Its place in the thread; None while it waits for its tick (only its author sees it then)."""
    text: Text
    direction: str
    html: Markup
    """Empty once erased, as the text is."""
    author: AuthorLine
    day: date
    reply: ReplyLine | None
    state: str
    """`visible`, `pending`, `held` (it waits for a desk), `erased` or `hidden`.

    A hidden one has words for its author alone.
    """
    erased_on: date | None
    revisions: int
    """How many later versions there are; the latest is shown."""
    is_own: bool
    act: str = ""
    """Digest of the record by which a desk hid or erased it; empty where none did."""
    rule: str = ""
    """The name of the rule that the record names, to be translated."""
    label: str = ""
    """What a desk says beside the words, to be translated; empty for nothing."""
    is_sensitive: bool = False
    """Whether the words are folded away until a reader asks for them."""
    is_unreviewed: bool = False
    """Whether no desk looked at it, though it waited for one."""
    kind: str = ""
    """What it is to its thread (`PostKind`); mostly nothing more than a post."""
    beside: tuple[BesideLine, ...] = ()
    """Readers' context that is shown with it."""
    rating: str = ""
    """What the viewer said of it: `yes`, `no`, `open` for nothing yet; empty if they may not."""
    hearing: HearingNote | None = None
    """What it is to its thread's hearing, where that has to be said."""
    lost_original: bool = False
    """Whether it translates a post that was erased or hidden."""
    translation: TranslationItem | None = None
    """What is shown before its own words, for who reads in another language."""

    @property
    def is_gone(self) -> bool:
        """Whether a tombstone stands in the place of its words, for whoever looks at it here."""
        return self.state == "erased" or (self.state == "hidden" and not self.is_own)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardLine:
    """A board in a list, in the reader's language."""

    slug: str
    name: str
    purpose: str
    thread_count: int
    is_live: bool
    is_archived: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadLine:
    """A thread in a list."""

    id: str
    title: str
    language: str
    direction: str
    board_slug: str
    board_name: str
    author: AuthorLine
    day: date
    last_day: date
    reply_count: int
    tags: tuple[str, ...]
    is_pinned: bool
    state: str
    """`open`, `locked` or `archived`."""
    label: str
    """What a desk says of its opening, to be translated; empty for nothing."""
    is_muted: bool
    """Whether the viewer muted who opened it."""

    @property
    def has_words(self) -> bool:
        """Whether there is anything to read: a title, or answers to what was erased."""
        return bool(self.title or self.reply_count)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardsPage(Page):
    """All boards."""

    template: ClassVar[str] = "forum/boards.html"

    boards: tuple[BoardLine, ...]
    may_manage: bool
    """Whether the viewer is a steward."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagePage(Page):
    """All boards, for stewards: their order, and ways to the settings of each."""

    template: ClassVar[str] = "forum/manage.html"

    boards: tuple[BoardLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardTexts:
    """A board's texts in one language; empty where there are none."""

    code: str
    language: str
    direction: str
    name: str
    purpose: str
    rules: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardSettingsPage(Page):
    """Found a board, or change one's settings."""

    template: ClassVar[str] = "forum/board_settings.html"

    is_new: bool
    action: str
    slug: str
    heading: str
    """The board's name; empty for a new one."""
    texts: tuple[BoardTexts, ...]
    ticks: tuple[tuple[int, int], ...]
    """(seconds, minutes) to choose from; 0 minutes: live."""
    tick_s: int
    openers: str
    tags: str
    filters: str
    holds_first: bool
    delays: tuple[tuple[int, int], ...]
    """(seconds, minutes) between two posts to choose from; 0 for none."""
    delay_s: int
    is_archived: bool
    previous: str
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardKeyPage(Page):
    """A new board's key, shown this once."""

    template: ClassVar[str] = "forum/board_key.html"

    slug: str
    name: str
    fingerprint: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPage(Page):
    """A board: what it is for, its rules, its threads."""

    template: ClassVar[str] = "forum/board.html"

    slug: str
    name: str
    purpose: str
    rules: Markup
    fingerprint: str
    did: str
    is_live: bool
    tick_minutes: int
    anyone_opens: bool
    filters: tuple[str, ...]
    holds_first: bool
    delay_minutes: int
    """How long anyone waits between two posts here; 0 for no time."""
    may_open: bool
    """Whether this viewer may open threads."""
    is_archived: bool
    sort: str
    """`reply` (latest answer first), `new`, `unanswered` or `common-ground`."""
    tags: tuple[str, ...]
    """What the board's threads may be listed under."""
    tag: str
    """What is listed is under this one; empty for all threads."""
    threads: tuple[ThreadLine, ...]
    consultations: tuple[ConsultationBox, ...]
    pager: Pager
    former: FormerHomeLine | None = None
    """Where it came from, if it was taken over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestPage(Page):
    """Threads of all boards by their latest post."""

    template: ClassVar[str] = "forum/latest.html"

    threads: tuple[ThreadLine, ...]
    pager: Pager
    is_since: bool
    """Whether only what is newer than another page is listed."""
    since_path: str
    """The address that will list what is newer than this page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuresLine:
    """What desks did to a thread: digests (hex) of the acts, empty where nothing was done."""

    lock: str
    slow: str
    delay_minutes: int
    """How long anyone waits between two posts in it."""
    move: str
    moved_from: str
    """The name of the board that it was opened on."""
    moved_from_slug: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPage(Page):
    """A thread: twenty posts."""

    template: ClassVar[str] = "forum/thread.html"

    id: str
    title: str
    language: str
    direction: str
    board_slug: str
    board_name: str
    is_live: bool
    tick_minutes: int
    started_on: date
    post_count: int
    author_count: int
    opening: str
    """The digest of the first post: what the reply button answers."""
    posts: tuple[PostItem, ...]
    waiting: tuple[PostItem, ...]
    """The viewer's own posts that wait for their tick."""
    state: str
    """`open`, `locked` or `archived`."""
    own_state: str
    """What stewards set it to, whatever a desk did."""
    measures: MeasuresLine
    is_pinned: bool
    tags: tuple[str, ...]
    is_board_archived: bool
    may_settle: bool
    """Whether the viewer is a steward, who gets a form to set the thread."""
    previous: str
    """What that form was built on; empty if the thread was never set."""
    is_saved: bool
    """Whether the viewer saved this thread."""
    muted: frozenset[str]
    """Digests of the posts that are folded up, because the viewer muted their authors."""
    consultation: ConsultationBox | None
    may_consult: bool
    """Whether the viewer may open a consultation here: a steward, or who opened the thread."""
    by_ground: bool
    """Whether its posts stand in the order of common ground."""
    reads_in: str
    """The language that posts are shown in where somebody translated them; empty for their own."""
    reading_path: str
    """Where they are shown so, or as they were written; empty where there is no choice."""
    summary: SummaryLine | None
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadPrintPage(Page):
    """The whole thread on one page, for paper."""

    template: ClassVar[str] = "forum/print.html"

    title: str
    language: str
    direction: str
    board_name: str
    started_on: date
    posts: tuple[PostItem, ...]
    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionLine:
    """One version of a post and how it differs from the one before."""

    number: int
    digest: str
    day: date
    is_current: bool
    is_waiting: bool
    """Whether only its author sees it yet."""
    difference: Markup
    """Words with <ins> and <del>; empty for the first version."""
