"""View models of readers' context: what was proposed about a post, and what became of it."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar, Final

from app.forum.model import Text
from app.forum.pages import PostItem
from app.forum.pages.writing import PrivateLine, SignerHints
from app.opinion.model import Helps, NoteReason, Status, Why
from app.web.pages import FieldErrors, Markup, Page
from app.web.sentences import gettext_noop as _

STATUS_NAMES: Final = {
    Status.NEEDS_MORE: _("Not shown: it needs more ratings"),
    Status.SHOWN: _("Shown under the post"),
    Status.NOT_HELPFUL: _("Not shown: found not helpful"),
}
"""What readers are told of context in a few words."""
REASONS: Final = {
    Why.HELPS_BOTH_SIDES: _("People who usually disagree found it helpful."),
    Why.HELPS_NEITHER_SIDE: _("People who usually disagree found it not helpful."),
    Why.FEW_RATINGS: _("Too few people have rated it so far."),
    Why.ONE_SIDED: _("Those who find it helpful mostly think alike; the others do not."),
    Why.SIDE_MISSING: _("It is not clear yet that people of different views find it helpful."),
    Why.NOT_ENOUGH: _("People find it helpful only in part."),
}
"""Why a status holds."""
NOTE_REASONS: Final = {
    NoteReason.SOURCES: _("Its sources are good"),
    NoteReason.CLEAR: _("It is clear"),
    NoteReason.MISSING: _("It says what the post lacks"),
    NoteReason.UNSOURCED: _("Its sources do not say this"),
    NoteReason.WRONG: _("Something in it is wrong"),
    NoteReason.OPINION: _("It is an opinion"),
    NoteReason.NEEDLESS: _("Readers do not need it"),
}
"""What a reader can name as a reason; those that speak for it first."""
HELPS_NAMES: Final = {
    Helps.YES: _("It helps"),
    Helps.SOMEWHAT: _("It helps somewhat"),
    Helps.NO: _("It does not help"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLine:
    """What ratings made of context on a day; words to be translated."""

    status: str
    reason: str
    named: str
    """What raters named most often; empty where nobody is told."""
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteLine:
    """A context that somebody proposed."""

    item: PostItem
    is_shown: bool
    is_drawn: bool
    """Whether the viewer may rate it: in a week with very many, each is drawn for some."""
    is_older: bool
    """Whether it is about an older version of the post."""
    now: StandingLine
    history: tuple[StandingLine, ...]
    """The oldest first; empty while nothing has become of it."""
    helps: str
    """What the viewer said of it; empty for nothing."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingLine:
    """A context that the viewer can rate."""

    post: str
    """Digest (hex) of the post that it is about, on whose page it is rated."""
    number: int
    """Its own, in the thread."""
    html: Markup
    language: str
    direction: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingPage(Page):
    """Context that the viewer has not rated, the latest first."""

    template: ClassVar[str] = "opinion/awaiting.html"

    lines: tuple[AwaitingLine, ...]
    left: int
    """How many more context notes the viewer may rate this week."""
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """The form in which context is proposed."""

    text: Text
    languages: tuple[tuple[str, str], ...]
    signer: SignerHints
    about: str
    """Digest of the version that it is about, as records write digests."""
    unlock_path: str
    """Where to log in so that the host can sign; empty where it can."""
    draft_id: str
    private: tuple[PrivateLine, ...]
    has_asked: bool
    most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ContextPage(Page):
    """A post, the context that readers proposed for it, and a form for more."""

    template: ClassVar[str] = "opinion/context.html"

    post: PostItem
    thread_id: str
    title: str
    title_language: str
    title_direction: str
    notes: tuple[NoteLine, ...]
    takes: bool
    """Whether the post takes context: it can be read, and is none itself."""
    is_open: bool
    """Whether its thread takes posts."""
    left: int
    """How many more notes the viewer may rate this week."""
    most: int
    proposal: Proposal | None
    """None for whoever is not logged in, or where nothing is to be proposed."""
    choices: tuple[tuple[str, str], ...] = tuple(
        (str(value.value), name) for value, name in HELPS_NAMES.items()
    )
    reasons: tuple[tuple[str, str], ...] = tuple(
        (value.value, name) for value, name in NOTE_REASONS.items()
    )
    lacking: str = ""
    """Digest of the note whose rating lacks something; empty for none."""
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningContextPage(ContextPage):
    """The same for whose key is on their device: it is signed there."""

    has_script: ClassVar[bool] = True
