"""What the worker does with the door: one run of the sequencer."""

from typing import Final

from app import tlog
from app.db import Database

from .model import Shown
from .service import Door

# A tick has a turn ten times a second, whoever posts meanwhile.
_GIVE_WAY_S: Final = 0.1
_SHOWN_AT_ONCE: Final = 25
# A backlog, as after an import, is shown in larger parts: each is a transaction.
_MOST_PARTS: Final = 40


def advance(db: Database, door: Door, sequencer: tlog.Sequencer) -> Shown:
    """Give due entries their places, sign the log that holds them, then show what they did.

    Each step is durable before the next begins, and finds by itself what a crash left of it. What
    is shown is shown in parts, so that whoever waits for a receipt goes in between.

    Raises:
        CorruptStateError: the database does not continue what the log has signed, or somebody else
            signs: nothing was done, and nothing will be until the operator has acted.
        OSError: the disk is full or fails; the next run goes on from here.

    """
    with sequencer.turn():
        sequencer.require_own_past()
        with db.read() as work:
            is_due = tlog.has_due(work)
        if is_due:
            db.give_way(_GIVE_WAY_S)
            with db.write() as work:
                tlog.integrate_due(work)
        size = sequencer.sign()
        with db.read() as work:
            first = tlog.get_state(work).shown
        parts = []
        at_once = max(_SHOWN_AT_ONCE, (size - first) // _MOST_PARTS)
        for start in range(first, size, at_once):
            db.give_way(_GIVE_WAY_S)
            with db.write() as work:
                parts.append(door.show(work, min(start + at_once, size)))
    return Shown(
        entries=sum(part.entries for part in parts),
        failures=tuple(failure for part in parts for failure in part.failures),
    )
