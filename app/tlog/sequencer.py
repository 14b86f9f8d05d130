"""The sequencer: makes the log's files from entries that have their places, and signs them.

One run of the worker is five durable steps, each of which may fail, or succeed without anybody
hearing of it; the next run begins anew and ends with the same bytes (`growth` argues the order):

1. entries get their places          a transaction (`service.integrate_due`)
2. bundles of entries and tiles      files under `public/`
3. the checkpoint, compare-and-swap  `log/checkpoint`, in no backup
4. the checkpoint, for everyone      `public/tlog/checkpoint`, with what witnesses signed of it
5. what the entries did is shown     a transaction, up to the size that was signed

So readers see nothing that is not in the signed log, and whatever becomes of the database, the log
never signs two histories: before every run it must hold what was signed, or nothing is done.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.crypto.ed25519 import SigningKey
from app.crypto.note_keys import SIGNATURE, VerifierKey
from app.db import Database, Work
from app.kernel.errors import AppError, CorruptStateError

from . import service, store
from .asking import with_cosignatures
from .checkpoints import (
    VerifiedCheckpoint,
    parse_checkpoint,
    sign_checkpoint,
    verify_checkpoint,
)
from .codec import MAX_SIZE
from .errors import (
    CheckpointMissingError,
    LogAheadError,
    LogBehindError,
    MissingEntryError,
    OlderCheckpointError,
    OwnPastError,
    SplitViewError,
)
from .files import OwnCheckpoint, PublicFolder
from .growth import Growth, plan_growth, require_own_past
from .publication import CHECKPOINT_PATH, path_of
from .published import PublishedLog
from .tiles import WIDTH, Edge, VerifiedTiles, list_new_tiles
from .tree import TreeHead, hash_leaf

# Whole tiles; as many entries as memory holds without being noticed: about five megabytes.
_AT_ONCE: Final = 64 * WIDTH


@dataclass(frozen=True, slots=True)
class _Signed:
    """The log's last checkpoint, and what of its tree the next run needs."""

    checkpoint: VerifiedCheckpoint
    edge: Edge
    last: tuple[bytes, ...]
    """The hashes of the last entries, up to 256: the database must hold these at every run."""


