"""How commitments stand whose day has passed: for sums over all of them."""

from collections import Counter
from datetime import date

from app.db import Work
from app.hearings.model import CommitmentState

from .commitments import list_commitments


def count_past_due(work: Work, today: date) -> dict[CommitmentState | None, int]:
    """Return how many commitments stand where, of those whose day has passed; none drops out.

    Under None stand those whose status is contested: an own word is no outcome.
    """
    return Counter(
        None if each.is_contested else each.state
        for each in list_commitments(work, due_before=today)
    )
