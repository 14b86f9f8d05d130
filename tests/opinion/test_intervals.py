"""Wilson's and Newcombe's intervals, against published examples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.opinion.maths.intervals import CONFIDENCE, difference, reach_of, wilson


def test_wilson_of_published_examples() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, 857), table I, method 3."""
    low, high = wilson([81, 15, 0, 1], [263, 148, 20, 29], reach_of(CONFIDENCE))

    assert np.round(low, 4).tolist() == [0.2553, 0.0624, 0.0, 0.0061]
    assert np.round(high, 4).tolist() == [0.3662, 0.1605, 0.1611, 0.1718]


def test_difference_of_published_examples() -> None:
    """Newcombe 1998 (Statistics in Medicine 17, 873), table II, method 10."""
    low, high = difference(
        ([56, 9, 10], [70, 10, 10]), ([48, 3, 0], [80, 10, 10]), reach_of(CONFIDENCE)
    )

    assert np.round(low, 4).tolist() == [0.0524, 0.1705, 0.6075]
    assert np.round(high, 4).tolist() == [0.3339, 0.8090, 1.0]


def test_of_nothing_everything_is_possible() -> None:
    assert wilson(0, 0, 2.0) == (0, 1)
    assert difference((0, 0), (3, 5), 2.0) == (-1, 1)
    assert difference((3, 5), (0, 0), 2.0) == (-1, 1)


def test_more_comparisons_reach_further() -> None:
    assert reach_of(0.95) == pytest.approx(1.959964)
    assert reach_of(0.95, 0) == reach_of(0.95, 1) < reach_of(0.95, 20)


@given(st.integers(0, 300), st.integers(0, 300))
def test_interval_holds_the_share(part: int, rest: int) -> None:
    low, high = wilson(part, part + rest, reach_of(CONFIDENCE))

    assert 0 <= low <= part / max(part + rest, 1) + 1e-12
    assert part / (part + rest or 1) - 1e-12 <= high <= 1
