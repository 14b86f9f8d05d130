"""A population of known truth, and those of it who come by themselves (OPINION.md section 5).

One in eight lives abroad, of those who come every second; the young come more often. Whether
somebody is engaged can decide too whether they come and what they hold, and no margin tells.
"""

from dataclasses import dataclass

import numpy as np
from app.listening.maths.raking import Codes, Margin
from numpy.typing import NDArray

INSIDE, ABROAD, AGES, QUESTIONS = 10, 4, 5, 8
SHARE_ABROAD = 0.12


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """Kinds of people: region × age × gender × engagement, and what each kind holds."""

    levels: Codes
    """kinds × (place, age, gender, region)."""
    shares: NDArray[np.float64]
    comes: NDArray[np.float64]
    """How often a kind is among those who come."""
    holds: NDArray[np.float64]
    """kinds × questions: the probability of a yes."""

    @property
    def truth(self) -> NDArray[np.float64]:
        """What share of the population holds each thing."""
        return self.shares @ self.holds

    @property
    def margins(self) -> list[Margin]:
        """The population in four respects."""
        names = ("place", "age", "gender", "region")
        return [
            Margin(
                name=name,
                levels=tuple(str(level) for level in range(column.max() + 1)),
                shares=tuple(np.bincount(column, self.shares)),
                source="made up",
                year=2026,
            )
            for name, column in zip(names, self.levels.T, strict=True)
        ]

    def draw(self, people: int, random: np.random.Generator) -> tuple[Codes, NDArray[np.float64]]:
        """Return the levels and the answers (people × questions) of so many who come."""
        kinds = random.choice(len(self.comes), size=people, p=self.comes)
        answers = random.random((people, QUESTIONS)) < self.holds[kinds]
        return self.levels[kinds], answers.astype(float)


def make_population(seed: int, *, unseen: float = 0.0) -> Population:
    """Return a population; `unseen` is how strongly engagement decides who comes, in log odds."""
    random = np.random.default_rng(seed)
    grid = np.indices((INSIDE + ABROAD, AGES, 2, 2)).reshape(4, -1).T
    region, age, gender, engaged = grid.T
    place = (region >= INSIDE).astype(np.intp)
    in_place = np.where(place, SHARE_ABROAD / ABROAD, (1 - SHARE_ABROAD) / INSIDE)
    regions = random.dirichlet(np.full(INSIDE + ABROAD, 20.0)) * (INSIDE + ABROAD)
    ages = random.dirichlet(np.full(AGES, 20.0))
    shares = in_place * regions[region] * ages[age] * np.where(engaged, 0.3, 0.7)
    shares /= shares.sum()
    pull = 2.0 * place + 0.9 * np.array([1.0, 0.7, 0.2, -0.5, -1.0])[age] + 0.3 * gender
    comes = shares * np.exp(pull + unseen * engaged)
    effects = [
        random.normal(0, scale, size)
        for scale, size in (
            (0.8, (2, QUESTIONS)),
            (0.5, (AGES, QUESTIONS)),
            (0.2, (2, QUESTIONS)),
            (0.2, (INSIDE + ABROAD, QUESTIONS)),
        )
    ]
    logit = random.normal(0, 0.4, QUESTIONS) + sum(
        effect[level] for effect, level in zip(effects, (place, age, gender, region), strict=True)
    )
    if unseen:
        logit = logit + np.outer(engaged, random.choice([-0.5, 0.5], QUESTIONS))
    levels = np.stack([place, age, gender, region], axis=1)
    return Population(levels, shares, comes / comes.sum(), 1 / (1 + np.exp(-logit)))
