"""One axis under many ratings: our exact turns beside the descent that Community Notes makes.

Their loss and their steps (Adam with rate 1, gradients cut at length 1, until the loss moves by
less than 1e-7), written here in NumPy and started from their draws, on the votes of
tests/data/polis as they filter them: raters with ten ratings and more, statements with five and
more. Their own program takes the same steps in torch, which this project does not come with; there
each step costs about ten times as much.
"""

from collections.abc import Iterator
from itertools import pairwise
from time import perf_counter
from typing import Final

import numpy as np
from app.opinion.maths.factors import factorise
from app.opinion.maths.ratings import Ratings
from app.opinion.maths.ridge import FACTOR_PENALTY, INTERCEPT_PENALTY
from app.opinion.maths.values import Integers, Numbers
from app.opinion.maths.votes import Votes
from benchmarks.figures import Figure
from tests.opinion import polis

_TURNS: Final = 5
_STILL: Final = 1e-7
_FIRST, _SECOND, _TINY = 0.9, 0.999, 1e-8
_SLOWER: Final = 1.0
_SLACK: Final = 1e-6
_UNLIKE: Final = 0.001


def measure() -> list[Figure]:
    """Measure times, what is left of either loss, and how unlike the intercepts are."""
    return [figure for name in polis.SETS for figure in _measure_set(name)]


def _measure_set(name: str) -> Iterator[Figure]:
    votes = _filtered(polis.read_final_votes(name))
    ratings = Ratings.from_votes(votes)
    ours, theirs, over, unlike = [], [], [], []
    for turn in range(_TURNS):
        begun = perf_counter()
        found = factorise(ratings)
        ours.append(perf_counter() - begun)
        begun = perf_counter()
        loss, intercepts = _descend(ratings, turn)
        theirs.append(perf_counter() - begun)
        over.append(found.loss - loss)
        both = np.corrcoef(intercepts, found.statement_intercept)
        unlike.append(1 - float(both[0, 1]))
    ratio = sorted(ours)[_TURNS // 2] / sorted(theirs)[_TURNS // 2]
    yield Figure(name=f"{name}: factorise {votes.cast:,} ratings", unit="s", samples=ours)
    yield Figure(name=f"{name}: their descent", unit="s", samples=theirs)
    yield Figure(name=f"{name}: ours / theirs", unit="", samples=[ratio], bar=_SLOWER)
    yield Figure(name=f"{name}: loss above theirs", unit="", samples=over, bar=_SLACK)
    yield Figure(name=f"{name}: 1 - r of intercepts", unit="", samples=unlike, bar=_UNLIKE)


def _filtered(votes: Votes) -> Votes:
    often = votes.of_people(votes.count_by_person() >= 10)
    return often.without_statements(often.count_by_statement() < 5)


def _descend(ratings: Ratings, seed: int) -> tuple[float, Numbers]:
    """Return their loss and the statements' intercepts; who has no rating stays at zero."""
    person, statement = ratings.person_of_each(), ratings.values.indices.astype(np.int64)
    people, statements = ratings.given.shape
    randomness = np.random.default_rng(seed)
    ends = np.cumsum([1, people, people, statements, statements])
    at = np.zeros(ends[-1])
    for place in (1, 3):
        width = ends[place + 1] - ends[place]
        edge = np.sqrt(6 / (width + 1))
        at[ends[place] : ends[place + 1]] = randomness.uniform(-edge, edge, width)
    first, second = np.zeros_like(at), np.zeros_like(at)
    before, step = np.inf, 0
    loss, gradient = _loss(at, ends, person, statement, ratings.values.data)
    while abs(before - loss) > _STILL and not (step > 100 and loss > before):
        before, step = loss, step + 1
        gradient /= max(1.0, float(np.linalg.norm(gradient)))
        first = _FIRST * first + (1 - _FIRST) * gradient
        second = _SECOND * second + (1 - _SECOND) * gradient * gradient
        scale = np.sqrt(second / (1 - _SECOND**step)) + _TINY
        at -= first / (1 - _FIRST**step) / scale
        loss, gradient = _loss(at, ends, person, statement, ratings.values.data)
    return loss, at[ends[2] : ends[3]]


def _loss(
    at: Numbers, ends: Integers, person: Integers, statement: Integers, value: Numbers
) -> tuple[float, Numbers]:
    parts = [at[a:b] for a, b in pairwise(ends)]
    i_u, f_u, i_n, f_n = parts
    error = value - at[0] - i_u[person] - i_n[statement] - f_u[person] * f_n[statement]
    slope = -2 * error / error.size
    ridge = (INTERCEPT_PENALTY, FACTOR_PENALTY) * 2
    sizes = [int(np.count_nonzero(np.bincount(each))) for each in (person, statement)]
    weight = [penalty / sizes[n // 2] for n, penalty in enumerate(ridge)]
    loss = float(np.mean(error * error)) + INTERCEPT_PENALTY * at[0] ** 2
    loss += sum(w * float(part @ part) for w, part in zip(weight, parts, strict=True))
    slopes = (
        np.bincount(person, slope, i_u.size),
        np.bincount(person, slope * f_n[statement], f_u.size),
        np.bincount(statement, slope, i_n.size),
        np.bincount(statement, slope * f_u[person], f_n.size),
    )
    pulls = (own + 2 * w * part for own, w, part in zip(slopes, weight, parts, strict=True))
    return loss, np.concatenate([np.array([slope.sum() + 2 * INTERCEPT_PENALTY * at[0]]), *pulls])
