"""What hearings do by themselves: opening on their day, choosing on theirs."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Final

from app import forum, identity, opinion, records
from app.db import Database
from app.hearings import rules, service, store
from app.hearings.model import HearingState
from app.hearings.service.charters import HEARINGS
from app.kernel.clock import day_of
from app.kernel.errors import NotFoundError
from app.opinion import ConversationState
from app.records import Door

EVERY_S: Final = 30.0
"""Seconds between two looks."""


class HallKeeper:
    """Opens hearings on their day, ends their votes, and has their questions chosen.

    Each step is a record of its own that says what is done, so a crash in between is no harm, and a
    host that was away does what is due when it is back.
    """

    def __init__(self, db: Database, door: Door, read_root: Callable[[int], bytes]) -> None:
        """`read_root` returns the published log's root hash at a size, or raises NotFoundError."""
        self._db = db
        self._door = door
        self._read_root = read_root
        self._day: date | None = None

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield what is to be done now, each an act of its own; one that fails stops no other."""
        with self._db.read() as work:
            today = day_of(work.now)
            here = [
                each
                for each in store.list_hearings(
                    work, states=(HearingState.BOUND, HearingState.OPEN)
                )
                if forum.is_at_home(work, each.board, self._door.instance_did)
            ]
        bound = [each for each in here if each.state is HearingState.BOUND]
        are_open = [each for each in here if each.state is HearingState.OPEN]
        if today != self._day:
            yield partial(self._turn, today)
        for each in bound:
            if each.charter.opens_on <= today < each.charter.chooses_on:
                yield partial(self._open, each.thread)
        for each in are_open:
            if each.charter.chooses_on <= today:
                yield partial(self._choose, each.thread)

    def _turn(self, today: date) -> None:
        """Have pages made anew that tell how many days somebody waits."""
        with self._db.write() as work:
            work.changed.add(HEARINGS)
        self._day = today

    def _open(self, thread: str) -> None:
        # Three RSA keys take a while: no transaction is open meanwhile.
        keys = identity.make_ballot_keys()
        with self._db.write() as work:
            hearing = service.get_hearing(work, thread)
            service.open_hearing(work, self._door, hearing, keys)

    def _choose(self, thread: str) -> None:
        """End the votes; once the log holds that and the official has drawn, choose by the lot."""
        with self._db.write() as work:
            opinion.close_due(work, self._door, thread)
        with self._db.write() as work, suppress(NotFoundError):
            conversation = opinion.get_conversation(work, thread)
            if conversation.state is ConversationState.OPEN:
                return
            size = records.find_place(work, conversation.head) + 1
            hearing = service.get_hearing(work, thread)
            root_hash = self._read_root(size)
            if not rules.awaits_draw(hearing, day_of(work.now)):
                service.choose_questions(work, self._door, hearing, root_hash)
