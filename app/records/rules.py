"""What the door decides for every type alike."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from app.kernel.clock import HOUR_S, Instant, day_of

from .errors import FutureDayError
from .model import WAITS_H, VerifiedRecord

_PATIENT: Final[Collection[str]] = frozenset({"Note", "Update"})


def may_wait(kind: str) -> bool:
    """Whether a type of record says words, which can wait."""
    return kind in _PATIENT


def decide_wait(kind: str, hours: int) -> int:
    """Return for how many seconds a record waits if its carrier asks for hours of it.

    Only words wait. What protects people does not: erasures, cards and settings act at once.
    """
    return hours * HOUR_S if may_wait(kind) and hours in WAITS_H else 0


def require_past_day(record: VerifiedRecord, now: Instant) -> None:
    """Refuse a record from the future. Tomorrow is allowed: days begin earlier in the east.

    Raises:
        FutureDayError: the record says it was written after tomorrow, UTC.

    """
    if record.day > day_of(now) + timedelta(days=1):
        raise FutureDayError("a record from the future")
