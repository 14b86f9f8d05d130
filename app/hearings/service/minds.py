"""Did anybody change their mind? What a release of the listening post tells of it.

Votes stand under ballots that nothing joins to a persona, and keep no day; so nobody here can be
followed. But voters of a closed consultation are asked again, and of a hearing once its answers
have come: what they say then stands under the same ballot, and a release tells it as cells of ten
people (ADR-0051, ADR-0053).
"""

from app.db import Work
from app.forum import ThreadId
from app.hearings import store
from app.hearings.model import HearingState
from app.kernel.clock import day_of
from app.kernel.strict_json import JsonObject

from .charters import tell_changed

_WAITS = (HearingState.OPEN, HearingState.CHOSEN)


def list_not_yet_asked_again(work: Work) -> set[ThreadId]:
    """Return the threads of hearings whose answers may still come: their voters are asked later."""
    today = day_of(work.now)
    waiting = store.list_hearings(work, states=_WAITS)
    return {each.thread for each in waiting if today <= each.charter.ends_on}


def tell_asked_again(work: Work, thread: ThreadId, told: JsonObject) -> None:
    """Let a hearing's report say what a release tells of voters who were asked again.

    `told` holds the release's `week` and the digest of its `table`; `questions`, each a `post`
    (hex) with the percent who agreed `first` and `again`; and, where thirty votes tell it, what
    share of `votes` of how many `people` changed, in percent, with bounds `low` and `high`.
    Nothing is done where the thread has no hearing.
    """
    if store.find_hearing(work, thread=thread) is not None:
        store.set_asked_again(work, thread, told)
        tell_changed(work, thread)
