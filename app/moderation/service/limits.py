"""Limits of personas: of several that stand, the longest holds, whoever set a shorter one since.

So no desk ends alone what another set, or what two agreed on, by setting its own and undoing that.
"""

from datetime import date

from app import identity
from app.db import Work
from app.identity.model import Limit
from app.kernel.clock import day_of
from app.moderation import rules, store
from app.moderation.model import Action, ActionKind, Decision, Desk, Subject


def settle(work: Work, subject: Subject) -> None:
    """Have the longest limit of a persona hold that nobody undid and that is not over; or none."""
    today = day_of(work.now)
    standing = [
        action
        for action in _list_limits(work, subject)
        if action.undoing is None and _ends_on(action) > today
    ]
    if standing:
        longest = max(standing, key=_ends_on)
        identity.limit_persona(work, subject.name, Limit(act=longest.digest, until=longest.until))
    elif held := identity.find_limit(work, subject.name):
        identity.lift_limit(work, subject.name, held.act)


def needs_two(work: Work, desk: Desk, subject: Subject, decision: Decision, day: date) -> bool:
    """Return whether what a desk does to a subject needs desks of two persons.

    A limit that goes on with one of the same holder, at whichever desk, began with that.
    """
    is_limit = decision.kind is ActionKind.LIMIT
    begins = _find_beginning(work, desk, subject, day) if is_limit else day
    return rules.needs_two(decision.kind, decision.reasons, begins)


def _find_beginning(work: Work, desk: Desk, subject: Subject, day: date) -> date:
    begins = day
    for action in sorted(_list_limits(work, subject), key=_ends_on, reverse=True):
        by = store.find_desk(work, action.desk)
        is_own = by is not None and by.person == desk.person and not action.second
        was_undone = action.undoing not in {None, action.digest}
        if is_own and not was_undone and _ends_on(action) >= begins:
            begins = min(begins, action.day)
    return begins


def _list_limits(work: Work, subject: Subject) -> list[Action]:
    acted = store.list_actions_on(work, subject)
    return [action for action in acted if action.kind is ActionKind.LIMIT and action.binds]


def _ends_on(action: Action) -> date:
    return action.until or date.max