class Sequencer:
    """Signs one log, for its worker alone; whoever makes a run of it holds its `turn`."""

    def __init__(self, db: Database, data: Path, origin: str, key: SigningKey) -> None:
        verifier = VerifierKey(origin, SIGNATURE, key.public)
        self._db = db
        self._origin = origin
        self._key = key
        self._verifier = verifier
        self._public = PublicFolder(data / "public")
        self._own = OwnCheckpoint(data / "log", verifier)
        self._signed: _Signed | None = None
        self._is_whole = False
        """Whether all files that the last checkpoint names are in the public folder."""
        self._shown = b""
        """The published checkpoint, as far as we know."""
        self.published = PublishedLog(self._public, verifier)
        self.halted: CorruptStateError | None = None
        """Why nothing is signed any more until the operator has acted; None while all is well."""

    def turn(self) -> AbstractContextManager[None]:
        """Wait until no other thread or process makes a run, for the length of a block."""
        return self._own.turn()

    @property
    def checkpoint(self) -> VerifiedCheckpoint | None:
        """What the log has signed last, for its witnesses; None before a run, or if it halted."""
        return self._signed.checkpoint if self._signed and self.halted is None else None

    def has_work(self, work: Work) -> bool:
        """Return whether a run would do anything: at the start, it looks the log over."""
        if self._signed is None:
            return True
        if self._shown != with_cosignatures(work, self._signed.checkpoint).note.encode():
            return True
        size = self._signed.checkpoint.tree.size
        is_done = store.count_entries(work) == store.get_state(work).shown == size
        return not is_done or service.has_due(work)

    def require_own_past(self) -> None:
        """Require that the database continues what the log has signed: before every run.

        All of it at the start and whenever the checkpoint is not the one that this process signed,
        its last entries otherwise.

        Raises:
            CorruptStateError: it does not, or the last checkpoint is missing or damaged. From now
                on `halted` says so.

        """
        with self._halting():
            own = self._own.read()
            with self._db.read() as work:
                state = store.get_state(work)
                if own is None and state.has_begun:
                    raise CheckpointMissingError
                if own is not None and self._knows(own):
                    self._require_last(work)
                elif own is not None:
                    self._keep(self._look_over(work, own))
            if own is None:
                self._begin()
            if not state.has_begun:
                # Only once a checkpoint is there: a crash in between must not look like its loss.
                with self._db.write() as work:
                    service.require_checkpoint(work)
            if not self._is_whole:
                self._write_missing()

    def sign(self) -> int:
        """Sign every entry that has its place, and publish; return the size signed.

        `require_own_past` came before it, in the same run.

        Raises:
            LostRaceError: another process has signed meanwhile; `halted` says so.
            OSError: the disk is full or fails: the next run goes on from here.

        """
        with self._halting():
            while grown := self._plan():
                growth, last = grown
                self._public.write(growth.files)
                old = self._require_signed().checkpoint
                new = sign_checkpoint(self._origin, growth.edge.head, self._key)
                # From here on nobody can take it back: all that it names is durable.
                self._own.swap(old, new)
                self._signed = _Signed(new, growth.edge, last)
                self._publish()
                self._remove_partial(old.tree.size, new.tree.size)
        self._publish()
        return self._require_signed().checkpoint.tree.size

    def resume(self, raw: bytes) -> VerifiedCheckpoint:
        """Give the log the last checkpoint that it signed, after a backup was restored.

        Where the database has fewer entries, it is kept all the same: nothing is signed then.

        Raises:
            MalformedError, VerificationError: it is no checkpoint that this log signed.
            OlderCheckpointError: the log is known to have signed more.
            SplitViewError: the log has signed another history of the same size.
            OwnPastError: the database has other entries.

        """
        given = verify_checkpoint(parse_checkpoint(raw), [self._verifier])
        # Witnesses' signatures are not the log's: those of a stranger could not be told from them.
        given = sign_checkpoint(self._origin, given.tree, self._key)
        own = self._own.read()
        with self._db.read() as work:
            shown = store.get_state(work).shown
            if given.tree.size < shown:
                raise OlderCheckpointError(given.tree.size, shown)
            if own is not None and given.tree.size < own.tree.size:
                raise OlderCheckpointError(given.tree.size, own.tree.size)
            if own is not None and given.tree.size == own.tree.size and given.tree != own.tree:
                raise SplitViewError(own.note.encode(), given.note.encode())
            if store.count_entries(work) >= given.tree.size:
                self._look_over(work, given)
        self._own.swap(own, given)
        with self._db.write() as work:
            service.require_checkpoint(work)
        return given

    def compare(self, raw: bytes) -> int:
        """Require that the database begins with what a checkpoint signed; return how many entries.

        Raises:
            MalformedError, VerificationError: it is no checkpoint that this log signed.
            LogBehindError: the database has fewer entries.
            OwnPastError: the database has other entries.

        """
        given = verify_checkpoint(parse_checkpoint(raw), [self._verifier])
        with self._db.read() as work:
            self._look_over(work, given)
        return given.tree.size

    def require_beginning(self, work: Work, copy: VerifiedTiles) -> int:
        """Require that the database's entries are the first of a copy of this log; return how many.

        Raises:
            OwnPastError: it has others.
            LogAheadError: it has more than the copy.
            TileError: the copy does not lead to its own root.

        """
        entries = store.count_entries(work)
        if entries > copy.tree.size:
            raise LogAheadError(copy.tree.size, entries)
        require_own_past(
            TreeHead(entries, copy.root_at(entries)), entries, _grow(work, entries).head.root
        )
        return entries

    def get_own(self) -> VerifiedCheckpoint:
        """Return the last checkpoint that the log has signed.

        Raises:
            CheckpointMissingError, CheckpointDamagedError: it is not there.

        """
        own = self._own.read()
        if own is None:
            raise CheckpointMissingError
        return own

    def inspect(self) -> int | None:
        """Return how many entries are signed, or None if the log has never begun. Changes nothing.

        Raises:
            CorruptStateError: as `require_own_past`.

        """
        own = self._own.read()
        with self._db.read() as work:
            if own is not None:
                return self._look_over(work, own).checkpoint.tree.size
            if store.get_state(work).has_begun:
                raise CheckpointMissingError
        return None

    @contextmanager
    def _halting(self) -> Iterator[None]:
        """Remember what can only be put right by the operator."""
        if self.halted is not None:
            raise self.halted
        try:
            yield
        except CorruptStateError as error:
            self.halted = error
            raise

    def _require_signed(self) -> _Signed:
        if self._signed is None:
            raise RuntimeError("require_own_past comes before every run")
        return self._signed

    def _knows(self, own: VerifiedCheckpoint) -> bool:
        return self._signed is not None and own.tree == self._signed.checkpoint.tree

    def _keep(self, signed: _Signed) -> None:
        self._signed, self._is_whole = signed, False

    def _begin(self) -> None:
        """Sign the empty tree: from now on there is a last checkpoint.

        Raises:
            CheckpointMissingError: what is published says that the log has signed before.

        """
        if self._find_published(MAX_SIZE):
            raise CheckpointMissingError
        empty = sign_checkpoint(self._origin, Edge().head, self._key)
        self._own.swap(None, empty)
        self._keep(_Signed(empty, Edge(), ()))

    def _require_last(self, work: Work) -> None:
        signed = self._require_signed()
        size = signed.checkpoint.tree.size
        if (entries := store.count_entries(work)) < size:
            raise LogBehindError(entries, size)
        if _hashes(work, size - len(signed.last), size) != signed.last:
            raise OwnPastError(size)

    def _look_over(self, work: Work, own: VerifiedCheckpoint) -> _Signed:
        """Make the tree anew from the database, and require that it is the one signed."""
        size = own.tree.size
        if (entries := store.count_entries(work)) < size:
            raise LogBehindError(entries, size)
        edge = _grow(work, size)
        require_own_past(own.tree, entries, edge.head.root)
        return _Signed(own, edge, _hashes(work, max(size - WIDTH, 0), size))

    def _plan(self) -> tuple[Growth, tuple[bytes, ...]] | None:
        """Return what the next entries add, and the hashes of the last ones; None without any."""
        signed = self._require_signed()
        size, edge = signed.checkpoint.tree.size, signed.edge
        open_leaves = len(edge.rows[0]) if edge.rows else 0
        with self._db.read() as work:
            entries = store.list_entries(work, size - open_leaves, size + _AT_ONCE)
        leaves = [entry.leaf for entry in entries]
        if len(leaves) == open_leaves:
            return None
        growth = plan_growth(edge, leaves[:open_leaves], leaves[open_leaves:])
        last = (*signed.last, *map(hash_leaf, leaves[open_leaves:][-WIDTH:]))
        return growth, last[-WIDTH:]

    def _write_missing(self) -> None:
        """Write the files that a crash, an older version or an operator left out."""
        checkpoint = self._require_signed().checkpoint
        size, edge = checkpoint.tree.size, Edge()
        there = self._find_published(size)
        while edge.size < size > there:
            with self._db.read() as work:
                leaves = _leaves(work, edge.size, min(edge.size + _AT_ONCE, size))
            growth = plan_growth(edge, (), leaves)
            # The bundle that was open then may have grown since.
            if growth.edge.size > there // WIDTH * WIDTH:
                self._public.write(growth.files)
            edge = growth.edge
        self._publish()
        self._is_whole = True

    def _find_published(self, size: int) -> int:
        """Return of how many entries, up to a size, all files are in the public folder."""
        try:
            raw = self._public.read(CHECKPOINT_PATH)
            there = verify_checkpoint(parse_checkpoint(raw), [self._verifier])
        except AppError:
            return 0
        self._shown = raw
        return min(there.tree.size, size)

    def _publish(self) -> None:
        with self._db.read() as work:
            raw = with_cosignatures(work, self._require_signed().checkpoint).note.encode()
        if raw != self._shown:
            # Not worth a sync: the next start compares it with the log's own.
            self._public.replace(CHECKPOINT_PATH, raw)
            self._shown = raw

    def _remove_partial(self, old: int, new: int) -> None:
        """Remove the partial tiles whose full one has been there for a whole tile (tlog-tiles).

        Readers of an older checkpoint find all that they need in the full tile.
        """
        for tile in list_new_tiles(old, new):
            if tile.width == WIDTH and tile.index:
                self._public.remove(f"{path_of(replace(tile, index=tile.index - 1))}.p")


def _grow(work: Work, size: int) -> Edge:
    """Return the tree of the database's first entries."""
    edge = Edge()
    while edge.size < size:
        edge, _ = edge.grow(_hashes(work, edge.size, min(edge.size + _AT_ONCE, size)))
    return edge


def _leaves(work: Work, start: int, end: int) -> list[bytes]:
    """Return entries that must all be there."""
    entries = store.list_entries(work, start, end)
    if len(entries) != end - start:
        raise MissingEntryError
    return [entry.leaf for entry in entries]


def _hashes(work: Work, start: int, end: int) -> tuple[bytes, ...]:
    return tuple(map(hash_leaf, _leaves(work, start, end)))
