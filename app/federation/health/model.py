"""What can be said of an instance's health."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

from app.kernel.clock import MINUTE_S, Instant

GOOD: Final = "good"
NONE: Final = "none"
"""There is nothing to look at yet, and nothing is wrong."""
ENDED: Final = "ended"
"""Somebody decided it: no alarm for the rest of all days."""
RETIRED: Final = "retired"
"""A partner wound itself down, as it should."""
ON: Final = "on"
"""Shutdown mode: told to everybody, and nothing to be mended."""
LATE_S: Final = 10 * MINUTE_S
"""A look that is older than this says that the worker does not run, or its disk is full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One thing that was looked at."""

    what: str
    about: str = ""
    """A partner's or a witness's name, of a grant a partner's and a board's; empty where there is
    one of its kind."""
    state: str = GOOD
    value: int | None = None
    """Minutes, hours, days or per cent, as `what` has it."""
    since: date | None = None
    """The day on which the state became what it is; None before it was kept."""

    @property
    def is_good(self) -> bool:
        """Whether nothing is to be done about it."""
        return self.state in {GOOD, NONE, ENDED, RETIRED, ON}

    def fill(self, sentence: str, number: Callable[[int], str] = str) -> str:
        """Return what is said of it, with its figure and names in it."""
        partner, _, board = self.about.partition(" ")
        names = {"name": self.about, "partner": partner, "board": board}
        return sentence % {"n": number(self.value or 0), **names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All lines of the worker's last look."""

    lines: tuple[Line, ...]
    looked_at: Instant | None
    """The minute; None if it never looked."""

    def is_late(self, now: Instant) -> bool:
        """Return whether the worker should have looked again since."""
        return self.looked_at is None or not 0 <= now - self.looked_at + MINUTE_S <= LATE_S
