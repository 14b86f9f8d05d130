"""Keeping up with all partners, for the worker."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Final

from app.db import Database
from app.kernel.errors import AppError
from app.records import Door, Owner
from app.web.addresses import Address

from . import carrying, store, taking
from .model import Partner, PartnerState, Replayed
from .removing import say_erased
from .syncing import sync

EVERY_S: Final = 10.0
"""A post is at its partners within half a minute of its tick."""


class PartnerKeeper:
    """Asks each partner in turn; one that is away costs the others nothing but its deadline."""

    def __init__(
        self,
        db: Database,
        door: Door,
        open_source: Callable[[Partner], AbstractContextManager[Address]],
        owners_of: Callable[[Partner], Mapping[str, Owner]],
        folder_of: Callable[[Partner], Path],
    ) -> None:
        """Know where a partner is, what its records mean here, and where its copy lies."""
        self._db = db
        self._door = door
        self._open_source = open_source
        self._owners_of = owners_of
        self._folder_of = folder_of

    def list_due(self) -> Iterator[Callable[[], object]]:
        """Yield what keeps up with each partner that is believed, and takes what one left to us."""
        with self._db.read() as work:
            partners = store.list_partners(work)
        for each in partners:
            if each.state is PartnerState.ACTIVE:
                yield partial(self.keep_up, each)
            elif each.state is PartnerState.RETIRED:
                copy = self._folder_of(each)
                yield partial(taking.take_left, self._db, self._door, copy, each)

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
