"""What the door decides for every type alike."""

from datetime import timedelta

from app.kernel.clock import Instant, day_of

from .errors import FutureDayError
from .model import VerifiedRecord


def require_past_day(record: VerifiedRecord, now: Instant) -> None:
    """Refuse a record from the future. Tomorrow is allowed: days begin earlier in the east.

    Raises:
        FutureDayError: the record says it was written after tomorrow, UTC.

    """
    if record.day > day_of(now) + timedelta(days=1):
        raise FutureDayError("a record from the future")
