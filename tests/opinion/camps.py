"""Votes of people in planted camps, or of people without camps, of any number."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SHARES = (0.50, 0.33, 0.17)
_VOTES_EACH = 28
_PASS_BELOW = 0.35


@dataclass(frozen=True, slots=True, eq=False)
class Ballots:
    """Votes in the order in which they were cast, and the camp of each person."""

    person: NDArray[np.int32]
    statement: NDArray[np.int32]
    vote: NDArray[np.int8]
    camp: NDArray[np.int64]


def cast(
    people: int, statements: int = 1_000, *, seed: int = 1, polarisation: float = 4.0,
    each: int = _VOTES_EACH,
) -> Ballots:  # fmt: skip
    """Let people vote: 35 of 100 statements part the camps, few people vote often.

    OPINION's generator: three camps of half, a third and a sixth; lognormal numbers of votes;
    statements met in proportion to rank^-0.4; ordered-logit votes. Without `polarisation` every
    vote depends on its statement alone.
    """
    randomness = np.random.default_rng(seed)
    camp = randomness.choice(len(_SHARES), people, p=_SHARES)
    votes = np.clip(randomness.lognormal(np.log(each) - 0.32, 0.8, people), 1, statements * 0.9)
    person = np.repeat(np.arange(people, dtype=np.int32), votes.astype(np.int64))
    met = np.cumsum(np.arange(1, statements + 1) ** -0.4)
    draws = np.searchsorted(met / met[-1], randomness.random(person.size), side="right")
    statement = np.minimum(draws, statements - 1).astype(np.int32)
    vote = _votes(randomness, camp, person, statement, statements, polarisation)
    order = randomness.permutation(person.size)
    return Ballots(person[order], statement[order], vote[order], camp)


def _votes(
    randomness: np.random.Generator, camp: NDArray[np.int64], person: NDArray[np.int32],
    statement: NDArray[np.int32], statements: int, polarisation: float,
) -> NDArray[np.int8]:  # fmt: skip
    angles = 2 * np.pi * np.arange(len(_SHARES)) / len(_SHARES)
    centres = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    places = centres[camp] + randomness.normal(0, 0.35, (camp.size, 2))
    turned = 2 * np.pi * randomness.random(statements)
    pull = np.where(randomness.random(statements) < 0.35, polarisation, polarisation / 10)
    liking = randomness.normal(0.4, 0.9, statements)
    wish = randomness.logistic(size=person.size) + liking[statement]
    for axis, direction in enumerate((np.cos(turned), np.sin(turned))):
        wish += (pull * direction)[statement] * places[person, axis]
    vote: NDArray[Any] = np.where(wish > _PASS_BELOW, 1, np.where(wish < -_PASS_BELOW, -1, 0))
    return vote.astype(np.int8)
