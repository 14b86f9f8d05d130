"""Appeals: an author asks that somebody else look at an action. One for each, answered in 72 hours.

Its words go between author and desk and into no record. Who appeals stands in no row: whoever wrote
what was acted on may, and nobody else.
"""

from app.db import Work
from app.identity import Viewer
from app.kernel.clock import MINUTE_S, Instant
from app.moderation import rules, store
from app.moderation.model import Appeal

from .subjects import marks_of
from .telling import get_own_action, say_read

_COARSE_S = 10 * MINUTE_S


def appeal(work: Work, viewer: Viewer, digest: bytes, text: str) -> Appeal:
    """Take an appeal in.

    Raises:
        NotFoundError: the action is about somebody else, or there is none.
        AppealedError: it was appealed before.
        AppealLateError: the days for it are over.
        NothingToAppealError: it was undone, or takes nothing from anybody.

    """
    action, _ = get_own_action(work, viewer, digest)
    rules.require_appealable(action.day, store.find_appeal(work, digest), work.now)
    rules.require_grievance(action)
    opened_at = Instant(work.now - work.now % _COARSE_S)
    made = Appeal(
        action=digest,
        text=text,
        opened_at=opened_at,
        due_at=Instant(opened_at + rules.APPEAL_S),
        outcome=None,
        answer="",
        actors=marks_of(work, action),
    )
    store.add_appeal(work, made)
    say_read(work, viewer, [digest])
    return made
