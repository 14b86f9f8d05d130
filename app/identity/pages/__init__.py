"""View models of joining, logging in and logging out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.web.pages import FieldErrors, Page


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
class GoOnPage(Page):
    """Logged in, with the words of a report that came along: they are in this page alone."""

    template: ClassVar[str] = "identity/go_on.html"

    action: str
    """The form that they were typed into."""
    carried: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedOutPage(Page):
    """After logging out: what is still on this device, and New Identity."""

    template: ClassVar[str] = "identity/logged_out.html"

    is_onion: bool
    """Whether they came over Tor, so that there is a New Identity to press."""
