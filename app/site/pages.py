"""View models of pages that belong to no single room."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.forum.pages import AuthorLine, BoardLine, ThreadLine
from app.moderation.pages.log import DemandLine
from app.web.pages import ConsultationBox, FieldErrors, Markup, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Today:
    """The thread that the front page opens with."""

    thread: ThreadLine
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    """The front page."""

    template: ClassVar[str] = "site/home.html"

    today: Today | None
    consultations: tuple[ConsultationBox, ...]
    """Open ones."""
    latest: tuple[ThreadLine, ...]
    boards: tuple[BoardLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProsePage(Page):
    """A page of text: safety, about, rules, help."""

    template: ClassVar[str] = "site/prose.html"

    slug: str
    title: str
    body: Markup


@dataclass(frozen=True, slots=True, kw_only=True)
class ReachPage(Page):
    """What works today where the network is closed, and where this host is found."""

    template: ClassVar[str] = "site/reach.html"

    body: Markup
    written_on: date | None
    """When a steward last went over it; None for the text that the software came with."""
    mirrors: tuple[str, ...]
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HostPageEditPage(Page):
    """Write a page of the host's anew, in the language of this one."""

    template: ClassVar[str] = "site/reach_edit.html"

    slug: str
    """`reach` or `sponsors`."""
    language_name: str
    text: str
    previous: str
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorLine:
    """Somebody who pays for something here."""

    name: str
    domain: str
    """Where it is at home; empty where a persona was named alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SponsorsPage(Page):
    """Who pays, what they asked for, and that they cannot moderate."""

    template: ClassVar[str] = "site/sponsors.html"

    body: Markup
    """What stewards wrote of who pays how much; empty if nothing yet."""
    written_on: date | None
    sponsors: tuple[SponsorLine, ...]
    demands: tuple[DemandLine, ...]
    """Every contact of a sponsor, and who else asked for emphasis."""
    sealed: int
    """Demands that may not be told, or were told too late: nobody can see what they asked for."""
    looked_at: int
    """How many sponsors and offices in sponsors' domains were compared with desks and stewards."""
    conflicts: int
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingPage(Page):
    """Where a link in a post leads, before anybody goes there."""

    template: ClassVar[str] = "site/leaving.html"

    host: str
    """As it is asked for: letters of other scripts are written out (`xn--`)."""
    to: str
    is_onion: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingsPage(Page):
    """Reader settings: light or dark paper, calendar, digits, size of text, time zone."""

    template: ClassVar[str] = "site/settings.html"

    theme: str
    calendar: str
    digits: str
    size: str
    zone: str
    next_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessLine:
    """A witness of the log, and how far and how long ago it looked."""

    name: str
    host: str
    """Which host runs it, if a partner of this one does; else empty."""
    tree_size: int
    age_days: int
    """Whole days since it signed; 0 within the first, where `age_hours` says more."""
    age_hours: int
    has_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OnionLine:
    """How the onion service is doing, for stewards."""

    state: str
    """A sentence."""
    introduction_points: int
    effort: int
    """What a visitor's tor pays in work; 0 while nobody floods."""
    is_told: bool
    """Whether this host's tor tells the numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage(Page):
    """What this instance is: keys, log, onion address, software."""

    template: ClassVar[str] = "site/status.html"

    name: str
    instance_did: str
    instance_fingerprint: str
    log_origin: str
    onion: str
    service: OnionLine | None
    """None for readers, and where there is no onion service."""
    mirrors: tuple[str, ...]
    tree_size: int
    witnesses: tuple[WitnessLine, ...]
    up_to_date: int
    """How many of them have signed all that the log holds."""
    founded_on: date
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardPage(Page):
    """The host's signed card as a QR code: whoever scans it knows the host and its mirrors."""

    template: ClassVar[str] = "site/card.html"

    name: str
    instance_fingerprint: str
    onion: str
    mirrors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLine:
    """A month in the reader's calendar."""

    name: str
    """Empty for all that was before the months listed."""
    published: int
    erased: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TransparencyPage(Page):
    """What was published and taken away, and who watches the log."""

    template: ClassVar[str] = "site/transparency.html"

    tree_size: int
    signed_on: date | None
    """When the log's checkpoint was last published; None before the first."""
    log_key: str
    """What the log is verified with, as signed notes write it."""
    tile_path: str
    """The first tile; empty while there is none."""
    witnesses: tuple[WitnessLine, ...]
    up_to_date: int
    """How many of them have signed all that the log holds."""
    months: tuple[MonthLine, ...]
    """Newest first."""
    published: int
    erased: int
    most: int
    """The largest number of any month, which the bars are measured by."""
    origin: str
    """The host's address, for the commands that verify."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseMePage(Page):
    """Erase a persona and all that it wrote, with its words alone."""

    template: ClassVar[str] = "site/erase_me.html"

    is_done: bool = False
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage(Page):
    """Something could not be done: what, why, and a way on, in three languages."""

    template: ClassVar[str] = "site/error.html"

    status: int
    code: str
    title: str
    explanation: str
    others: tuple[tuple[str, str, str, str], ...]
    """(language, direction, title, explanation) in the other languages."""
    kept_text: str
    """What the viewer had typed, so that nothing is lost; empty if nothing was."""
    login_path: str = ""
    """Where to log in again and come back from; empty where that does not help."""
    carried: Mapping[str, str] = field(default_factory=dict)
    """The fields of a composer that can go along through the log-in; empty if none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A post that was found."""

    digest: str
    number: int
    title: str
    title_language: str
    title_direction: str
    board_name: str
    author: AuthorLine
    day: date
    language: str
    direction: str
    passage: Markup
    """A piece of the text with the words asked for in <mark>; none of what is sensitive."""
    label: str
    """What a desk says beside the words, to be translated; empty for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchPage(Page):
    """Find posts by their words, narrowed by board, author and day."""

    template: ClassVar[str] = "site/search.html"

    question: str
    board: str
    author: str
    day_text: str
    is_by_fit: bool
    """Whether the posts that fit best come first, and not the newest."""
    compared: int
    """How many posts are put into that order at once."""
    boards: tuple[BoardLine, ...]
    was_asked: bool
    hits: tuple[Hit, ...]
    today: date
    older: str
    """The address of the next page; empty if there is none."""
    errors: FieldErrors = field(default_factory=FieldErrors)
