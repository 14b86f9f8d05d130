"""What a persona is asked about: commitments of its own, and those that it filed."""

from app import forum
from app.db import Work
from app.hearings.rules import commitments as rules
from app.hearings.service.commitments import list_reminders as list_commitments
from app.kernel.clock import day_of
from app.web.markup import direction_of
from app.web.pages import ReminderLine


def list_reminders(work: Work, root: str) -> list[ReminderLine]:
    """Return the commitments that a persona is asked about today and that can be read."""
    found = [commitment for commitment, _ in list_commitments(work, root)]
    said = {each.digest: each for each in forum.list_said_by(work, [c.post for c in found])}
    return [
        ReminderLine(
            digest=commitment.post.hex(),
            text=said[commitment.post].text,
            language=said[commitment.post].language,
            direction=direction_of(said[commitment.post].text),
            due_on=commitment.due_on,
            is_overdue=rules.is_overdue(commitment, day_of(work.now)),
            is_own=commitment.promise.official == root,
        )
        for commitment in found
        if said[commitment.post].has_words and said[commitment.post].number is not None
    ]
