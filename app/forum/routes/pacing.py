"""Slow threads and slow boards: how soon after a post its name may post there again.

Counted in memory, as every limit is: no row says when anybody wrote. A host that starts anew lets
everybody post once sooner.
"""

from functools import partial
from typing import Final

from app import identity
from app.db import Work
from app.forum import service
from app.forum.errors import TooSoonError
from app.records import VerifiedRecord
from app.records.model import IMPORTED
from app.web.limits import Bucket, Gate

_POSTS_IN: Final = "posts in what is slowed"


class Pacing:
    """Holds what comes in by the web process's door against the delays of threads and boards."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate

    def __call__(self, work: Work, record: VerifiedRecord) -> None:
        """Count a new post, shown or waiting; if nothing comes of its work it was not counted.

        Raises:
            TooSoonError: its name posted there too short a time ago.

        """
        if record.type != "Note" or IMPORTED in record.document:
            return
        delays = service.list_delays(work, record)
        hand = identity.find_hand(work, record.signer) if delays else ""
        for place, delay_s in delays.items():
            bucket, key = Bucket(_POSTS_IN, 1, delay_s), f"{place} {hand}"
            wait_s = self._gate.take_own_turn(bucket, key, work.now)
            if wait_s:
                raise TooSoonError("the thread or its board is slowed", wait_s=wait_s)
            work.undo.append(partial(self._gate.give_own_turn_back, bucket, key))
