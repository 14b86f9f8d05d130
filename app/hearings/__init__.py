"""Room `hearings`: officials answer voted questions, under rules that bind them (ADR-0045).

Here so far: its nouns, and what holds of them from values alone.
"""

from .service.commitments import (
    accept_own,
    accept_status,
    count_reminders,
    forget_erased,
)
from .service.notes import accept_note, accept_revision

__all__ = [
    "accept_note",
    "accept_own",
    "accept_revision",
    "accept_status",
    "count_reminders",
    "forget_erased",
]
