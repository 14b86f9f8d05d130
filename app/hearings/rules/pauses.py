"""What a pause is, and which days count beside it, from values alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """A time in which a host's clocks stand still."""

    number: int
    """1 for the host's first."""
    begun_on: date
    ended_on: date | None = None
    """The first day that counts again; None while it lasts."""


def count_days(since: date, until: date, pauses: Iterable[Pause]) -> int:
    """Return how many days lie between two days, without those of pauses; never fewer than none.

    A pause leaves out its first day and all up to the day on which it ends: a clock that ran for
    a part of a day gets no part of it, and one that is stopped and started on one day loses none.
    """
    paused = sum(_overlap(since, until, each) for each in pauses)
    return max((until - since).days - paused, 0)


def _overlap(since: date, until: date, pause: Pause) -> int:
    first, last = max(since, pause.begun_on), min(until, pause.ended_on or until)
    return max((last - first).days, 0)
