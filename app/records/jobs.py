"""What the worker does with the door: one run of the sequencer."""

from app import tlog
from app.db import Database

from .model import Shown
from .service import Door


def advance(db: Database, door: Door, sequencer: tlog.Sequencer) -> Shown:
    """Give due entries their places, sign the log that holds them, then show what they did.

    Each step is durable before the next begins, and finds by itself what a crash left of it.

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
            with db.write() as work:
                tlog.integrate_due(work)
        size = sequencer.sign()
        with db.read() as work:
            is_shown = tlog.get_state(work).shown >= size
        if is_shown:
            return Shown()
        with db.write() as work:
            return door.show(work, size)
