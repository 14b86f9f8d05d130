"""View models of a persona: its page, its keys, and what its words can do."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.identity.model import Limit
from app.web.pages import FieldErrors, OfficeLine, Page


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
    limit: Limit | None
    """What keeps it from writing for now, as everybody sees it; None for nothing."""
    is_muted: bool
    """Whether the viewer muted it."""
    office: OfficeLine | None
    """Its office, or the one that its name reads like."""
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
    sessions: tuple[tuple[date, bool], ...]
    """The day on which each login session began, and whether it is this one."""
    done: str = ""
    """What was just done: `passphrase`, `sessions` or nothing."""
    errors: FieldErrors = field(default_factory=FieldErrors)
