"""Keeping up with all partners, for the worker."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Final

from app.db import Database
from app.federation.folders import Source
from app.records import Owner

from . import store
from .model import Partner, PartnerState, Replayed
from .syncing import sync

EVERY_S: Final = 10.0
"""A post is at its partners within half a minute of its tick."""


class PartnerKeeper:
    """Asks each partner in turn; one that is away costs the others nothing but its deadline."""

    def __init__(
        self,
        db: Database,
        own_did: str,
        open_source: Callable[[Partner], AbstractContextManager[Source]],
        owners_of: Callable[[Partner], Mapping[str, Owner]],
        folder_of: Callable[[Partner], Path],
    ) -> None:
        """Know where a partner is, what its records mean here, and where its copy lies."""
        self._db = db
        self._own_did = own_did
        self._open_source = open_source
        self._owners_of = owners_of
        self._folder_of = folder_of

    def list_due(self) -> Iterator[Callable[[], Replayed]]:
        """Yield what keeps up with each partner that is believed."""
        with self._db.read() as work:
            partners = store.list_partners(work)
        for each in partners:
            if each.state is PartnerState.ACTIVE:
                yield partial(self.keep_up, each)

    def keep_up(self, partner: Partner) -> Replayed:
        """Bring one partner's copy and its rows here up to date.

        Raises:
            AppError: see `sync`.

        """
        with self._open_source(partner) as source:
            return sync(
                self._db,
                self._folder_of(partner),
                source,
                self._owners_of(partner),
                own_did=self._own_did,
                partner=partner,
            )
