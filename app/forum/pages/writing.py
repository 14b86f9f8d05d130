"""View models of writing: the composer, drafts, erasing, receipts, what a persona keeps."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import ClassVar

from app.forum.model import Text
from app.identity.model import Limit
from app.tlog import Quorum
from app.web.pages import ASKING_POLICY, CarriedLine, FieldErrors, Page, Pager, ReminderLine

from . import AuthorLine, BoardLine, PostItem, ThreadLine


@dataclass(frozen=True, slots=True, kw_only=True)
class SignerHints:
    """What the browser module needs to sign on the device (data attributes of the form)."""

    kind: str
    """`note`, `update` or `delete`."""
    board_did: str
    day: date
    nonce: str
    object: str
    previous: str
    reply: str = ""
    quotes: str = ""
    lines: str = ""
    """The lines of a text, each as `field=member`: where it is typed, and what signs it."""
    persona_key: str
    custody: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ThreadHand:
    """The name for the thread under which a reply can be sent."""

    fingerprint: str
    is_used: bool
    """Whether it was used before; else it is a new one."""
    left: int
    """How many new ones the persona may still take this month."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceHand:
    """What a device needs to make a name for the thread: whose key signs the right to it."""

    left: int
    """How many new ones the persona may still take this month."""
    month: str
    issuer: str
    """The month's public key in base64url (DER), which the device blinds for."""
    instance_did: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PrivateLine:
    """Something in a text that may be a private person's."""

    kind: str
    """`email`, `account`, `card`, `phone`, `national-id` or `address`."""
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposePage(Page):
    """Write a thread, a reply or a revision; the same page shows the preview and what is wrong."""

    template: ClassVar[str] = "forum/compose.html"
    has_script: ClassVar[bool] = True

    kind: str
    """`thread`, `reply`, `revision`, `translation` or `summary`."""
    action: str
    """Where the form posts to."""
    board_slug: str
    board_name: str
    thread_id: str
    thread_title: str
    is_live: bool
    tick_minutes: int
    has_title: bool
    board_tags: tuple[str, ...]
    """What a new thread may be listed under; empty where there is no choice."""
    tags: tuple[str, ...]
    """The three chosen ones; empty for none."""
    text: Text
    wait: int
    """Hours that the author chose to wait at least."""
    languages: tuple[tuple[str, str], ...]
    """(code, own name) to choose the post's language from."""
    members: Mapping[str, str]
    """Hidden fields that are signed with the words of a post of a kind."""
    answers: PostItem | None
    """The post that is answered."""
    reply: str
    quote: str
    """Digests (hex) kept through previews in hidden fields; empty if none."""
    draft_id: str
    """Id of the kept draft that the form was filled from; empty if none."""
    preview: PostItem | None
    author: AuthorLine
    hand: ThreadHand | None
    """What a reply can be sent under instead of one's own name; None where there is no choice."""
    device_hand: DeviceHand | None
    """The same for a persona whose key is on its device; None where there is no choice."""
    is_by_name: bool
    """Whether one that the host signs for is chosen, or such a name's post is revised."""
    signer: SignerHints
    unlock_path: str
    """Where to log in so that the host can sign, leading back here; empty where it can."""
    holds_first: bool
    """Whether it may wait for a desk, as a first post."""
    delay_minutes: int
    """How long anyone waits between two posts here; 0 for no time."""
    private: tuple[PrivateLine, ...]
    """What the author is asked about; empty once they were."""
    has_asked: bool
    """Whether they have been asked, now or before."""
    posts_left: int | None
    """How many the author may still send today; None where they are not counted."""
    limit: Limit | None
    """What keeps the viewer from writing for now; None for nothing."""
    shield: date | None
    """The first day without the shield of whoever is answered; None where there is none."""
    may_answer: bool
    """Whether the viewer may answer in spite of it."""
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamingComposePage(ComposePage):
    """A reply that can stand under a name which the device makes."""

    script: ClassVar[str] = "thread-name.js"
    headers: ClassVar[Mapping[str, str]] = ASKING_POLICY


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """A draft in a list."""

    id: str
    title: str
    language: str
    direction: str
    excerpt: str
    href: str
    """The composer that it is opened in."""
    forgotten_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftsPage(Page):
    """The viewer's drafts."""

    template: ClassVar[str] = "forum/drafts.html"

    drafts: tuple[DraftLine, ...]
    most: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage(Page):
    """The threads that the viewer saved."""

    template: ClassVar[str] = "forum/saved.html"

    most: int
    threads: tuple[ThreadLine, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """A post that answers or quotes one of the viewer's."""

    digest: str
    kind: str
    """`answer` or `quote`."""
    title: str
    title_language: str
    title_direction: str
    author: AuthorLine
    day: date
    is_new: bool
    has_words: bool
    """Whether readers can read it: else nobody is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticesPage(Page):
    """What others did with the viewer's posts, newest first."""

    template: ClassVar[str] = "forum/notices.html"

    most: int
    days: int
    notices: tuple[NoticeLine, ...]
    pager: Pager
    newest: int
    """The log index of the first notice shown: what is marked as read goes up to it."""
    acts_unread: int
    """Of how many actions on what the viewer wrote it has not read."""
    reminders: tuple[ReminderLine, ...] = ()
    """The commitments that the viewer is asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MutedLine:
    """Somebody whom the viewer muted."""

    mark: str
    """The fingerprint without blanks, as addresses name it."""
    fingerprint: str
    name: str | None
    is_for_thread: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShieldPage(Page):
    """The viewer's shield, and whom it muted."""

    template: ClassVar[str] = "forum/shield.html"

    until: date | None
    """The first day without the shield; None where it is down."""
    days: int
    muted: tuple[MutedLine, ...]
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasePage(Page):
    """Ask once more before a text is gone for good."""

    template: ClassVar[str] = "forum/erase.html"
    has_script: ClassVar[bool] = True

    post: PostItem
    action: str
    signer: SignerHints
    keeps_copy: bool
    """Whether a case is open, for which a copy is sealed to the host's legal contact."""
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptPage(Page):
    """After sending: the instance's promise, and when readers will see it."""

    template: ClassVar[str] = "forum/receipt.html"

    kind: str
    """The record's type: `Note`, `Update`, `Delete` or another."""
    digest: str
    is_public: bool
    include_by_day: date
    include_by_time: time
    zone: str
    """Where that hour is read; empty for UTC."""
    is_live: bool
    is_held: bool
    """Whether a first post waits for a desk."""
    board_slug: str
    """The board that the post is on; empty if the post is not this viewer's to see."""
    thread_id: str
    """Its thread, once readers see one; empty until then."""
    post_digest: str
    """The post that it concerns; empty if none."""
    receipt_path: str
    proof_path: str
    """Where the proof is that the log holds it, once it does."""
    origin: str
    """The host's address, for the command that verifies."""
    quorum: Quorum | None = None
    """How many of the host's witnesses signed a log with it; None where the log is not this one."""
    carried: CarriedLine | None = None
    """How far it is on its way to its board's home, if that is another host."""
    refused: tuple[str, str] = ("", "")
    """What that host refused and what to do next, in the reader's language or in its own words."""
    kept: Text | None = None
    """Its author's words, where the home refused them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarryPage(Page):
    """Hand in a record that was signed elsewhere."""

    template: ClassVar[str] = "forum/carry.html"

    record: str
    boards: tuple[BoardLine, ...]
    errors: FieldErrors = field(default_factory=FieldErrors)
