"""View models of joining, logging in and a persona's page."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.web.pages import ASKING_POLICY, FieldErrors, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinPage(Page):
    """Step 1: a name, a passphrase, and where the key lives."""

    template: ClassVar[str] = "identity/join.html"
    has_script: ClassVar[bool] = True

    name: str
    invitation: str
    """What was typed into its field, as text or as words."""
    next_path: str
    """The page that somebody wanted before this one, here and in the next steps; empty if none."""
    nonce: str
    day: date
    errors: FieldErrors = field(default_factory=FieldErrors)
    wait_minutes: int = 0
    """After how long there is room for somebody without an invitation; 0 for at once."""
    record: str = ""
    """The card that was signed on the device and found no room: the same can be sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsPage(Page):
    """Step 2: twelve words, two of them typed back. Nothing is stored before that."""

    template: ClassVar[str] = "identity/words.html"

    name: str
    fingerprint: str
    words: tuple[str, ...]
    first: int
    second: int
    sealed: str
    """Everything the next step needs, sealed by the server; it lives in this page only."""
    next_path: str
    errors: FieldErrors = field(default_factory=FieldErrors)
    wait_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class WelcomePage(Page):
    """Step 3: the persona exists."""

    template: ClassVar[str] = "identity/welcome.html"

    name: str
    fingerprint: str
    custody: str
    next_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoginPage(Page):
    """Log in by passphrase, by words on the device, or by a proof made on the command line."""

    template: ClassVar[str] = "identity/login.html"
    has_script: ClassVar[bool] = True

    name: str
    next_path: str
    instance_did: str
    challenge: str
    expires: str
    day: date
    errors: FieldErrors = field(default_factory=FieldErrors)
    is_expired: bool = False
    """The viewer was logged in and is no longer: say so."""
    carried: Mapping[str, str] = field(default_factory=dict)
    """What they were writing meanwhile: it goes along through the log-in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOutPage(Page):
    """After logging out: what is still on this device, and New Identity."""

    template: ClassVar[str] = "identity/logged_out.html"

    is_onion: bool
    """Whether they came over Tor, so that there is a New Identity to press."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyLine:
    """One posting key of a persona."""

    fingerprint: str
    custody: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaPost:
    """A line of a persona's public posts."""

    digest: str
    number: int
    title: str
    title_language: str
    title_direction: str
    board_name: str
    day: date
    imported: str | None
    """Who wrote what was imported, empty if nobody knows; None for words first said here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonaPage(Page):
    """A persona: name, fingerprint, keys, card, posts."""

    template: ClassVar[str] = "identity/persona.html"

    name: str | None
    fingerprint: str
    is_for_thread: bool
    """Whether it is a name for one thread, called after its fingerprint."""
    did: str
    keys: tuple[KeyLine, ...]
    card_digest: str | None
    posts: tuple[PersonaPost, ...]
    post_count: int
    is_own: bool
    posts_left: int | None
    """How many one may still send today; None where they are not counted, or it is another's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RestorePage(Page):
    """Bring a persona back with its words and a new passphrase."""

    template: ClassVar[str] = "identity/restore.html"

    name: str
    errors: FieldErrors = field(default_factory=FieldErrors)
    wait_minutes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokePage(Page):
    """Revoke every key of a persona with its words alone."""

    template: ClassVar[str] = "identity/revoke.html"

    is_done: bool = False
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysPage(Page):
    """The viewer's key: passphrase, sessions, and what the words can do."""

    template: ClassVar[str] = "identity/keys.html"

    name: str
    fingerprint: str
    custody: str
    has_passphrase: bool
    sessions: tuple[date, ...]
    """The day on which each login session began."""
    done: str = ""
    """What was just done: `passphrase`, `sessions` or nothing."""
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationsPage(Page):
    """Give an invitation, on the device or by the host, or come with one."""

    template: ClassVar[str] = "identity/invitations.html"
    has_script: ClassVar[bool] = True
    script: ClassVar[str] = "invite.js"
    headers: ClassVar[Mapping[str, str]] = ASKING_POLICY

    can_make: bool
    left: int
    may_from: date | None
    """From when the viewer may invite; None for whoever was not invited here."""
    has_begun: bool
    """Whether that day has come."""
    is_invited: bool
    next_month: date
    month: str
    """This month as invitations name it; empty where the viewer cannot make any."""
    issuer: str
    """The month's public key in base64url (DER), which its holder's device blinds for."""
    instance_did: str
    invitation: str
    """What was typed into the field of whoever comes with one."""
    is_done: bool = False
    """The viewer has just come with one."""
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationPage(Page):
    """An invitation, shown once: as words, as a picture and as text."""

    template: ClassVar[str] = "identity/invitation.html"

    text: str
    words: tuple[str, ...]
    """Empty if they were not wanted."""
    picture: str
    """A QR code of the words, or of the text where there are none, as a data URL."""
    good_until: date
    origin: str
    """The host's address."""
