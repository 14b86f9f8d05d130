"""The way back after an older backup: what the log has signed since comes from a copy of it.

A log that has signed more than its database holds may never sign again, or it would sign a second
history. The copy is believed as little as any other: entries count once they lead to the root that
the log itself has signed, records once they are those that the entries name, and each goes to the
owner of its type again. All of it is one transaction: whatever does not hold, or a crash, leaves
the database as it was.

The log names records in the order of its ticks, which shuffle, and not in that of their acceptance.
So what is refused waits for those after it, and what was true then and is not now (a board that
took posts, a key in use) is no reason to refuse (`Work.logged`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from app import forum, records, tlog
from app.crypto.note_keys import VerifierKey
from app.db import Work
from app.kernel.clock import HOUR_S, Instant, round_up
from app.kernel.errors import AppError
from app.records import Door, VerifiedRecord
from app.records.codec import MAX_RECORD_BYTES, encode_leaf
from app.tlog.checkpoints import VerifiedCheckpoint
from app.tlog.errors import LogAheadError

from .desks import DeskActs
from .erasures import Entry, Erasures, judge
from .errors import OtherInstanceError
from .folders import Source, path_of_record
from .monitor import Progress, Shown, look, require_same_history, silent, walk
from .receipts import fetch_receipts, include_by_of

_TAKE_AWAY: Final = {"Delete", "Delete/desk", "Remove"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refetched:
    """What came back."""

    checkpoint: VerifiedCheckpoint
    """The newest that the log is known to have signed: the log's own, or the copy's."""
    entries: int
    erased: int
    """Records among them that are erased, and stay so."""
    refused: int
    """Records among them that are kept and cannot be shown."""


def look_at_copy(source: Source, own: VerifiedCheckpoint, key: VerifierKey) -> Shown:
    """Read what a source shows of our own log, and require that it continues our last checkpoint.

    Raises:
        OtherInstanceError: it is another log.
        LogAheadError: it is older than that checkpoint.
        SplitViewError: our key has signed two histories.
        MalformedError, VerificationError: see `monitor.look`.

    """
    shown = look(source)
    if shown.key != key:
        raise OtherInstanceError
    if shown.checkpoint.tree.size < own.tree.size:
        raise LogAheadError(shown.checkpoint.tree.size, own.tree.size)
    require_same_history(shown, own.note.encode())
    return shown


def refetch(
    work: Work,
    door: Door,
    source: Source,
    shown: Shown,
    start: int,
    erase_again: Callable[[Work, list[bytes]], int],
    progress: Progress = silent,
) -> Refetched:
    """Bring back all entries of a copy from a place on, with what they did.

    `shown` was looked at by `look_at_copy`, and the first `start` entries are those of the database
    (`Sequencer.require_beginning`).

    Raises:
        MalformedError, VerificationError: something of the copy does not hold; see `monitor`.

    """
    replay = _Replay(work, door)

    def walk_from(first: int) -> Erasures:
        erasures = Erasures(desks=DeskActs(host=shown.card.signer))
        with progress(shown.checkpoint.tree.size - first) as advance:
            for entries in walk(source, shown, first):
                for entry in entries:
                    erasures.add(entry)
                if first == start:
                    replay.take(entries, _promises(source, entries, door, work))
                advance(len(entries))
        return erasures

    erasures = judge(walk_from, start, lambda digest: source.is_gone(path_of_record(digest)))
    replay.finish()
    # What a desk hid is missing from the copy as well: here it is, and can come back.
    hidden = records.list_withheld(work, erasures.gone)
    erased = [digest for digest in erasures.gone if digest not in hidden]
    erase_again(work, [*erased, *_list_erased_cards(work, source, erasures)])
    return Refetched(
        checkpoint=shown.checkpoint,
        entries=shown.checkpoint.tree.size - start,
        erased=len(erased),
        refused=replay.refused,
    )


@dataclass(slots=True)
class _Replay:
    """Entries on their way back, in the order of the log."""

    work: Work
    door: Door
    refused: int = 0
    _end: int = 0
    _waiting: dict[int, tuple[VerifiedRecord, Instant]] = field(default_factory=dict)
    """Records that nobody has taken in yet, by their places."""
    _idle: set[int] = field(default_factory=set)
    """Places whose entries do nothing, as of a record that is gone."""
    _gone: set[bytes] = field(default_factory=set)
    _erasures: dict[str, VerifiedRecord] = field(default_factory=dict)
    """Of posts that are gone, by the posts' ids: what erased or hid each."""

    def take(self, entries: Sequence[Entry], promised: dict[bytes, Instant]) -> None:
        """Put entries back, and do what they did, as far as that can be done yet."""
        self._end = entries[-1].index + 1
        leaves = [(entry.index, encode_leaf(entry.digest, entry.kind)) for entry in entries]
        tlog.put_back(
            self.work, [tlog.IntegratedEntry(index=index, leaf=leaf) for index, leaf in leaves]
        )
        self.work.logged.update(entry.digest for entry in entries)
        for entry in entries:
            include_by = promised[entry.digest]
            if entry.record is None:
                self._gone.add(entry.digest)
                if records.keep_erased(self.work, entry.digest, entry.kind, include_by):
                    self._idle.add(entry.index)
            else:
                self._waiting[entry.index] = (entry.record, include_by)
        self._settle()

    def finish(self) -> None:
        """Keep what nobody takes in as it is: it stays in the log, and is not shown."""
        while self._waiting:
            index = min(self._waiting)
            records.keep_bytes(self.work, *self._waiting.pop(index))
            self._show(index)
            tlog.set_aside(self.work, index)
            self.refused += 1
            self._settle()

    def _settle(self) -> None:
        """Take in what can be, and show what stands before the rest, until nothing more can be."""
        while True:
            self._show(min(self._waiting, default=self._end))
            taken = [place for place, came in self._waiting.items() if self._is_taken(place, *came)]
            if not taken:
                return
            for place in taken:
                del self._waiting[place]

    def _is_taken(self, index: int, record: VerifiedRecord, include_by: Instant) -> bool:
        try:
            self.door.take_back(self.work, record, include_by)
        except AppError:
            return self._is_about_gone(index, record, include_by)
        return True

    def _is_about_gone(self, index: int, record: VerifiedRecord, include_by: Instant) -> bool:
        """Take in what takes away or answers a post that the copy lacks and that was never here."""
        if record.type in _TAKE_AWAY:
            digest, post = forum.taken_away(record)
            if digest in self._gone:
                records.keep_bytes(self.work, record, include_by)
                self._idle.add(index)
                self._erasures[post] = record
                return True
        erasure = self._erasures.pop(record.document.get("inReplyTo", ""), None)
        if erasure is None:
            return False
        try:
            with self.work.attempt():
                forum.place_erased(self.work, erasure)
        except AppError:
            return False
        return self._is_taken(index, record, include_by)

    def _show(self, size: int) -> None:
        """Show what the entries below a size did, but of those that do nothing."""
        for index in sorted(place for place in self._idle if place < size):
            self.door.show(self.work, index)
            tlog.set_shown(self.work, index + 1)
            self._idle.discard(index)
        self.door.show(self.work, size)


def _promises(
    source: Source, entries: Sequence[Entry], door: Door, work: Work
) -> dict[bytes, Instant]:
    """Return by when each record was to be logged: as promised, or now where no receipt is left."""
    soon = round_up(work.now, HOUR_S)
    found = fetch_receipts(source, entries, door.instance_did)
    return dict.fromkeys((entry.digest for entry in entries), soon) | {
        entry.digest: include_by_of(raw) for entry, raw in found
    }


def _list_erased_cards(work: Work, source: Source, erasures: Erasures) -> list[bytes]:
    """Return the cards here of personas that erased themselves since: the copy lacks them."""
    return [
        digest
        for root in sorted(erasures.revoked)
        for digest, _ in records.list_by_signers(work, [root], "Person")
        if source.read(path_of_record(digest), MAX_RECORD_BYTES) is None
    ]
