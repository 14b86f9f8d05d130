"""Raking: weights under which those who came have the population's margins.

Deming and Stephan, "On a least squares adjustment of a sampled frequency table" (1940); design
effect and effective size after Kish, "Survey Sampling" (1965).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.kernel.errors import MalformedError

Codes: TypeAlias = NDArray[np.intp]
Weights: TypeAlias = NDArray[np.float64]

FEWEST_OF_A_LEVEL: Final = 5
_TOLERANCE: Final = 1e-8
_MOST_ROUNDS: Final = 1_000
_SUM_TOLERANCE: Final = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How the population is made up in one respect.

    `source` and `year` are printed on the card of every figure that rests on it.
    """

    name: str
    levels: tuple[str, ...]
    shares: tuple[float, ...]
    source: str
    year: int

    def __post_init__(self) -> None:
        """Refuse shares that are none.

        Raises:
            MalformedError: a share is not positive, or they do not add up to 1, or the levels and
                shares are not as many, or a level stands twice.

        """
        if len(self.levels) != len(self.shares) or len(self.levels) < 2:
            raise MalformedError(f"{self.name}: two levels or more, with one share each")
        if len(set(self.levels)) != len(self.levels):
            raise MalformedError(f"{self.name}: a level stands twice")
        if not all(0 < share < 1 for share in self.shares):
            raise MalformedError(f"{self.name}: shares lie between 0 and 1")
        if abs(sum(self.shares) - 1) > _SUM_TOLERANCE:
            raise MalformedError(f"{self.name}: the shares add up to {sum(self.shares):.4f}, not 1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Raked:
    """Weights with a mean of 1, in the order of the people, and what they cost."""

    weights: Weights
    rounds: int
    merged: tuple[tuple[str, tuple[str, ...]], ...]
    """Levels with too few people, by margin: they were taken together with the next small one."""

    @property
    def effective_size(self) -> float:
        """How many people drawn at random would tell as much: n by the design effect."""
        return effective_size(self.weights)

    @property
    def design_effect(self) -> float:
        """By how much weighting blows up the variance (Kish): n Σw² / (Σw)²."""
        return len(self.weights) / self.effective_size


def effective_size(weights: Weights) -> float:
    """Return (Σw)² / Σw², Kish's effective number of people; 0 for nobody."""
    squares = float(np.square(weights).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """People by kind: those of the same levels have the same weight.

    `levels` is kinds × margins, `kind_of` people; `targets` has the shares of each margin's levels.
    """

    levels: Codes
    kind_of: Codes
    targets: tuple[Weights, ...]
    merged: tuple[tuple[str, tuple[str, ...]], ...]

    def count(self, drawn: NDArray[np.intp] | None = None) -> Weights:
        """Return how many people of each kind there are, or were drawn, by their places."""
        kinds = self.kind_of if drawn is None else self.kind_of[drawn]
        return np.bincount(kinds, minlength=len(self.levels)).astype(float)


def find_cells(codes: Codes, margins: Sequence[Margin]) -> Cells:
    """Return people by kind, small levels taken together.

    Raises:
        MalformedError: see `rake`.

    """
    _require_codes(codes, margins)
    columns, targets, merged = list[Codes](), list[Weights](), list[tuple[str, tuple[str, ...]]]()
    for column, margin in zip(codes.T, margins, strict=True):
        place, small = _merge_small(np.bincount(column, minlength=len(margin.levels)))
        if small:
            merged.append((margin.name, tuple(margin.levels[level] for level in small)))
        columns.append(place[column])
        targets.append(np.bincount(place, margin.shares).astype(np.float64))
    levels, kind_of = np.unique(np.stack(columns, axis=1), axis=0, return_inverse=True)
    return Cells(levels, kind_of.ravel(), tuple(targets), tuple(merged))


def rake(codes: Codes, margins: Sequence[Margin], *, trim: float | None = None) -> Raked:
    """Return weights under which people have the margins.

    Args:
        codes: people × margins; each person's level in each margin, from 0.
        margins: as many as `codes` has columns.
        trim: no weight is more than so many times the mean, at a cost in bias; for small samples.

    Raises:
        MalformedError: the shapes do not fit, a code is no level, or nobody is there.

    """
    cells = find_cells(codes, margins)
    by_kind, rounds = weigh(cells, cells.count())
    weights = by_kind[cells.kind_of]
    if trim is not None:
        weights = np.minimum(weights, trim)
        weights *= len(weights) / weights.sum()
    return Raked(weights=weights, rounds=rounds, merged=cells.merged)


def weigh(cells: Cells, counts: Weights, *, tolerance: float = _TOLERANCE) -> tuple[Weights, int]:
    """Return the weight of each kind where so many of it are there, and the rounds it took.

    It ends when no factor is farther from 1 than `tolerance`.
    A level that none of these people has is passed over: nobody can be weighted up for it.
    """
    people, weights = counts.sum(), np.ones(len(counts))
    rounds, worst = 0, np.inf
    while worst > tolerance and rounds < _MOST_ROUNDS:
        rounds, worst = rounds + 1, 0.0
        for levels, target in zip(cells.levels.T, cells.targets, strict=True):
            present = np.bincount(levels, weights * counts, minlength=len(target))
            wanted = np.where(present > 0, target, 0.0)
            wanted *= people / wanted.sum()
            factors = np.divide(wanted, present, out=np.ones_like(wanted), where=present > 0)
            weights *= factors[levels]
            worst = max(worst, float(np.abs(factors[present > 0] - 1).max()))
    return weights, rounds


def _merge_small(counts: NDArray[np.intp]) -> tuple[Codes, list[int]]:
    """Return the place of each level once those of fewer than five people stand together."""
    by_size = np.argsort(counts, kind="stable")
    together = int((counts < FEWEST_OF_A_LEVEL).sum())
    while 0 < together < len(counts) and counts[by_size[:together]].sum() < FEWEST_OF_A_LEVEL:
        together += 1
    small = sorted(int(level) for level in by_size[:together])
    place = np.arange(len(counts))
    place[small] = small[0] if small else 0
    return np.unique(place, return_inverse=True)[1], small


def _require_codes(codes: Codes, margins: Sequence[Margin]) -> None:
    if codes.ndim != 2 or codes.shape[1] != len(margins) or not margins:
        raise MalformedError("one column of levels for each margin")
    if not codes.shape[0]:
        raise MalformedError("nobody is there to be weighted")
    for column, margin in zip(codes.T, margins, strict=True):
        if column.min() < 0 or column.max() >= len(margin.levels):
            raise MalformedError(f"{margin.name}: a level that the margin does not have")
