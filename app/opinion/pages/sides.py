"""View models of where voters live: the question, and what is made of many answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol

from app.opinion.model import TOSSES, Statement
from app.web.markup import direction_of
from app.web.pages import FieldErrors, Page

SHARED_FROM: Final = 60
"""Percent: both sides agree where the lower bounds of both lie above it."""

MOST_SHOWN: Final = 10
"""Statements of either kind; the surest, and those that part the sides most."""


class Bounded(Protocol):
    """A share in whole percents, and bounds that hold it 95 times in 100."""

    @property
    def percent(self) -> int: ...  # noqa: D102

    @property
    def low(self) -> int: ...  # noqa: D102

    @property
    def high(self) -> int: ...  # noqa: D102


def show_tosses() -> tuple[tuple[bool, bool, str], ...]:
    """Show what two coins say: heads of the first, of the second, what to answer."""
    return tuple((first, second, side or "") for first, second, side in TOSSES)


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
class SidesLine:
    """A statement, and how many of each side agree with it."""

    number: int
    text: str
    language: str
    direction: str
    inside: Bounded
    abroad: Bounded


@dataclass(frozen=True, slots=True, kw_only=True)
class SidesPart:
    """What results say of both sides; `templates/opinion/sides.html` shows it."""

    shared: tuple[SidesLine, ...]
    """Statements on which both agree, the surest first."""
    others: tuple[SidesLine, ...]
    """The others that something is told of, those that part the sides most first."""
    untold: int
    """How many statements too few answers tell of."""


def sides_part(
    views: Mapping[str, tuple[Bounded, Bounded]], statements: Sequence[Statement]
) -> SidesPart:
    """Show what is known of both sides, by the numbers of statements, of those still asked."""
    lines = [
        SidesLine(
            number=each.number,
            text=each.text,
            language=each.language,
            direction=direction_of(each.text),
            inside=views[str(each.number)][0],
            abroad=views[str(each.number)][1],
        )
        for each in statements
        if each.is_asked and str(each.number) in views
    ]
    shared = [each for each in lines if is_shared(each.inside, each.abroad)]
    shared.sort(key=lambda each: -min(each.inside.low, each.abroad.low))
    others = [each for each in lines if not is_shared(each.inside, each.abroad)]
    others.sort(key=lambda each: -abs(each.inside.percent - each.abroad.percent))
    return SidesPart(
        shared=tuple(shared[:MOST_SHOWN]),
        others=tuple(others[:MOST_SHOWN]),
        untold=sum(each.is_asked for each in statements) - len(lines),
    )


def is_shared(inside: Bounded, abroad: Bounded) -> bool:
    """Return whether both sides agree, as surely as the noise lets one say."""
    return min(inside.low, abroad.low) > SHARED_FROM
