"""View models of consultations: what is asked, voted, said, and looked after. None has a tally."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.forum.model import Text
from app.forum.pages import AuthorLine
from app.forum.pages.writing import PrivateLine, SignerHints
from app.identity.model import Limit
from app.web.pages import ASKING_POLICY, FieldErrors, Page, Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What stands at the head of every page of a consultation."""

    thread_id: str
    thread_title: str
    question: str
    language: str
    direction: str
    state: str
    """`open`, `over` (its last day has passed), `closed`, `archived`, or `cut`: it was another
    host's, and what that had not published is lost."""
    until: date | None
    results: str
    """`voted` or `closed`: when results are shown."""
    asks_side: bool
    may_manage: bool
    sees_results: bool
    """Whether whoever looks may see results now; what they are stands on their own page alone."""
    results_path: str
    """Where that page is, without the language."""
    again_until: date | None = None
    """The last day on which voters are asked again, while they are."""
    is_hearing: bool = False
    """Whether its statements are questions that an official answers."""

    @property
    def is_open(self) -> bool:
        """Whether it takes votes."""
        return self.state == "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A statement, and the viewer's own vote on it."""

    number: int
    text: str
    language: str
    direction: str
    post: str
    """Digest (hex) of the post that it is."""
    vote: str = ""
    """`agree`, `disagree`, `pass`, or empty for none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceBallot:
    """What a device makes its ballot with; the keys it compares with the consultation's record."""

    persona_key: str
    kind: str
    """Of the ballot that the persona takes; one that may take none asks in vain."""
    instance_did: str
    tosses: tuple[tuple[bool, bool, str], ...]
    """As on the page of the side."""
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VotePage(Page):
    """Vote on one statement, or on ten; with none left, what to do next."""

    template: ClassVar[str] = "opinion/vote.html"

    head: Head
    statements: tuple[StatementLine, ...]
    is_ten: bool
    voted: int
    """On how many statements the viewer has voted."""
    asked: int
    """How many are asked about."""
    way: str
    """`vote`, or what it takes first: `unlock` (the passphrase), `device` (the key is there)."""
    limit: Limit | None
    """What keeps the viewer from voting for now; None for nothing."""
    is_drawn: bool
    """Whether the lot asked the viewer, who has not voted yet."""
    asks_side: bool
    """Whether the viewer is asked now where they live: after the first vote, and once."""
    device: DeviceBallot | None
    """For who holds their key on a device; None for others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceVotePage(VotePage):
    """The same for whoever votes on their device: a script makes the ballot and votes with it."""

    has_script: ClassVar[bool] = True
    script: ClassVar[str] = "ballot.js"
    headers: ClassVar[Mapping[str, str]] = ASKING_POLICY


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementsPage(Page):
    """The statements alone: for whoever is not logged in, and after the close."""

    template: ClassVar[str] = "opinion/statements.html"

    head: Head
    statements: tuple[StatementLine, ...]
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnVotesPage(Page):
    """The viewer's own votes, which they alone see, while they are logged in."""

    template: ClassVar[str] = "opinion/own.html"

    head: Head
    statements: tuple[StatementLine, ...]
    way: str
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class SayPage(Page):
    """Add a statement: a signed post of the thread."""

    template: ClassVar[str] = "opinion/say.html"
    has_script: ClassVar[bool] = True

    head: Head
    text: Text
    most: int
    """Characters that a statement has at most."""
    languages: tuple[tuple[str, str], ...]
    author: AuthorLine
    signer: SignerHints
    unlock_path: str
    """Where to log in so that the host can sign, leading back here; empty where it can."""
    draft_id: str
    is_live: bool
    tick_minutes: int
    private: tuple[PrivateLine, ...]
    """What the author is asked about; empty once they were."""
    has_asked: bool
    limit: Limit | None
    posts_left: int | None
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPage(Page):
    """Open a consultation on a thread."""

    template: ClassVar[str] = "opinion/open.html"

    thread_id: str
    thread_title: str
    action: str
    question: str
    language: str
    until: str
    results: str
    asks_side: bool
    languages: tuple[tuple[str, str], ...]
    most: int
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ManagePage(Page):
    """Look after a consultation: seed statements, merged ones, its last day, its close."""

    template: ClassVar[str] = "opinion/manage.html"

    head: Head
    action: str
    previous: str
    """The record that the form was built on."""
    statements: tuple[StatementLine, ...]
    """Those that stand for themselves."""
    merged: tuple[tuple[StatementLine, int], ...]
    """Merged ones, with the numbers of those that stand for them too."""
    can_sign: bool
    """Whether the host can sign seed statements in this session."""
    until: str
    seeds: str
    """Lines of seed statements as they were typed."""
    language: str
    languages: tuple[tuple[str, str], ...]
    most: int
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationLine:
    """A consultation in a list."""

    thread_id: str
    question: str
    language: str
    direction: str
    state: str
    board_name: str
    until: date | None
    opened_on: date
    is_drawn: bool
    """Whether the lot asked the viewer to vote there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationsPage(Page):
    """All consultations that are not archived: the open ones first."""

    template: ClassVar[str] = "opinion/consultations.html"

    open: tuple[ConsultationLine, ...]
    closed: tuple[ConsultationLine, ...]
