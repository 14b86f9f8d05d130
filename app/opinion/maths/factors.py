"""One axis under many ratings: what raters of different minds find helpful (OPINION.md §2.3).

A rating is explained as mean + person's intercept + statement's intercept + the product of their
places on one axis. What the axis does not explain and most of its raters share is the statement's
intercept: how helpful it is to people who otherwise disagree. The loss is the one that Community
Notes' code minimises (its text says another): the mean of the squared errors plus each penalty
times the mean of the squared parameters. Given one side the other is a small ridge regression for
everybody at once, so both take turns until they stand still.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .fixed_point import find_fixed_point
from .ratings import Ratings
from .ridge import FACTOR_PENALTY, INTERCEPT_PENALTY, Terms
from .values import Numbers

_STILL: Final = 2e-6
"""How far the furthest parameter of a statement may move in a round at the end."""
_MOST_ROUNDS: Final = 1_000
_START_ROUNDS: Final = 3
_START_TURNS: Final = 24


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Factors:
    """What explains the ratings. Whoever rated nothing, or was not rated, has zeros.

    The axis has no direction of its own: it is turned so that most people lie below zero.
    """

    mean: float
    person_intercept: Numbers
    person_factor: Numbers
    statement_intercept: Numbers
    statement_factor: Numbers
    loss: float
    rounds: int


def factorise(ratings: Ratings) -> Factors:
    """Explain ratings by intercepts and one axis, by exact alternating least squares.

    Starts from what intercepts alone leave over: the leading direction of their residuals. There
    is no chance in it: the same ratings give the same numbers, in whatever order people stand.
    Source: Wojcik et al., arXiv:2210.15723; the loss as in github:twitter/communitynotes.
    """
    people, statements = (
        Terms(ratings.given, ratings.values),
        Terms(ratings.given.T.tocsr(), ratings.values.T.tocsr()),
    )
    mean = _fit_mean(people, statements)
    for _ in range(_START_ROUNDS):
        people.fit(statements, mean)
        statements.fit(people, mean)
        mean = _fit_mean(people, statements)
    statements.factor = _leading_direction(ratings, people, statements, mean)
    count = statements.count.size

    def take_turns(at: Numbers) -> Numbers:
        statements.intercept, statements.factor, mean = at[:count], at[count:-1], float(at[-1])
        people.fit(statements, mean)
        statements.fit(people, mean)
        product = float(statements.factor @ (statements.given @ people.factor))
        mean = _fit_mean(people, statements, product)
        return np.concatenate((statements.intercept, statements.factor, [mean]))

    start = np.concatenate((statements.intercept, statements.factor, [mean]))
    found, rounds = find_fixed_point(take_turns, start, still=_STILL, most=_MOST_ROUNDS)
    # One round more, so that both sides hold what belongs together.
    mean = float(take_turns(found)[-1])
    turn = _turn(people.factor)
    return Factors(
        mean=mean,
        person_intercept=people.intercept,
        person_factor=turn * people.factor,
        statement_intercept=statements.intercept,
        statement_factor=turn * statements.factor,
        loss=_loss(ratings, people, statements, mean),
        rounds=rounds,
    )


def _fit_mean(people: Terms, statements: Terms, product: float = 0.0) -> float:
    """Return the mean that fits best; `product` is the sum over ratings of both places' product."""
    number = float(people.count.sum())
    if not number:
        return 0.0
    explained = sum(float(side.count @ side.intercept) for side in (people, statements))
    left = float(people.total.sum()) - explained - product
    return left / (number * (1 + INTERCEPT_PENALTY))


def _leading_direction(ratings: Ratings, people: Terms, statements: Terms, mean: float) -> Numbers:
    """Return the direction in which residuals differ most, by power iteration."""
    number, owner = people.given.indices, ratings.person_of_each()
    residual = people.values.copy()
    residual.data = (
        people.values.data - mean - people.intercept[owner] - statements.intercept[number]
    )
    # Begins at the statement on which people differ most.
    spread = np.bincount(number, residual.data**2, minlength=statements.count.size)
    direction = np.zeros(statements.count.size)
    if direction.size:
        direction[int(spread.argmax())] = 1.0
    turned = residual.T.tocsr()
    for _ in range(_START_TURNS):
        further = turned @ (residual @ direction)
        length = float(np.linalg.norm(further))
        if not length:
            return np.zeros(direction.size)
        direction = further / length
    scaled: Numbers = direction * np.sqrt(statements.size)
    return scaled


def _turn(person_factor: Numbers) -> float:
    above, below = int((person_factor > 0).sum()), int((person_factor < 0).sum())
    if above != below:
        return -1.0 if above > below else 1.0
    return -1.0 if float(person_factor.sum()) > 0 else 1.0


def _loss(ratings: Ratings, people: Terms, statements: Terms, mean: float) -> float:
    number = ratings.values.indices
    if not number.size:
        return 0.0
    owner = ratings.person_of_each()
    errors = (
        ratings.values.data - mean - people.intercept[owner] - statements.intercept[number]
        - people.factor[owner] * statements.factor[number]
    )  # fmt: skip
    penalties: float = sum(
        INTERCEPT_PENALTY * float(side.intercept @ side.intercept) / side.size
        + FACTOR_PENALTY * float(side.factor @ side.factor) / side.size
        for side in (people, statements)
    )
    return float(errors @ errors / number.size) + penalties + INTERCEPT_PENALTY * mean * mean
