"""What readers choose for themselves without a name: one small cookie of three words, no id."""

from dataclasses import dataclass
from typing import Final

from .languages import CALENDARS, DIGITS

READER_COOKIE: Final = "reader"
SIZES: Final = ("large", "larger")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """A reader's choices; an empty one leaves it to the language."""

    calendar: str = ""
    digits: str = ""
    size: str = ""

    def encode(self) -> str:
        """Return the cookie's value; empty if nothing was chosen."""
        parts = (self.calendar, self.digits, self.size)
        return ".".join(parts) if any(parts) else ""


def parse_reader(cookie: str) -> Reader:
    """Return the choices of a cookie; what we never wrote counts as none."""
    calendar, digits, size, *_ = (*cookie.split("."), "", "", "")
    return choose_reader(calendar, digits, size)


def choose_reader(calendar: str, digits: str, size: str) -> Reader:
    """Return choices, leaving out what cannot be chosen."""
    return Reader(
        calendar=calendar if calendar in CALENDARS else "",
        digits=digits if digits in DIGITS else "",
        size=size if size in SIZES else "",
    )
