"""View models of answers about oneself behind coins, and of the second round."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from app.opinion.model import AboutQuestion
from app.web.pages import FieldErrors, Page

from .voting import Head, StatementLine


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutPage(Page):
    """Four questions about oneself, each answered with two coins."""

    template: ClassVar[str] = "opinion/about.html"

    thread_id: str
    question: str
    """What the consultation asks."""
    language: str
    direction: str
    state: str
    """`ask`, or why nothing is asked: as on the page that asks where a voter lives."""
    asked: tuple[AboutQuestion, ...]
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgainPage(Page):
    """The second round: the same statements, days later, and no first vote beside them."""

    template: ClassVar[str] = "opinion/again.html"

    head: Head
    statements: tuple[StatementLine, ...]
    """Those that the viewer voted on; `vote` is what they said in this round."""
    way: str
    """`vote`, or what it takes first: `unlock`, `device`, `login`."""
    opens_on: date
    ends_on: date
    is_today: bool
