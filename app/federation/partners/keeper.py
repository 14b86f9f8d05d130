"""Keeping up with all partners, for the worker."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Final

from app.db import Database, Work
from app.kernel.errors import AppError
from app.records import Door, Owner
from app.web.addresses import Address

from . import carrying, store, taking
from .model import Partner, PartnerState, Replayed
from .removing import say_erased
from .syncing import sync

EVERY_S: Final = 10.0
"""A post is at its partners within half a minute of its tick."""
_AT_ONCE: Final = 8


class PartnerKeeper:
    """Asks all partners, each at its own pace: one that is away or has much to tell delays none."""

    def __init__(
        self,
        db: Database,
        door: Door,
        open_source: Callable[[Partner], AbstractContextManager[Address]],
        owners_of: Callable[[Partner], Mapping[str, Owner]],
        folder_of: Callable[[Partner], Path],
        is_clock_off: Callable[[Work], bool],
    ) -> None:
        """Know where a partner is, what its records mean here, and where its copy lies."""
        self._db = db
        self._door = door
        self._open_source = open_source
        self._owners_of = owners_of
        self._folder_of = folder_of
        self._is_clock_off = is_clock_off
        self._pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="partner")
        self._begun: dict[str, Future[Replayed]] = {}

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Begin with each partner that is believed; yield what tells how it went the last time.

        Of one that has ended, what it left to us is taken.
        """
        with self._db.read() as work:
            partners = store.list_partners(work)
        for each in partners:
            if each.state is PartnerState.RETIRED:
                copy, owners = self._folder_of(each), self._owners_of(each)
                yield partial(taking.take_left, self._db, self._door, copy, each, owners)
            if each.state is not PartnerState.ACTIVE:
                continue
            before = self._begun.get(each.did)
            if before is not None and not before.done():
                continue
            self._begun[each.did] = self._pool.submit(self.keep_up, each)
            if before is not None:
                yield before.result

    def wait(self) -> None:
        """Wait until nothing is going on any more."""
        wait(self._begun.values())
        self._pool.shutdown()

    def keep_up(self, partner: Partner) -> Replayed:
        """Bring one partner's copy and its rows here up to date.

        Raises:
            AppError: see `sync`, `deliver`.

        """
        with self._open_source(partner) as source:
            trouble = self._deliver(partner, source)
            replayed = sync(
                self._db,
                self._folder_of(partner),
                source,
                self._owners_of(partner),
                own_did=self._door.instance_did,
                partner=partner,
                is_clock_off=self._is_clock_off,
            )
        with self._db.write() as work:
            say_erased(work, self._door)
        if trouble is not None:
            raise trouble
        return replayed

    def _deliver(self, partner: Partner, source: Address) -> AppError | None:
        """Hand over what waits; what comes in the way of that keeps nobody from reading."""
        try:
            carrying.deliver(self._db, self._door.key, partner, source.post)
        except AppError as error:
            return error
        return None
