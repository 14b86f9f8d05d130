"""The factorisation: the loss of Community Notes' code, its least value, and what it must not depend on."""

from itertools import pairwise

import numpy as np
import pytest
from app.kernel.errors import MalformedError
from app.opinion.maths.factors import Factors, factorise
from app.opinion.maths.ratings import Ratings
from app.opinion.maths.ridge import FACTOR_PENALTY, INTERCEPT_PENALTY
from app.opinion.maths.values import Integers, Numbers
from app.opinion.maths.votes import Votes
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from tests.opinion import polis

# What their own code (github:twitter/communitynotes @ 273c895, torch) came to; raters with ten
# ratings and more, statements with five and more: the better of two seeds.
THEIRS = {
    "brexit-consensus": 0.12753,
    "canadian-electoral-reform": 0.13329,
    "vtaiwan.uberx": 0.13292,
}


def loss_of(
    parameters: Numbers,
    person: Integers,
    statement: Integers,
    value: Numbers,
    people: int,
    statements: int,
) -> tuple[float, Numbers]:
    """Return the loss, written down a second time, and its gradient."""
    mean, ends = parameters[0], np.cumsum([1, people, people, statements, statements])
    i_u, f_u, i_n, f_n = (parameters[a:b] for a, b in pairwise(ends))
    error = value - mean - i_u[person] - i_n[statement] - f_u[person] * f_n[statement]
    penalty = sum(
        INTERCEPT_PENALTY * np.mean(i**2) + FACTOR_PENALTY * np.mean(f**2)
        for i, f in ((i_u, f_u), (i_n, f_n))
    )
    loss = float(np.mean(error**2) + penalty + INTERCEPT_PENALTY * mean**2)
    slope = -2 * error / error.size
    gradient = [
        np.array([slope.sum() + 2 * INTERCEPT_PENALTY * mean]),
        np.bincount(person, slope, people) + 2 * INTERCEPT_PENALTY * i_u / people,
        np.bincount(person, slope * f_n[statement], people) + 2 * FACTOR_PENALTY * f_u / people,
        np.bincount(statement, slope, statements) + 2 * INTERCEPT_PENALTY * i_n / statements,
        np.bincount(statement, slope * f_u[person], statements)
        + 2 * FACTOR_PENALTY * f_n / statements,
    ]
    return loss, np.concatenate(gradient)


def parameters_of(found: Factors) -> Numbers:
    parts = (
        found.person_intercept,
        found.person_factor,
        found.statement_intercept,
        found.statement_factor,
    )
    return np.concatenate(([found.mean], *parts))


def drawn(
    seed: int, people: int = 60, statements: int = 25, share: float = 0.6
) -> tuple[Integers, Integers, Numbers]:
    """Return ratings of two camps, some statements liked by one of them, some by both or neither."""
    randomness = np.random.default_rng(seed)
    place = np.where(np.arange(people) % 3 == 0, -1.0, 1.0)
    leaning = randomness.choice([-1.0, 0.0, 1.0], statements)
    quality = randomness.normal(0, 0.7, statements)
    person, statement = np.nonzero(randomness.random((people, statements)) < share)
    score = quality[statement] + place[person] * leaning[statement]
    value = (score + randomness.normal(0, 0.5, score.size) > 0).astype(np.float64)
    return person.astype(np.int64), statement.astype(np.int64), value


def made(
    rows: tuple[Integers, Integers, Numbers], people: int = 60, statements: int = 25
) -> Ratings:
    return Ratings.from_rows(*rows, people=people, statements=statements)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_no_descent_finds_less(seed: int) -> None:
    """L-BFGS on the same loss, from our end and from three chance starts."""
    rows = drawn(seed)
    found = factorise(made(rows))
    arguments = (*rows, 60, 25)

    loss, gradient = loss_of(parameters_of(found), *arguments)
    starts = [
        parameters_of(found),
        *(np.random.default_rng(n).normal(0, 0.3, 171) for n in range(3)),
    ]
    ends = [
        minimize(
            loss_of,
            start,
            args=arguments,
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": 5000, "ftol": 1e-15, "gtol": 1e-9},
        )
        for start in starts
    ]

    assert found.loss == pytest.approx(loss, abs=1e-12)
    assert np.abs(gradient).max() < 1e-6
    assert found.loss <= min(end.fun for end in ends) + 1e-8
    assert np.corrcoef(ends[0].x[121:146], found.statement_intercept)[0, 1] > 0.99999


@pytest.mark.slow
@pytest.mark.parametrize("name", polis.SETS)
def test_loss_on_real_votes_is_no_greater_than_theirs(name: str) -> None:
    votes = polis.read_final_votes(name)
    votes = votes.without_statements(votes.count_by_statement() < 5)
    ratings = Ratings.from_votes(votes.of_people(votes.count_by_person() >= 10))

    assert factorise(ratings).loss <= THEIRS[name]


