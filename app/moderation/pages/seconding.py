"""View models of what takes a second person: proposals, undoing, appeals."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.moderation.forms.deciding import DecisionForm
from app.web.pages import FieldErrors, Page

from .cases import ActionLine, SubjectLine
from .desk import Choice, DeskLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsLine:
    """A statement of reasons, as it is read."""

    rule: str
    ground: str
    law: str
    facts: str
    language: str
    scope: str
    until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalLine:
    """A proposal in the list."""

    id: str
    kind: str
    rule: str
    desk: int
    ends_h: int
    is_own: bool
    """Whether the same person proposed it, who is no second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalsPage(Page):
    """What waits for another person."""

    template: ClassVar[str] = "moderation/proposals.html"

    desk: DeskLine
    proposals: tuple[ProposalLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalPage(Page):
    """One proposal with all that it would do."""

    template: ClassVar[str] = "moderation/proposal.html"

    desk: DeskLine
    proposal: ProposalLine
    reasons: ReasonsLine
    subject: SubjectLine | None
    """None for a desk to be closed, and for acts to be undone."""
    acts: tuple[ActionLine, ...]
    closes: int
    """The number of the desk whose term would end; 0 for none."""
    settles_in: int
    """Minutes until this session may agree."""
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsPage(Page):
    """What a desk did since a day, and the form that undoes it."""

    template: ClassVar[str] = "moderation/acts.html"

    desk: DeskLine
    desk_number: int
    """Of the desk that is looked at."""
    since: str
    is_own: bool
    acts: tuple[ActionLine, ...]
    may_close: bool
    """Whether this desk may propose to end the other's term."""
    rules: tuple[Choice, ...]
    typed: DecisionForm
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """An appeal in the list."""

    digest: str
    kind: str
    rule: str
    board: str
    due_h: int
    """Hours until it is due; below nothing where that is past."""
    is_own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealsPage(Page):
    """Appeals that nobody has answered, the first due first."""

    template: ClassVar[str] = "moderation/appeals.html"

    desk: DeskLine
    appeals: tuple[AppealLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealPage(Page):
    """One appeal: the author's words, the act, what it hides, and the answer."""

    template: ClassVar[str] = "moderation/appeal.html"

    desk: DeskLine
    appeal: AppealLine
    text: str
    act: ActionLine
    reasons: ReasonsLine
    subject: SubjectLine | None
    outcomes: tuple[Choice, ...]
    outcome: str
    rules: tuple[Choice, ...]
    typed: DecisionForm
    answer: str
    errors: FieldErrors = field(default_factory=FieldErrors)
