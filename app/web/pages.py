"""What every page shares: the base class of view models and the frame around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from types import MappingProxyType
from typing import ClassVar, Final

from markupsafe import Markup  # noqa: TID251 (the type of fields that `markup` made safe)

from app.kernel.clock import Instant


def allow_scripts(sources: str, *, types: str = "'none'") -> Mapping[str, str]:
    """Return the header of a page with scripts of ours, which make markup by these types alone."""
    return MappingProxyType(
        {
            "Content-Security-Policy": (
                f"default-src 'none'; {sources}; style-src 'self'; img-src 'self' data:; "
                "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
                f"require-trusted-types-for 'script'; trusted-types {types}"
            )
        }
    )


SCRIPT_POLICY: Final = allow_scripts("script-src 'self'")
ASKING_POLICY: Final = allow_scripts("script-src 'self'; connect-src 'self'")
"""For scripts that ask this origin, and no other."""


class Page:
    """A view model. Its class names its template; its fields are all the template may use."""

    template: ClassVar[str]
    has_script: ClassVar[bool] = False
    script: ClassVar[str] = "signer.js"
    headers: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Headers in which this page differs from the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageLink:
    """The same page in another language."""

    code: str
    name: str
    direction: str
    path: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ViewerLine:
    """The persona that is logged in, as the masthead shows it."""

    name: str
    fingerprint: str
    unread: int
    """How many notices it has not read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeLine:
    """The home of the board that a page is about, where this host only shows a copy."""

    name: str
    """As its card says."""
    address: str
    """Where this reader reaches it, without a slash at the end."""
    path: str
    """Where the page is there, without the language."""
    is_carried: bool
    """Whether what is written here is handed over to it."""
    is_believed: bool
    """Whether this host still takes anything from it."""
    heard_at: Instant | None
    """When the copy was last brought up to date; the hour is told."""
    is_over: bool = False
    """Whether it was wound down, so that nothing is made there any more."""
    heir: str = ""
    """The address of the host that it left the board to when it ended, if that is known here."""
    day: date | None = None
    hour: time | None = None
    zone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerHomeLine:
    """Where a board came from that was taken over."""

    name: str
    """As its card says, or its key where no card is here."""
    address: str
    """Where it was reached; empty if that is this host itself."""
    day: date
    """On which it was taken over."""
    record: str
    """The digest (hex) of the record that took it over, signed by its successors."""
    is_proven_here: bool
    """Whether this host's log holds that record; else its new home's does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasedLine:
    """Another host that showed an erased post, and whether it has said that it erased it."""

    host: str
    confirmed_on: date | None
    is_late: bool
    """Whether a day has passed since it could know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedLine:
    """How far a record is that is handed over to its board's home."""

    is_stopped: bool = False
    """Whether nothing is exchanged with that home now."""
    is_taken: bool = False
    """Whether the home has taken it in and signed a receipt that names this host."""
    refusal: str
    """Why it did not: the code of an error, or its own words; empty if it did not refuse."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutdownLine:
    """That this host is in shutdown mode: a banner on every page, an entry in every feed."""

    number: int
    """1 for the first time."""
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What the layout needs, on every page alike."""

    language: str
    direction: str
    path: str
    languages: tuple[LanguageLink, ...]
    theme: str
    """`light`, `dark`, or empty for the system's choice."""
    size: str
    """`large`, `larger`, or empty for the usual size of text."""
    viewer: ViewerLine | None
    section: str
    """The current item of the navigation: `boards`, `latest`, `join`, `login`, `persona`, none."""
    form_token: str
    """Hidden field `token` of every form."""
    stylesheet: str
    script: str
    instance_name: str
    host_fingerprint: str
    only_reads: bool
    """Whether this host takes nothing in for now, so that forms say so before anybody types."""
    onion: str
    """The address of the host's onion service; empty if it has none."""
    onion_words: str
    """Four words of the page's language, by which people compare that address."""
    home: HomeLine | None = None
    """Whose board the page is about, where that is another host's."""
    shutdown: ShutdownLine | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationBox:
    """A thread's consultation, as the thread and lists of threads say that there is one."""

    thread_id: str
    question: str
    language: str
    direction: str
    is_open: bool
    until: date | None
    is_hearing: bool = False
    """Whether its statements are questions that an official answers."""
    is_elsewhere: bool = False
    """Whether its board's home is another host: votes are cast there."""
    is_cut: bool = False
    """Whether it was open at a home that is gone: it takes votes nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingNote:
    """What a post is to its thread's hearing, as the post itself says it."""

    label: str
    """To be translated, as is the reason."""
    path: str
    """Where more of it is told, without the language."""
    day: date | None = None
    """Since when it stands so, where that is told."""
    reason: str = ""
    is_due: bool = False
    """Whether somebody waits for an answer to it."""
    more: tuple[str, ...] = ()
    """Sentences that stand below, to be translated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReminderLine:
    """A commitment that somebody is asked about: an official's own, or one that they filed."""

    digest: str
    text: str
    language: str
    direction: str
    due_on: date
    is_overdue: bool
    is_own: bool
    """Whether it is the reader's own promise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeLine:
    """What stands beside a name of an official, or of somebody whose name reads like one's."""

    title: str
    institution: str
    domain: str
    attested_by: str
    until: date
    """Its first day without the office."""
    is_held: bool
    reads_like: str = ""
    """Fingerprint of the official whom the name reads like; empty for the official."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldErrors:
    """What is wrong with a form: sentences by field name, in the reader's language."""

    by_field: dict[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is wrong."""
        return bool(self.by_field)

    def of(self, name: str) -> str:
        """Return the sentence for a field, or an empty one."""
        return self.by_field.get(name, "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where a long list stands. `base` is the path; page 1 has no query."""

    page: int
    pages: int
    base: str

    def href(self, page: int) -> str:
        """Return the address of a page of the list."""
        joint = "&" if "?" in self.base else "?"
        return self.base if page == 1 else f"{self.base}{joint}page={page}"

    def window(self) -> tuple[int | None, ...]:
        """Return the pages to link: first, last and around the current; None stands for a gap."""
        near = {1, self.pages, self.page - 1, self.page, self.page + 1}
        shown = sorted(page for page in near if 1 <= page <= self.pages)
        window: list[int | None] = []
        for page in shown:
            if window and window[-1] is not None and page - window[-1] > 1:
                window.append(None)
            window.append(page)
        return tuple(window)


__all__ = [
    "ConsultationBox",
    "FieldErrors",
    "Frame",
    "LanguageLink",
    "Markup",
    "Page",
    "Pager",
    "ReminderLine",
    "ViewerLine",
]