def test_axis_parts_the_camps_and_intercepts_do_not() -> None:
    """Two camps, one statement for each, one for both and one for neither."""
    people = 40
    camp = np.arange(people) % 2
    for_one = camp.astype(np.float64)
    views = np.stack([for_one, 1 - for_one, np.ones(people), np.zeros(people)], axis=1)
    views = np.concatenate([views, views[:, :2]], axis=1)
    rows, columns = np.indices(views.shape)
    found = factorise(made((rows.ravel(), columns.ravel(), views.ravel()), people, 6))

    assert (
        len({(side, place > 0) for side, place in zip(camp, found.person_factor, strict=True)}) == 2
    )
    assert found.statement_intercept[2] > 0.2 > found.statement_intercept[0]
    assert found.statement_intercept[3] < -0.2
    assert abs(found.statement_factor[0]) > 0.3 > abs(found.statement_factor[2])


@given(st.integers(0, 2**32 - 1))
def test_nobodys_place_in_the_list_decides(seed: int) -> None:
    person, statement, value = drawn(seed)
    randomness = np.random.default_rng(seed)
    of_people, of_statements, of_rows = (randomness.permutation(n) for n in (60, 25, value.size))

    one = factorise(made((person, statement, value)))
    other = factorise(
        made((of_people[person][of_rows], of_statements[statement][of_rows], value[of_rows]))
    )

    assert np.allclose(other.statement_intercept[of_statements], one.statement_intercept, atol=1e-4)
    assert np.allclose(other.person_factor[of_people], one.person_factor, atol=1e-3)
    assert other.loss == pytest.approx(one.loss, abs=1e-7)


def test_same_ratings_give_the_same_numbers() -> None:
    one, other = factorise(made(drawn(5))), factorise(made(drawn(5)))

    assert parameters_of(one).tobytes() == parameters_of(other).tobytes()


def test_most_people_lie_below_the_middle() -> None:
    for seed in range(6):
        found = factorise(made(drawn(seed)))

        assert (found.person_factor < 0).sum() > (found.person_factor > 0).sum()


def test_equal_camps_are_turned_by_their_sum() -> None:
    camp = np.arange(40) % 2
    rows, columns = np.indices((40, 4))
    values = np.where(columns % 2 == camp[:, None], 1.0, 0.0)
    values[0, 0] = values[2, 2] = 0.5
    found = factorise(made((rows.ravel(), columns.ravel(), values.ravel()), 40, 4))

    assert (found.person_factor < 0).sum() == (found.person_factor > 0).sum()
    assert found.person_factor.sum() <= 0


@pytest.mark.parametrize(
    ("people", "statements", "rows"),
    [(0, 0, []), (3, 0, []), (0, 3, []), (4, 4, []), (1, 1, [(0, 0, 1.0)]), (1, 3, [(0, n, 1.0) for n in range(3)]),
     (3, 1, [(n, 0, n / 2) for n in range(3)]), (5, 5, [(n, m, 0.5) for n in range(5) for m in range(5)]),
     (5, 5, [(n, m, 0.0) for n in range(5) for m in range(5)]), (9, 9, [(1, 2, 1.0), (3, 2, 0.0)])],
    ids=["nothing", "no statement", "nobody", "no rating", "one rating", "one person", "one statement", "all pass", "all zero", "two ratings"],
)  # fmt: skip
def test_bad_input_is_factorised_without_harm(
    people: int, statements: int, rows: list[tuple[int, int, float]]
) -> None:
    person, statement, value = np.array(rows, dtype=np.float64).reshape(-1, 3).T
    ratings = made((person.astype(np.int64), statement.astype(np.int64), value), people, statements)

    found = factorise(ratings)

    assert np.isfinite(parameters_of(found)).all()
    assert not found.statement_intercept[np.setdiff1d(np.arange(statements), statement)].any()


def test_votes_become_ratings_and_a_pass_is_a_half() -> None:
    votes = Votes.from_rows([0, 0, 1, 1], [0, 1, 0, 2], [1, 0, -1, 1], people=3, statements=3)

    ratings = Ratings.from_votes(votes)

    assert ratings.values.toarray().tolist() == [[1, 0.5, 0], [0, 0, 1], [0, 0, 0]]
    assert ratings.given.toarray().tolist() == [[1, 1, 0], [1, 0, 1], [0, 0, 0]]
    assert ratings.person_of_each().tolist() == [0, 0, 1, 1]


@pytest.mark.parametrize(
    "rows",
    [([0], [0, 1], [1]), ([0], [0], []), ([-1], [0], [1]), ([3], [0], [1]), ([0], [3], [1]), ([0], [-1], [1]),
     ([0], [0], [1.5]), ([0], [0], [-0.1]), ([0], [0], [float("nan")]), ([0, 0], [1, 1], [0, 1])],
)  # fmt: skip
def test_ratings_that_cannot_be_are_refused(rows: tuple[list[int], list[int], list[float]]) -> None:
    with pytest.raises(MalformedError):
        Ratings.from_rows(*rows, people=3, statements=3)
