"""Time as a value. `Clock` is read at the doors only; all else takes `now` as an argument."""

from datetime import UTC, date, datetime
from typing import NewType, Protocol

Instant = NewType("Instant", int)
"""Whole seconds since 1970, UTC."""

MINUTE_S = 60
HOUR_S = 3600
DAY_S = 86_400


class Clock(Protocol):
    """Something that knows the time: the system's, or a test's."""

    def now(self) -> Instant:
        """Return the present second."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> Instant:
        """Return the present second."""
        return Instant(int(datetime.now(UTC).timestamp()))


class FixedClock:
    """A clock that a test or the seed moves by hand."""

    def __init__(self, now: Instant) -> None:
        self.instant = now

    def now(self) -> Instant:
        """Return the second it was set to."""
        return self.instant

    def advance(self, seconds: int) -> None:
        """Move forward, or back with a negative number."""
        self.instant = Instant(self.instant + seconds)


def day_of(now: Instant) -> date:
    """Return the UTC day of `now`: the finest time that a record carries."""
    return datetime.fromtimestamp(now, UTC).date()


def start_of(day: date) -> Instant:
    """Return the first second of a UTC day."""
    return Instant(int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()))


def round_up(now: Instant, step_s: int) -> Instant:
    """Return the next multiple of `step_s` at or after `now`: stored times must not be precise."""
    return Instant(-(-now // step_s) * step_s)
