"""Wilson's and Newcombe's intervals, against published examples."""

import numpy as np
import pytest
from app.opinion.maths.intervals import TWO_SIDED_95, difference, reach_of, wilson
from hypothesis import given
from hypothesis import strategies as st


def test_wilson_of_published_examples() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, 857), table I, method 3."""
    low, high = wilson(np.array([81, 15, 0, 1]), np.array([263, 148, 20, 29]))

    assert np.round(low, 4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert np.round(high, 4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


def test_difference_of_published_examples() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, 873), table II, method 10."""
    low, high = difference(
        (np.array([56, 9, 10]), np.array([70, 10, 10])),
        (np.array([48, 3, 0]), np.array([80, 10, 10])),
    )

    assert np.round(low, 4).tolist() == [0.0524, 0.1705, 0.6075]
    assert np.round(high, 4).tolist() == [0.3339, 0.8090, 1.0]


def test_of_nobody_everything_is_possible() -> None:
    nobody, somebody = (np.array(0), np.array(0)), (np.array(3), np.array(5))

    assert [*map(float, wilson(*nobody))] == [0, 1]
    assert [*map(float, difference(nobody, somebody))] == [-1, 1]
    assert [*map(float, difference(somebody, nobody))] == [-1, 1]


def test_more_comparisons_reach_further() -> None:
    assert reach_of(1) == pytest.approx(TWO_SIDED_95)
    assert reach_of(0) == reach_of(1) < reach_of(20)


@given(st.integers(0, 300), st.integers(0, 300))
def test_interval_holds_the_share(part: int, rest: int) -> None:
    low, high = wilson(np.array(part), np.array(part + rest))
    share = part / (part + rest or 1)

    assert 0 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1
