"""What readers choose for themselves without a name: one small cookie of a few words, no id."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from app.kernel.clock import Instant

from .languages import CALENDARS, DIGITS

READER_COOKIE: Final = "reader"
SIZES: Final = ("large", "larger")
# Where its readers are. Few and large, so that the choice tells little.
ZONES: Final = {
    "tehran": "Asia/Tehran",
    "kabul": "Asia/Kabul",
    "dubai": "Asia/Dubai",
    "istanbul": "Europe/Istanbul",
    "paris": "Europe/Paris",
    "london": "Europe/London",
    "toronto": "America/Toronto",
    "los-angeles": "America/Los_Angeles",
    "sydney": "Australia/Sydney",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader's choices; an empty one leaves it to the language."""

    calendar: str = ""
    digits: str = ""
    size: str = ""
    zone: str = ""

    def encode(self) -> str:
        """Return the cookie's value; empty if nothing was chosen."""
        parts = (self.calendar, self.digits, self.size, self.zone)
        return ".".join(parts) if any(parts) else ""

    def local(self, moment: Instant) -> datetime:
        """Return a moment as clocks show it where the reader is; in UTC if they did not say."""
        zone = ZoneInfo(ZONES[self.zone]) if self.zone else UTC
        return datetime.fromtimestamp(moment, zone)


def parse_reader(cookie: str) -> Reader:
    """Return the choices of a cookie; what we never wrote counts as none."""
    calendar, digits, size, zone, *_ = (*cookie.split("."), "", "", "", "")
    return choose_reader(calendar, digits, size, zone)


def choose_reader(calendar: str, digits: str, size: str, zone: str) -> Reader:
    """Return choices, leaving out what cannot be chosen."""
    return Reader(
        calendar=calendar if calendar in CALENDARS else "",
        digits=digits if digits in DIGITS else "",
        size=size if size in SIZES else "",
        zone=zone if zone in ZONES else "",
    )
