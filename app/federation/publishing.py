"""The host's own folder, as any web server, network of caches or object store may serve it.

It has the layout of every copy (`folders`). The log's own files are the sequencer's; here are the
others, made from the database, which stays the one truth:

    a tick shows records  ─► keep_up: their bytes and receipts, and the instance's card
    an erasure commits    ─► remove, at once; so does a desk's hiding
    a desk gives it back  ─► give_back, with the worker's next step
    the worker starts     ─► what a crash left: what should not be there goes, what lacks comes
    once an hour          ─► settle: the disk keeps what was written, and the mark says how far

A sync of each file would cost a tick more than all else in it. So they are not synced: a power cut
may spoil those above the mark, and the next start writes these again (ADR-0029).
"""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import Final

from app import records, tlog
from app.db import Database, Work
from app.kernel.errors import MalformedError, NotFoundError
from app.records import Door, StoredRecord
from app.records.codec import decode_leaf
from app.tlog.files import PublicFolder

from .bundles.gathering import find_card
from .folders import CARD_PATH, RECORDS, path_of_receipt, path_of_record

_MARK: Final = ".written"
# A tick writes no more than this, so that what comes after it waits for no backlog.
_AT_ONCE: Final = 100
# While many post, each file costs them more than it does anybody good to have it now.
_WHEN_BUSY: Final = 10
_LOOKED_AT: Final = 1000
# Nor who posts meanwhile.
_GIVE_WAY_S: Final = 0.1
_digest = re.compile("[0-9a-f]{64}")


class Publisher:
    """Writes records, receipts and the card below `GOFTOGU_DATA/public`, for the worker alone.

    Any process that erases calls `remove`.
    """

    def __init__(self, db: Database, door: Door, folder: Path) -> None:
        self._db = db
        self._door = door
        self._folder = PublicFolder(folder)
        self._written: int | None = None
        """How many entries of the log have their files; None before the first look."""
        self._settled = 0
        self._looked_at: tuple[int, int] | None = None
        """How large the log was when nothing was given back that had no file."""
        self._names: Iterator[str] | None = None
        """What is still to be looked at after the start, to see whether it should be there."""
        self._is_tidy = False

    def keep_up(self, *, is_busy: bool = False) -> None:
        """Write the files of what was shown since, some at a time; at the start, mend the folder.

        The log may be signed: a database that is behind would take files for beside ones.

        Raises:
            OSError: the disk is full or fails: the next call goes on from here.

        """
        with self._db.read() as work:
            shown = tlog.get_state(work).shown
            if self._written is None:
                self._folder.open_to_readers()
                self._settled = self._written = min(self._find_mark(), shown)
            most = _WHEN_BUSY if is_busy else _AT_ONCE
            entries = tlog.list_entries(work, self._written, min(self._written + most, shown))
        if entries:
            self._db.give_way(_GIVE_WAY_S)
            self.write(entries)
            self._written += len(entries)
        if self._written == shown and not self._is_tidy:
            self._tidy_some()

    def write(self, entries: Sequence[tlog.IntegratedEntry], *, is_synced: bool = False) -> None:
        """Write the files of entries that are shown.

        Raises:
            OSError: the disk is full or fails.

        """
        digests = list(_digests_of(entries))
        with self._db.read() as work:
            shown = [r for r in records.list_records(work, digests) if r.is_public]
        files = [file for record in shown for file in self._files_of(record)]
        if is_synced:
            self._folder.write(files)
        else:
            for path, raw in files:
                self._folder.put(path, raw)
        with self._db.read() as work:
            kept = records.list_readable(work, digests)
        # What was erased between the two looks was perhaps removed before it was written.
        self.remove([record.digest for record in shown if record.digest not in kept])
        if any(record.type == "Application" for record in shown):
            self._write_card()

    def give_back(self) -> None:
        """Write the files of records that a desk gave back; what a crash left is done again.

        Raises:
            OSError: the disk is full or fails: the next call does it.

        """
        with self._db.read() as work:
            size = log_size(work)
            if size == self._looked_at:
                return
            digests = records.list_given_back(work)
            found = records.list_records(work, digests)
        if not found:
            self._looked_at = size
            return
        shown = [record for record in found if record.is_public]
        self._folder.write([file for record in shown for file in self._files_of(record)])
        with self._db.write() as work:
            records.forget_given_back(work, digests)
            kept = records.list_readable(work, digests)
        # What was hidden again between the two looks was perhaps removed before it was written.
        self.remove([digest for digest in digests if digest not in kept])

    def remove(self, digests: Iterable[bytes]) -> None:
        """Take the bytes of erased or hidden records away.

        The erasure is committed already: where the disk fails it stays so, and the worker removes
        what is left within the hour.
        """
        with suppress(OSError):
            self._folder.discard(map(path_of_record, digests))

    def settle(self) -> None:
        """Let the disk keep what was written, and remember how far that is.

        Raises:
            OSError: the disk is full or fails.

        """
        written = self._written or 0
        if written > self._settled:
            # One call for any number of files.
            os.sync()
            self._folder.write([(_MARK, str(written).encode())])
            self._settled = written

    def _files_of(self, record: StoredRecord) -> Iterable[tuple[str, bytes]]:
        if record.raw is not None:
            yield path_of_record(record.digest), record.raw
        yield path_of_receipt(record.digest), self._door.make_receipt(record).raw

    def _write_card(self) -> None:
        with suppress(NotFoundError), self._db.read() as work:
            self._folder.put(CARD_PATH, find_card(work, self._door.instance_did))

    def _find_mark(self) -> int:
        try:
            return int(self._folder.read(_MARK))
        except (NotFoundError, ValueError):
            return 0

    def _tidy_some(self) -> None:
        """Remove what is no record that anyone may read, as after a crash before its removal."""
        if self._names is None:
            self._names = self._folder.list_names(RECORDS)
            self._write_card()
        some = list(islice(self._names, _LOOKED_AT))
        digests = {name: bytes.fromhex(name) for name in some if _digest.fullmatch(name)}
        with self._db.read() as work:
            kept = records.list_readable(work, digests.values())
        self._folder.discard(f"{RECORDS}/{name}" for name in some if digests.get(name) not in kept)
        self._is_tidy = not some


def log_size(work: Work) -> tuple[int, int]:
    """Return how much is shown and how much waits: whatever is done here moves one of them."""
    state = tlog.get_state(work)
    return state.shown + state.beside, sum(tlog.count_pending(work).values())


def _digests_of(entries: Sequence[tlog.IntegratedEntry]) -> Iterable[bytes]:
    for entry in entries:
        # An entry that is none of ours was set aside, and has no record.
        with suppress(MalformedError, ValueError):
            yield decode_leaf(entry.leaf)[0]
