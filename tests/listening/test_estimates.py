"""What may be said of everybody from those who came, against a population of known truth."""

from itertools import pairwise

import numpy as np
import pytest
from app.kernel.errors import MalformedError
from app.listening.maths.estimates import FEWEST, Interval, Unsaid, estimate_shares
from app.listening.maths.raking import Margin, effective_size, rake
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from tests.listening.population import make_population

GENDER = Margin(name="gender", levels=("a", "b"), shares=(0.5, 0.5), source="made up", year=2026)


def margin(*shares: float) -> Margin:
    levels = tuple(str(number) for number in range(len(shares)))
    return Margin(name="age", levels=levels, shares=shares, source="made up", year=2026)


def test_weights_give_every_margin_of_the_population() -> None:
    population = make_population(1)
    codes, _ = population.draw(5_000, np.random.default_rng(1))
    margins = population.margins

    raked = rake(codes, margins)

    for column, one in zip(codes.T, margins, strict=True):
        found = np.bincount(column, raked.weights) / len(column)
        assert np.abs(found - one.shares).max() < 1e-7
    assert raked.weights.mean() == pytest.approx(1)
    assert raked.effective_size == pytest.approx(effective_size(raked.weights))
    assert raked.design_effect > 1


def test_one_margin_is_weighted_by_hand() -> None:
    codes = np.array([[0]] * 8 + [[1]] * 24)

    raked = rake(codes, [GENDER])

    assert raked.weights[:8] == pytest.approx(2.0)
    assert raked.weights[8:] == pytest.approx(2 / 3)
    assert raked.effective_size == pytest.approx(32**2 / (8 * 4 + 24 * 4 / 9))


def test_levels_of_few_people_are_weighted_together() -> None:
    codes = np.array([[0]] * 20 + [[1]] * 3 + [[2]] * 4 + [[3]] * 30)

    raked = rake(codes, [margin(0.25, 0.25, 0.25, 0.25)])

    assert raked.merged == (("age", ("1", "2")),)
    assert raked.weights[20:27] == pytest.approx(0.5 * 57 / 7)


@given(st.permutations(range(40)))
def test_order_of_people_does_not_matter(order: list[int]) -> None:
    codes, _ = make_population(2).draw(40, np.random.default_rng(2))
    codes = codes[:, :3]
    margins = make_population(2).margins[:3]

    moved = rake(codes[order], margins).weights

    assert moved == pytest.approx(rake(codes, margins).weights[order])


def test_trimmed_weights_stay_below_what_was_asked_and_cost_nobody() -> None:
    codes, _ = make_population(3).draw(300, np.random.default_rng(3))

    raked = rake(codes, make_population(3).margins, trim=3)

    assert raked.weights.sum() == pytest.approx(300)
    assert raked.weights.max() < 3 * 1.5


@pytest.mark.parametrize("shares", [(0.5, 0.6), (0.5, 0.4), (1.0, 0.0), (1.2, -0.2), (1.0,), ()])
def test_margin_that_does_not_add_up_is_refused(shares: tuple[float, ...]) -> None:
    with pytest.raises(MalformedError, match="age"):
        margin(*shares)


@pytest.mark.parametrize("codes", [np.empty((0, 1)), [[2]], [[-1]], [[0, 0]]])
def test_people_that_no_margin_knows_are_refused(codes: ArrayLike) -> None:
    with pytest.raises(MalformedError):
        rake(np.asarray(codes, dtype=np.intp), [GENDER])


def test_nothing_is_said_below_an_effective_size_of_a_hundred() -> None:
    codes = np.array([[0], [1]] * (FEWEST // 2 - 1))

    (found,) = estimate_shares(np.ones((len(codes), 1)), codes, [GENDER], seed=1)

    assert (found.unsaid, found.share, found.sampling) == (Unsaid.TOO_FEW, None, None)
    assert found.raw == 1


def test_nothing_is_said_where_a_level_is_nearly_empty() -> None:
    codes = np.array([[0]] * 500 + [[1]] * 3)

    (found,) = estimate_shares(np.ones((503, 1)), codes, [GENDER], seed=1)

    assert found.unsaid is Unsaid.EMPTY_LEVEL


def test_same_seed_gives_the_same_interval_and_it_is_within_the_wider_one() -> None:
    population = make_population(4)
    codes, answers = population.draw(1_000, np.random.default_rng(4))

    first, again = (
        estimate_shares(answers, codes, population.margins, seed=7)[0] for _ in range(2)
    )

    assert first.sampling == again.sampling
    assert first.sampling is not None
    assert first.selection is not None
    ends = [first.selection.low, first.sampling.low, first.share or 0,
            first.sampling.high, first.selection.high]  # fmt: skip
    assert all(low < high for low, high in pairwise(ends))


def test_odds_of_both_ends_are_moved_by_the_square_of_gamma() -> None:
    wide = Interval(low=0.5, high=0.5).widened(1.2)

    assert wide.low / (1 - wide.low) == pytest.approx(1 / 1.44)
    assert wide.high / (1 - wide.high) == pytest.approx(1.44)


@pytest.mark.slow
@pytest.mark.parametrize(("people", "most"), [(1_000, 0.03), (5_000, 0.015)])
def test_raked_shares_come_near_the_truth(people: int, most: float) -> None:
    errors, raw = list[float](), list[float]()
    for seed in range(40):
        population = make_population(seed)
        codes, answers = population.draw(people, np.random.default_rng(seed))
        weights = rake(codes, population.margins).weights
        errors.extend(np.average(answers, axis=0, weights=weights) - population.truth)
        raw.extend(answers.mean(axis=0) - population.truth)

    assert np.sqrt(np.mean(np.square(errors))) <= most
    assert np.sqrt(np.mean(np.square(raw))) >= 2 * most, "without weights it would be far off"


def cover(*, unseen: float, seeds: int, people: int) -> tuple[float, float]:
    """Return how often the two intervals hold the truth."""
    sampling, selection = list[bool](), list[bool]()
    for seed in range(seeds):
        population = make_population(seed, unseen=unseen)
        codes, answers = population.draw(people, np.random.default_rng(seed))
        estimates = estimate_shares(answers, codes, population.margins, seed=seed, draws=200)
        for found, truth in zip(estimates, population.truth, strict=True):
            assert found.sampling is not None
            assert found.selection is not None
            sampling.append(found.sampling.low <= truth <= found.sampling.high)
            selection.append(found.selection.low <= truth <= found.selection.high)
    return float(np.mean(sampling)), float(np.mean(selection))


@pytest.mark.slow
def test_first_interval_holds_the_truth_where_margins_tell_who_comes() -> None:
    sampling, _ = cover(unseen=0, seeds=40, people=1_000)

    assert 0.92 <= sampling <= 0.97


@pytest.mark.slow
def test_second_interval_holds_it_where_they_do_not() -> None:
    sampling, selection = cover(unseen=1.5, seeds=40, people=1_000)

    assert sampling < 0.9, "engagement is unseen"
    assert selection >= 0.95
