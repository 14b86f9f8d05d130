"""View models of commitments: all of them, one with its evidence, and how one is filed."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final

from app.forum.model import Text
from app.forum.pages import AuthorLine, PostItem
from app.forum.pages.writing import PrivateLine, SignerHints
from app.hearings.model import CommitmentState, Shows
from app.identity.model import Limit
from app.web.pages import FieldErrors, Page, Pager
from app.web.sentences import gettext_noop as _

STATE_NAMES: Final = {
    CommitmentState.NOT_STARTED: _("Not started"),
    CommitmentState.IN_PROGRESS: _("In progress"),
    CommitmentState.KEPT: _("Kept"),
    CommitmentState.BROKEN: _("Broken"),
    CommitmentState.COMPROMISE: _("A compromise"),
}
SHOWS_NAMES: Final = {
    Shows.DONE: _("It shows that it was done"),
    Shows.NOT_DONE: _("It shows that it was not done"),
    Shows.NEITHER: _("It shows neither"),
}
SEALS: Final = {
    CommitmentState.NOT_STARTED: "seal open",
    CommitmentState.IN_PROGRESS: "seal half",
    CommitmentState.KEPT: "seal done",
    CommitmentState.BROKEN: "seal open error",
    CommitmentState.COMPROMISE: "seal half done",
}
"""Classes of the seal before a status."""
CONTESTED_SEAL: Final = "seal half"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentLine:
    """A commitment in a list."""

    digest: str
    text: str
    """Empty where its words are gone."""
    language: str
    direction: str
    owner: str
    owner_key: str
    """By what its owner's commitments are listed; empty where it was erased."""
    theme: str
    measure: str
    due_on: date
    state: str
    seal: str
    is_contested: bool
    is_overdue: bool
    days_over: int
    owned_on: date | None
    has_official: bool
    changed_on: date | None
    reminders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouped:
    """What is promised by one owner, or on one theme."""

    name: str
    key: str
    count: int
    kept: int
    overdue: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackerPage(Page):
    """Commitments, those that are overdue first; of one owner or theme, or all."""

    template: ClassVar[str] = "hearings/commitments.html"

    lines: tuple[CommitmentLine, ...]
    counts: tuple[tuple[str, str, int], ...]
    """Names of states, their seals, and how many commitments are there, uncontested."""
    contested: int
    overdue: int
    total: int
    owners: tuple[Grouped, ...]
    themes: tuple[Grouped, ...]
    owner: str
    """The one whose commitments these are; empty for all."""
    theme: str
    query: str
    """What of the address the feed and the table share."""
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A change of status."""

    state: str
    seal: str
    day: date
    evidence: str
    why: str
    by: str
    """The official's name; empty for the host."""
    record: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """Evidence, as the post that it is."""

    item: PostItem
    link: str
    shows: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusForm:
    """What a status is to be changed to, as typed."""

    previous: str
    states: tuple[tuple[str, str], ...]
    state: str = ""
    evidence: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceForm:
    """Evidence before it is signed, as typed."""

    text: Text
    link: str
    shows: str
    choices: tuple[tuple[str, str], ...]
    languages: tuple[tuple[str, str], ...]
    signer: SignerHints
    private: tuple[PrivateLine, ...]
    has_asked: bool
    unlock_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitmentPage(Page):
    """A commitment: what became of it, and what people put beside it."""

    template: ClassVar[str] = "hearings/commitment.html"

    line: CommitmentLine
    post: PostItem
    thread_id: str
    filed_by: AuthorLine
    filed_on: date
    changes: tuple[ChangeLine, ...]
    evidence: tuple[EvidenceLine, ...]
    reminders: tuple[date, ...]
    """The days on which it is asked about."""
    may_own: bool
    """Whether the viewer's key is where this host cannot sign with it."""
    status: StatusForm | None
    """For the host's stewards, and the official who stands by it."""
    form: EvidenceForm | None
    """For whoever is logged in."""
    limit: Limit | None
    errors: FieldErrors = field(default_factory=FieldErrors)


class SigningCommitmentPage(CommitmentPage):
    """The same for somebody whose key is on their device."""

    has_script: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PromisePage(Page):
    """File a commitment about what a post says."""

    template: ClassVar[str] = "hearings/promise.html"
    has_script: ClassVar[bool] = True

    post: PostItem
    thread_id: str
    thread_title: str
    offered: tuple[str, ...]
    """Sentences of the post that promise something."""
    text: Text
    owner: str
    measure: str
    due: str
    theme: str
    of: str
    """The actor of the official whose promise it is; empty for none."""
    officials: tuple[tuple[str, str], ...]
    """Actors of the officials who may be named, with their names."""
    themes: tuple[str, ...]
    """Themes that others named before."""
    most: int
    earliest: date
    languages: tuple[tuple[str, str], ...]
    author: AuthorLine
    signer: SignerHints
    unlock_path: str
    is_live: bool
    tick_minutes: int
    private: tuple[PrivateLine, ...]
    has_asked: bool
    limit: Limit | None
    errors: FieldErrors = field(default_factory=FieldErrors)
