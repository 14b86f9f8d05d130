"""Time as a value."""

from datetime import date

import pytest
from app.kernel.clock import DAY_S, FixedClock, Instant, SystemClock, day_of, round_up, start_of
from hypothesis import given
from hypothesis import strategies as st

instants = st.integers(0, 4_000_000_000).map(Instant)


@given(instants)
def test_start_of_is_the_first_second_of_the_day(now: Instant) -> None:
    start = start_of(day_of(now))

    assert start <= now < start + DAY_S
    assert day_of(start) == day_of(now)
    assert day_of(Instant(start - 1)) < day_of(now)


@given(instants, st.integers(1, DAY_S))
def test_round_up_stays_on_the_grid_and_never_goes_back(now: Instant, step: int) -> None:
    rounded = round_up(now, step)

    assert rounded % step == 0
    assert now <= rounded < now + step
    assert round_up(rounded, step) == rounded


@pytest.mark.parametrize(
    ("now", "day"),
    [(0, date(1970, 1, 1)), (86_399, date(1970, 1, 1)), (86_400, date(1970, 1, 2))],
)
def test_day_of_is_in_utc(now: int, day: date) -> None:
    assert day_of(Instant(now)) == day


def test_fixed_clock_moves_by_hand_only() -> None:
    clock = FixedClock(Instant(100))

    assert clock.now() == clock.now() == 100

    clock.advance(60)
    clock.advance(-20)

    assert clock.now() == 140


def test_system_clock_counts_whole_seconds_since_2026() -> None:
    now = SystemClock().now()

    assert isinstance(now, int)
    assert now > start_of(date(2026, 1, 1))
