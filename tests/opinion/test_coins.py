"""Two coins and a die: how little an answer proves, and how well many answers tell shares."""

from fractions import Fraction

import numpy as np
import pytest
from app.kernel.errors import MalformedError
from app.opinion.maths import coins
from app.opinion.maths.values import Integers
from hypothesis import given
from hypothesis import strategies as st

PARTS = (2, 3, 6)


def toss(truth: Integers, randomness: np.random.Generator) -> Integers:
    """Return answered sides × choices of true sides × choices, as people toss and throw."""
    answered = np.zeros_like(truth)
    sides = len(truth)
    for side, row in enumerate(truth):
        for choice, people in enumerate(row):
            heads = randomness.integers(0, 2, (people, 2)).all(axis=1)
            die = randomness.integers(0, coins.DIE, people) // (coins.DIE // sides)
            said = np.where(heads, side, die)
            answered[:, choice] += np.bincount(said, minlength=sides)
    return answered


@pytest.mark.parametrize("answers", PARTS)
def test_no_answer_makes_anything_more_than_three_times_as_likely(answers: int) -> None:
    matrix = coins.answer_matrix(answers)

    assert all(sum(row) == 1 for row in matrix)
    ratios = [max(column) / min(column) for column in zip(*matrix, strict=True)]
    assert max(ratios) == {2: Fraction(5, 3), 3: 2, 6: 3}[answers]
    assert Fraction(2, 5) >= coins.TRUTH


def test_matrix_is_the_one_that_the_page_describes() -> None:
    half, quarter = Fraction(1, 2), Fraction(1, 4)

    assert coins.answer_matrix(3) == (
        (half, quarter, quarter),
        (quarter, half, quarter),
        (quarter, quarter, half),
    )


@pytest.mark.parametrize("answers", [0, 1, 4, 5, 7])
def test_die_that_does_not_fall_into_equal_parts_is_refused(answers: int) -> None:
    with pytest.raises(MalformedError):
        coins.answer_matrix(answers)
    with pytest.raises(MalformedError):
        coins.estimate_shares(np.ones(answers, dtype=np.int64))


@pytest.mark.parametrize("counts", [np.array([1.5, 2, 3]), np.array([-1, 2, 3])])
def test_what_is_no_count_is_refused(counts: Integers) -> None:
    with pytest.raises(MalformedError):
        coins.estimate_shares(counts)


@given(st.sampled_from(PARTS), st.data())
def test_noise_is_taken_out_exactly_on_average(answers: int, data: st.DataObject) -> None:
    """The answers that are expected of any truth lead back to that truth, in whole numbers."""
    cells = st.lists(st.integers(0, 500), min_size=3, max_size=3)
    truth = np.array(data.draw(st.lists(cells, min_size=answers, max_size=answers)), dtype=np.int64)
    matrix = coins.answer_matrix(answers)
    scaled = np.array([[int(24 * share) for share in row] for row in matrix])
    expected = scaled.T @ truth

    assert (scaled == np.array([[24 * share for share in row] for row in matrix])).all()
    assert np.allclose(coins.estimate_counts(expected), 24 * truth)
    assert np.allclose(coins.estimate_counts(expected).sum(axis=0), 24 * truth.sum(axis=0))


@given(st.lists(st.integers(0, 300), min_size=3, max_size=3), st.integers(0, 2**32 - 1))
def test_error_is_within_its_bound(truth: list[int], seed: int) -> None:
    """Six standard errors at the largest variance there can be: one in a hundred million."""
    people = sum(truth)
    answered = toss(np.array(truth, dtype=np.int64)[:, None], np.random.default_rng(seed))
    error = np.abs(coins.estimate_counts(answered)[:, 0] - truth)

    assert (error <= 6 * np.sqrt(people / 4) / float(coins.TRUTH) + 1e-9).all()


