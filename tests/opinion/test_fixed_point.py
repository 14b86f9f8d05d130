"""Steps that draw nearer come to rest sooner, and never worse than by themselves."""

import numpy as np
from app.opinion.maths.fixed_point import find_fixed_point
from app.opinion.maths.values import Numbers
from hypothesis import given
from hypothesis import strategies as st


def count_plain_steps(matrix: Numbers, end: Numbers, start: Numbers, still: float) -> int:
    place, taken = start, 0
    while True:
        image, taken = end + matrix @ (place - end), taken + 1
        if np.abs(image - place).max() < still:
            return taken
        place = image


@given(st.integers(0, 2**32 - 1))
def test_slow_straight_steps_are_cut_short(seed: int) -> None:
    randomness = np.random.default_rng(seed)
    turn = np.linalg.qr(randomness.normal(size=(8, 8)))[0]
    matrix = turn @ np.diag(randomness.uniform(0.5, 0.95, 8)) @ turn.T
    end, start = randomness.normal(size=8), randomness.normal(size=8)

    found, taken = find_fixed_point(
        lambda at: end + matrix @ (at - end), start, still=1e-9, most=500
    )

    assert np.allclose(found, end, atol=1e-6)
    assert taken < count_plain_steps(matrix, end, start, 1e-9)


def test_what_leads_astray_is_forgotten() -> None:
    """A step with a kink: straight lines drawn over it miss, and the plain step still arrives."""

    def step(at: Numbers) -> Numbers:
        return np.where(at > 1, 0.9 * at, 0.1 * np.sin(9 * at))

    found, taken = find_fixed_point(step, np.array([40.0, -3.0]), still=1e-10, most=500)

    assert np.abs(step(found) - found).max() < 1e-9
    assert taken < 200


def test_it_ends_where_no_step_draws_nearer() -> None:
    _, taken = find_fixed_point(lambda at: at + 1, np.zeros(2), still=1e-9, most=30)

    assert taken <= 31


def test_nothing_to_move_is_at_rest() -> None:
    found, taken = find_fixed_point(lambda at: at, np.zeros(0), still=1e-9, most=30)

    assert (found.size, taken) == (0, 1)
