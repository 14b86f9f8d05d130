"""View models of where voters live: the question, and what is made of many answers."""

from dataclasses import dataclass, field
from typing import ClassVar

from app.web.pages import FieldErrors, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class SidePage(Page):
    """The question where a voter lives, with the two coins that answer it."""

    template: ClassVar[str] = "opinion/side.html"

    thread_id: str
    question: str
    """What the consultation asks."""
    language: str
    direction: str
    state: str
    """`ask`; else why nothing is asked: `said`, `early` (no vote yet), `closed`, `unlock` (the
    session cannot find its ballot), `device` (its ballot is on the device)."""
    tosses: tuple[tuple[bool, bool, str], ...]
    """Heads of the first coin, of the second, and what to answer; empty for what is true."""
    answers: tuple[str, ...]
    errors: FieldErrors = field(default_factory=FieldErrors)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShareLine:
    """How many of a side agree, of a hundred, and between which numbers it lies."""

    share: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SidesLine:
    """A statement, and how both sides vote on it."""

    number: int
    text: str
    language: str
    direction: str
    inside: ShareLine | None
    """None for both sides where too few answers tell."""
    abroad: ShareLine | None
    is_shared: bool
    """Whether both agree."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SidesPart:
    """What a page of results says of both sides: `templates/opinion/sides.html` shows it."""

    lines: tuple[SidesLine, ...]
    """Of statements that something is told of, those that both sides share first."""
    untold: int
    """How many statements too few answers tell of."""

    @property
    def shared(self) -> tuple[SidesLine, ...]:
        """The statements on which both sides agree."""
        return tuple(line for line in self.lines if line.is_shared)
