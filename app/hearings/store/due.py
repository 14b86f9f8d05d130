"""How commitments stand whose day has passed: for sums over all of them."""

from datetime import date

from sqlalchemy import func, select

from app.db import Work
from app.hearings.model import CommitmentState
from app.hearings.tables import CommitmentRow


def count_past_due(work: Work, today: date) -> dict[CommitmentState, int]:
    """Return how many commitments stand where, of those whose day has passed; none drops out."""
    found = select(CommitmentRow.state, func.count()).where(CommitmentRow.due_on < today)
    rows = work.session.execute(found.group_by(CommitmentRow.state))
    return {CommitmentState(state): count for state, count in rows}
