"""How long answers take, against a table that was worked out by hand."""

import numpy as np
import pytest
from app.kernel.errors import MalformedError
from app.listening.maths.survival import follow
from hypothesis import given
from hypothesis import strategies as st


def test_freireich_data_as_in_every_textbook() -> None:
    # Freireich et al. (1963), the 6-MP arm: weeks of remission, + still in remission.
    days = np.array([6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35])
    came = np.array([1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0], dtype=bool)

    curve = follow(days, answered=came)

    waiting = {step.day: round(1 - step.share, 3) for step in curve.steps}
    assert waiting == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert curve.median == 23
    at_ten = curve.at(12)
    assert at_ten is not None
    assert at_ten.low < at_ten.share < at_ten.high
    assert curve.at(36) is None


def test_without_anybody_waiting_still_it_is_the_plain_share() -> None:
    curve = follow(np.array([1, 2, 3, 4]), answered=np.ones(4, dtype=bool))

    assert [step.share for step in curve.steps] == pytest.approx([0.25, 0.5, 0.75, 1])
    assert curve.median == 2


def test_nothing_answered_yet() -> None:
    curve = follow(np.array([5, 9]), answered=np.zeros(2, dtype=bool))

    assert curve.median is None
    found = curve.at(9)
    assert found is not None
    assert found.share == 0


def test_no_questions_at_all() -> None:
    assert follow(np.array([], dtype=int), answered=np.array([], dtype=bool)).steps == ()


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1))
def test_shares_grow_and_stay_within_their_interval(seen: list[tuple[int, bool]]) -> None:
    days, came = (np.array(values) for values in zip(*seen, strict=True))

    shares = [step.share for step in follow(days, answered=came).steps]

    assert shares == sorted(shares)
    for step in follow(days, answered=came).steps:
        assert 0 <= step.low <= step.share + 1e-12
        assert step.share <= step.high + 1e-12 <= 1 + 1e-9


def test_negative_days_are_refused() -> None:
    with pytest.raises(MalformedError):
        follow(np.array([-1]), answered=np.array([True]))
