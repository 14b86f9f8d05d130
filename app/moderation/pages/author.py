"""View models of what an author sees of actions on what they wrote."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.forum.model import Text
from app.web.pages import FieldErrors, Page, Pager

from .reporting import SubjectLine


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnActLine:
    """An action in the author's list."""

    digest: str
    kind: str
    subject: SubjectLine
    """What it is about: several of one kind could else not be told apart."""
    day: date
    rule: str
    """What the rule is called, in the reader's language."""
    is_new: bool
    is_undone: bool
    appeal: str
    """`open`, how it was decided, or empty where nobody appealed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnActsPage(Page):
    """What was done about the viewer and what they wrote, newest first."""

    template: ClassVar[str] = "moderation/own_acts.html"

    acts: tuple[OwnActLine, ...]
    seen: str
    """The unread ones on this page, as the form names them; empty where there is none."""
    pager: Pager


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealLine:
    """An appeal and its answer."""

    text: str
    direction: str
    opened_on: date
    due_on: date
    outcome: str
    """`upheld`, `reversed`, `amended`, or empty while nobody has answered."""
    answer: str
    answer_direction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnActPage(Page):
    """The statement of reasons for one action, to whoever it is about, and what they can do."""

    template: ClassVar[str] = "moderation/own_act.html"

    digest: str
    kind: str
    taken_on: date
    rule: str
    """What the rule is called, in the reader's language."""
    is_by_law: bool
    law: str
    facts: str
    facts_language: str
    facts_direction: str
    scope: str
    """`post`, `thread`, `board` or `instance`."""
    until: date | None
    is_automatic: bool
    source: str
    """`report`, `legal-notice`, `own` or `automatic`."""
    desks: tuple[int, ...]
    """The numbers of whoever decided; none where the host's program did."""
    post: str
    """Digest of the post that it is about; empty for others."""
    thread: str
    """The thread that it is about, or in which the post stands; empty for a persona."""
    words: Text | None
    """What readers cannot see now, for its author; None where nothing is kept from them."""
    words_direction: str
    earlier: tuple[str, ...]
    """Digests of the viewer's actions that this one is about: it undoes or upholds them."""
    undoing: str
    """Digest of the action that undid it; empty while it stands."""
    is_new: bool
    can_appeal: bool
    appeal_until: date
    can_erase: bool
    appeal: AppealLine | None
    text: str
    """What was typed."""
    most_characters: int
    errors: FieldErrors = field(default_factory=FieldErrors)
