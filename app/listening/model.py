"""The nouns of what was heard. Web processes use these, so nothing here needs arrays."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Final

from app.listening.errors import MissingCardError

FEW: Final = -1
"""What is told of nine people and fewer, and of what was put together with it."""


class Unsaid(StrEnum):
    """Why nothing is said of everybody."""

    TOO_FEW = "too-few"
    """The effective number of people is too small."""
    NOT_ASKED = "not-asked"
    """Nobody was asked what could be weighted by."""
    NOISE = "noise"
    """The noise of the coins hides how those who came differ from the population."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PopulationMargin:
    """How the population is made up in one respect, with how sure that is.

    `lows` and `highs` lie apart where sources differ: what is said then stands in a band.
    """

    name: str
    levels: tuple[str, ...]
    shares: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    source: str
    year: int

    @property
    def is_doubtful(self) -> bool:
        """Whether sources differ."""
        return self.lows != self.highs

    def ends(self) -> Iterator["PopulationMargin"]:
        """Yield the margin with each doubtful level at each of its ends, the others in scale."""
        for place, share in enumerate(self.shares):
            for end in {self.lows[place], self.highs[place]} - {share}:
                rest = (1 - end) / (1 - share)
                moved = tuple(
                    end if at == place else other * rest for at, other in enumerate(self.shares)
                )
                yield replace(self, shares=moved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share in whole percents, and bounds that hold it 95 times in 100."""

    percent: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A margin that figures rest on, as their card names it."""

    name: str
    source: str
    year: int
    is_doubtful: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Presence:
    """How many of a kind of people came, and how many there are."""

    margin: str
    level: str
    here: Share
    """Of those who came, with the noise of the coins taken out."""
    population: int
    """Percent."""

    @property
    def is_missing(self) -> bool:
        """Whether fewer than half as many came as there are, however the coins fell."""
        return 2 * self.here.high < self.population


@dataclass(frozen=True, slots=True, kw_only=True)
class BiasCard:
    """What stands beside every figure: who is missing, and what the figure rests on.

    No chart is drawn without one (`require_card`).
    """

    people: int
    """Who voted, in steps of five."""
    answered: int
    """Of them, who answered all that is weighted by."""
    vouched: int
    """Percent for whom somebody vouches."""
    sampled: int
    """Percent whom the lot invited; all others came by themselves. `FEW` for fewer than ten."""
    flagged: int
    """How many vote in lockstep, `FEW` for fewer than ten."""
    effective: int
    """Kish's effective number of people."""
    design_effect: float
    margins: tuple[Source, ...]
    presences: tuple[Presence, ...]
    channels: tuple[str, ...]

    @property
    def missing(self) -> tuple[Presence, ...]:
        """Return the kinds of people of whom far too few came."""
        return tuple(each for each in self.presences if each.is_missing)


def require_card(card: object, *, is_weighted: bool) -> BiasCard:
    """Return a card that says what it has to.

    Raises:
        MissingCardError: it is none, or it does not say how people came or of how many it speaks;
            or what is drawn is weighted, and it does not say by what, who came, and by what source.

    """
    if not isinstance(card, BiasCard):
        raise MissingCardError("no chart without its bias card")
    if not card.channels or card.people <= 0:
        raise MissingCardError("a bias card says how many people came, and how")
    if is_weighted and not (card.margins and card.presences):
        raise MissingCardError("a weighted figure's card names its margins, and who is missing")
    if not all(one.source and one.year for one in card.margins):
        raise MissingCardError("a margin without its source and year")
    return card


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was heard of one statement. Counts are in steps of five; `FEW` is fewer than ten."""

    number: int
    post: str
    agree: int
    passed: int
    disagree: int
    people: int
    raw: int
    """Percent of those who came who agree; `FEW` where it is not told."""
    effective: int
    weighted: Share | None = None
    """If people of the same place, age, gender and region answer alike."""
    wide: Share | None = None
    """If those who came also differ in what no margin tells."""
    band: Share | None = None
    """From the one end of doubtful margins to the other."""
    unsaid: str = ""
    without: int = FEW
    """Raw percent without people who vote in lockstep, where ten or more do."""
    weighted_without: int = FEW
    again: int = FEW
    """Percent who agree when they are asked again, of those who came back."""
    again_first: int = FEW
    """Percent of the same people who agreed before."""

    @property
    def is_amber(self) -> bool:
        """Whether it hangs on people who vote in lockstep: by more than five points."""
        return self.without != FEW and abs(self.without - self.raw) > AMBER_POINTS


AMBER_POINTS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One of the eight outcome metrics, or of what belongs to the gap."""

    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    people: int = 0
    """On how many people, statements or questions it rests, by its name; in steps of five."""
    unsaid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard in one consultation."""

    thread: str
    card: BiasCard
    figures: tuple[Figure, ...]
    gap: tuple[Measure, ...]
    outcomes: tuple[Measure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A week of the listening post."""

    week: date
    """Its Monday."""
    people: int
    heard: tuple[Heard, ...]
    overall: tuple[Measure, ...] = field(default_factory=tuple)
    """Outcomes of the whole host: how officials answer, what became of commitments."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """A release as it was published."""

    week: date
    digest: bytes
    """Of the record that names its files."""
    release: Release
    table: str
    codebook: str
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Something that is published of people, with the counts behind it, which never leave."""

    exact: tuple[tuple[int, ...], ...]
    shown: str
    """JSON."""