def test_intervals_of_shares_hold_the_truth_as_often_as_they_say() -> None:
    randomness, truth = np.random.default_rng(5), np.array([0.55, 0.35, 0.1])
    held, runs = np.zeros(3), 400
    for _ in range(runs):
        found = coins.estimate_shares(
            toss(randomness.multinomial(600, truth)[:, None], randomness)[:, 0]
        )
        held += (found.low <= truth) & (truth <= found.high)
        assert ((found.low >= 0) & (found.high <= 1)).all()

    assert (held / runs >= 0.92).all()


def test_error_of_shares_is_what_many_runs_show() -> None:
    randomness, truth = np.random.default_rng(6), np.array([0.5, 0.3, 0.2])
    runs = [
        coins.estimate_shares(toss(randomness.multinomial(800, truth)[:, None], randomness)[:, 0])
        for _ in range(400)
    ]

    assert np.allclose(np.mean([run.share for run in runs], axis=0), truth, atol=0.02)
    assert np.allclose(np.std([run.share for run in runs], axis=0), runs[0].error, rtol=0.15)
    # A poll of n / 15 people would be as sure of an even split.
    assert runs[0].error[0] == pytest.approx(np.sqrt(0.25 / (800 / 15)), rel=0.1)


def test_votes_by_side_hold_the_truth_as_often_as_they_say() -> None:
    randomness, runs = np.random.default_rng(7), 300
    truth = np.array([[0.30, 0.05, 0.15], [0.08, 0.02, 0.30], [0.04, 0.02, 0.04]])
    share = truth / truth.sum(axis=1, keepdims=True)
    held, seen, found_shares, errors = np.zeros((2, 3)), 0, [], []
    for _ in range(runs):
        answered = toss(randomness.multinomial(2_000, truth.ravel()).reshape(3, 3), randomness)
        found = coins.estimate_votes(answered)
        if np.isnan(found.share[:2]).any():
            continue
        seen += 1
        held += ((found.low <= share) & (share <= found.high))[:2]
        found_shares.append(found.share[:2])
        errors.append(found.error[:2])

    assert seen > 0.99 * runs
    assert (held / seen >= 0.92).all()
    assert np.allclose(np.mean(found_shares, axis=0), share[:2], atol=0.02)
    assert np.allclose(np.std(found_shares, axis=0), np.mean(errors, axis=0), rtol=0.2)


def test_side_that_the_noise_could_explain_is_not_told() -> None:
    """Sixty people, all of one side: nobody is of the other two, and nothing is said of their votes."""
    answered = np.array([[30, 0], [15, 0], [15, 0]])
    found = coins.estimate_votes(answered)

    assert found.share[0].tolist() == [1, 0]
    assert np.isnan(found.share[1:]).all()
    assert np.isnan(found.error[1:]).all()
    assert (found.low[1:] == 0).all()
    assert (found.high[1:] == 1).all()


@pytest.mark.parametrize("answers", PARTS)
def test_nobody_answered(answers: int) -> None:
    shares = coins.estimate_shares(np.zeros(answers, dtype=np.int64))
    votes = coins.estimate_votes(np.zeros((answers, 3), dtype=np.int64))

    assert np.isnan(shares.share).all()
    assert ((shares.low == 0) & (shares.high == 1)).all()
    assert np.isnan(votes.share).all()


def test_one_person_answered() -> None:
    shares = coins.estimate_shares(np.array([1, 0, 0]))
    votes = coins.estimate_votes(np.array([[1, 0, 0], [0, 0, 0], [0, 0, 0]]))

    assert shares.high[0] - shares.low[0] > 0.9
    assert np.isnan(votes.share[1:]).all()


@given(st.permutations(range(3)), st.integers(0, 2**32 - 1))
def test_order_of_the_answers_decides_nothing(order: list[int], seed: int) -> None:
    answered = np.random.default_rng(seed).integers(0, 200, (3, 3))
    one, other = coins.estimate_votes(answered), coins.estimate_votes(answered[order])

    assert np.allclose(one.share[order], other.share, equal_nan=True)
    assert np.allclose(
        coins.estimate_shares(answered.sum(axis=1)).share[order],
        coins.estimate_shares(answered[order].sum(axis=1)).share,
        equal_nan=True,
    )
