"""What an address of the public log asks for."""

import re
from datetime import date
from typing import Final

from app.kernel.errors import NotFoundError
from app.kernel.fold import questions_of

FIRST_MONTH: Final = date(2026, 1, 1)
"""No log is older."""
_MOST_WORDS: Final = 8
_DIGEST_BYTES: Final = 32
_month = re.compile(r"(2\d{3})-(0[1-9]|1[0-2])", re.ASCII)


def parse_month(text: str, today: date) -> date:
    """Return the first day of a month like `2026-11`.

    Raises:
        NotFoundError: something else, a month to come, or one before there were any.

    """
    found = _month.fullmatch(text)
    month = date(int(found[1]), int(found[2]), 1) if found else date.max
    if not FIRST_MONTH <= month <= today:
        raise NotFoundError("no such month")
    return month


def parse_act(text: str) -> bytes:
    """Return the digest that an act is named by.

    Raises:
        NotFoundError: it is none.

    """
    try:
        digest = bytes.fromhex(text)
    except ValueError as error:
        raise NotFoundError("no such act") from error
    if len(digest) != _DIGEST_BYTES or digest.hex() != text:
        raise NotFoundError("no such act")
    return digest


def parse_words(text: str) -> tuple[tuple[str, ...], ...]:
    """Return for each word that was typed the forms that will do, folded; eight words at most."""
    return tuple(questions_of(text)[:_MOST_WORDS])
