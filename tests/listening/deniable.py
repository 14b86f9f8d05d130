"""A population of known truth, those of it who come, and what they say behind their coins."""

from dataclasses import dataclass
from itertools import product

import numpy as np
from app.listening.maths.calibration import kind_of
from app.listening.model import PopulationMargin
from numpy.typing import NDArray

from tests.listening.crowds import toss

KINDS = np.array(list(product(range(2), range(2), range(3), range(2))))
"""side × region × age × gender."""
LEVELS = {
    "side": ("inside", "abroad"),
    "region": ("capital", "provinces"),
    "age": ("under-30", "30-49", "50-up"),
    "gender": ("woman", "man"),
}
SHARES = {
    "side": (0.95, 0.05),
    "region": (0.2, 0.8),
    "age": (0.33, 0.42, 0.25),
    "gender": (0.5, 0.5),
}
ABROAD = 2


def margin(name: str, low: float = 0, high: float = 0) -> PopulationMargin:
    """Return a margin; doubtful in its first level if bounds are given."""
    shares = SHARES[name]
    lows = (low or shares[0], *shares[1:])
    highs = (high or shares[0], *shares[1:])
    return PopulationMargin(
        name=name,
        levels=LEVELS[name],
        shares=shares,
        lows=lows,
        highs=highs,
        source="made up",
        year=2026,
    )


MARGINS = tuple(margin(name) for name in LEVELS)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """How often each kind agrees, how many of it there are, and how often it comes."""

    agrees: NDArray[np.float64]
    shares: NDArray[np.float64]
    comes: NDArray[np.float64]

    @property
    def truth(self) -> float:
        return float(self.shares @ self.agrees)

    def draw(self, people: int, random: np.random.Generator) -> NDArray[np.int64]:
        """Return who came, as a table: kinds of answers × (agree, anything else)."""
        kinds = random.choice(len(KINDS), size=people, p=self.comes)
        agree = random.random(people) < self.agrees[kinds]
        truth = KINDS[kinds].copy()
        truth[:, 1] = np.where(truth[:, 0] == 1, ABROAD, truth[:, 1])
        said = np.stack([toss(column, random) for column in truth.T], axis=1)
        kind, size = kind_of(said), 3 ** len(LEVELS)
        counts = [np.bincount(kind[which], minlength=size) for which in (agree, ~agree)]
        return np.stack(counts, axis=1).astype(np.int64)


def make_world(seed: int) -> World:
    """Return a world in which those abroad, the young and men come more often."""
    random = np.random.default_rng(seed)
    effects = [
        random.normal(0, scale, size) for scale, size in ((0.8, 2), (0.3, 2), (0.5, 3), (0.3, 2))
    ]
    logit = random.normal(0, 0.4) + sum(effect[KINDS[:, at]] for at, effect in enumerate(effects))
    shares = np.prod(
        [np.array(SHARES[name])[KINDS[:, at]] for at, name in enumerate(LEVELS)], axis=0
    )
    side, region, age, gender = KINDS.T
    pull = 2.4 * side + 0.3 * (region == 0) + np.array([0.6, 0, -0.8])[age] + 0.4 * gender
    comes = shares * np.exp(pull)
    return World(1 / (1 + np.exp(-logit)), shares, comes / comes.sum())
