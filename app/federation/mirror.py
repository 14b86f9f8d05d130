"""Copying an instance as static files, and keeping up with it.

Nothing is believed and nothing is put in place before it was verified; what is written is what was
verified, never what was received. The order of a run:

1. Records, receipts, tables of results and tiles, each a file that may be there already: a run
   that was cut off finds its own.
2. What was erased or hidden upstream is taken away; what a desk gave back is copied again.
3. The disk is asked to keep all of it; then card, page and, last, the checkpoint. A crash before
   leaves the old checkpoint, under which everything is still there.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256

from app.crypto.notes import MAX_NOTE_BYTES
from app.kernel import strict_json
from app.records import VerifiedRecord, parse_record, verify_record
from app.records.codec import MAX_RECORD_BYTES
from app.records.model import REASONS
from app.tlog.errors import SplitViewError
from app.tlog.policies import Policy
from app.tlog.publication import CHECKPOINT_PATH, path_of
from app.tlog.tiles import (
    ENTRIES,
    HEIGHT,
    Tile,
    encode_bundle,
    list_new_tiles,
)
from app.tlog.tree import Node

from .desks import DeskActs
from .erasures import Entry, Erasures, judge, names_post
from .errors import (
    ErasuresPendingError,
    ForeignErasureError,
    OtherInstanceError,
    WithheldError,
)
from .folders import (
    CARD_PATH,
    RECORDS,
    Folder,
    Source,
    path_of_receipt,
    path_of_record,
    path_of_table,
)
from .monitor import Progress, Shown, look, read_card, require_same_history, silent, walk
from .receipts import fetch_receipts
from .tables import fetch_tables
from .waiting import Waiting

_digest = re.compile("[0-9a-f]{64}")
# In a record's bytes a quotation mark inside a text stands behind a backslash.
_OF_DESKS = (REASONS.encode(), b'"type":"Offer"')
_ids = re.compile(rb'"(?:id|object)":"(ap://[^"\\]+)"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a run did."""

    shown: Shown
    records: int
    """How many it put in place."""
    removed: int
    """How many it took away, because they were erased or hidden."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """Where a mirror copies from: records that its folder has already are not asked for again.

    Tiles are: those here are of the log that was copied before, and another log must be seen as
    such, and not as a damaged copy of that one.
    """

    folder: Folder
    source: Source

    def read(self, path: str, most: int) -> bytes | None:
        """Return a file of the source."""
        return self.source.read(path, most)

    def read_many(self, paths: Sequence[str], most: int) -> Iterator[bytes | None]:
        """Return several files; what is not here is asked for together."""
        held = [self.folder.read(path, most) for path in paths]
        known = {
            path: raw
            for path, raw in zip(paths, held, strict=True)
            if raw is not None and _is_whole(path, raw)
        }
        missing = [path for path in paths if path not in known]
        fetched = dict(zip(missing, self.source.read_many(missing, most), strict=True))
        return (known[path] if path in known else fetched[path] for path in paths)

    def is_gone(self, path: str) -> bool:
        """Whether the source says that something was erased."""
        return self.source.is_gone(path)


def keep_up(  # noqa: PLR0913 (each says what one kind of copy wants)
    folder: Folder,
    source: Source,
    make_pages: Callable[[Shown], Mapping[str, bytes]],
    *,
    settle: Callable[[], None],
    waiting: Waiting | None = None,
    policy: Policy | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> Copied:
    """Bring a mirror up to date; `everything` asks for all of it again, also for what is here.

    `make_pages` returns the files that a reader of the mirror sees. `settle` returns when the disk
    keeps what was written. With a memory for what is `waiting` it goes on without what the log does
    not account for yet: anybody could keep a partner from reading else.

    Raises:
        OtherInstanceError: the folder mirrors another instance.
        SplitViewError, ShrunkLogError: the log is not the one that was copied before. The evidence
            of a split view is in the folder then.
        ForeignErasureError, WithheldError: something is missing, and its author did not erase it.
        ErasuresPendingError: something may have been erased just now; only without that memory.
        MalformedError, VerificationError: see `monitor`.

    """
    upstream: Source = source if everything else Upstream(folder=folder, source=source)
    shown = look(source, policy)
    card, before = _newest_card(folder, shown), _require_same_history(folder, shown)
    start, copied = 0 if everything else before, 0

    def copy(start: int) -> Erasures:
        nonlocal copied
        gone = waiting.kinds() if waiting and start else {}
        erasures = Erasures(gone=gone, desks=DeskActs(host=card.signer))
        with progress(shown.checkpoint.tree.size - start) as advance:
            for entries in walk(upstream, shown, start):
                copied += _put_bundle(folder, shown, entries)
                _put_beside(folder, upstream, entries, card.signer)
                for entry in entries:
                    erasures.add(entry)
                advance(len(entries))
        if start and erasures.desks.has_acts:
            _recall_desks(folder, erasures.desks)
        return erasures

    is_gone = partial(_is_gone, source, waiting)
    erasures = judge(copy, start, is_gone)
    if start and erasures.desks.gives_back:
        # What was taken away here is asked for again.
        erasures = judge(copy, 0, is_gone)
    _require_accounted(folder, erasures, waiting)
    _put_tiles(folder, shown, start)
    removed = _remove_erased(folder, source, erasures)
    if copied or removed or shown.checkpoint.tree.size > start:
        settle()
    last = {CARD_PATH: card.raw, CHECKPOINT_PATH: shown.checkpoint.note.encode()}
    for path, content in {**make_pages(shown), **last}.items():
        folder.write(path, content)
    return Copied(shown=shown, records=copied, removed=removed)


def _is_gone(source: Source, waiting: Waiting | None, digest: bytes) -> bool:
    may_wait = waiting is None or waiting.may_wait(digest)
    return may_wait and source.is_gone(path_of_record(digest))


def _require_accounted(folder: Folder, erasures: Erasures, waiting: Waiting | None) -> None:
    """Require that the log accounts for what is missing, or remember what it is to account for."""
    if waiting is not None:
        waiting.keep(folder, erasures)
    elif erasures.pending:
        raise ErasuresPendingError(len(erasures.pending))


def _require_same_history(folder: Folder, shown: Shown) -> int:
    """Require that the log continues the one that was copied before; return its size then.

    Raises:
        SplitViewError, ShrunkLogError: it does not. The evidence of a split view is kept here.

    """
    try:
        return require_same_history(shown, folder.read(CHECKPOINT_PATH, MAX_NOTE_BYTES))
    except SplitViewError as error:
        evidence = b"\n".join(error.evidence)
        folder.write(f"split-view-{sha256(evidence).hexdigest()[:16]}.txt", evidence)
        raise


def _newest_card(folder: Folder, shown: Shown) -> VerifiedRecord:
    """Return the instance's card, or the one that is here if a cache showed an older one.

    Raises:
        OtherInstanceError: the folder has another instance's.

    """
    if folder.read(CARD_PATH, MAX_RECORD_BYTES) is None:
        return shown.card
    held = read_card(folder)
    if held.signer != shown.card.signer:
        raise OtherInstanceError
    return max(held, shown.card, key=lambda card: int(card.document["urn:goftogu:sequence"]))


def _put_bundle(folder: Folder, shown: Shown, entries: Sequence[Entry]) -> int:
    """Put the records of a bundle in place, then the bundle; return how many records were new."""
    copied = 0
    for entry in entries:
        path = path_of_record(entry.digest)
        if entry.record and folder.read(path, MAX_RECORD_BYTES) != entry.record.raw:
            folder.write(path, entry.record.raw)
            copied += 1
    index = entries[0].index >> HEIGHT
    leaves = shown.tiles.read_entries(index)
    folder.write(path_of(Tile(ENTRIES, index, len(leaves))), encode_bundle(leaves))
    return copied


def _put_beside(folder: Folder, source: Source, entries: Sequence[Entry], host: str) -> None:
    """Put receipts in place, and the tables of results that records name."""
    for entry, receipt in fetch_receipts(source, entries, host):
        folder.write(path_of_receipt(entry.digest), receipt)
    for entry, table in fetch_tables(source, entries, host):
        folder.write(path_of_table(entry.digest), table)


def _put_tiles(folder: Folder, shown: Shown, start: int) -> None:
    """Write the tiles of hashes that a tree of `start` entries lacks."""
    for tile in list_new_tiles(start, shown.tiles.tree.size):
        if tile.level != ENTRIES:
            first = tile.index << HEIGHT
            nodes = (Node(HEIGHT * tile.level, first + place) for place in range(tile.width))
            folder.write(path_of(tile), b"".join(map(shown.tiles.read_node, nodes)))


def _recall_desks(folder: Folder, desks: DeskActs) -> None:
    """Look at what desks did before: all of that is here."""
    for name in filter(_digest.fullmatch, folder.list_names(RECORDS)):
        raw = folder.read(f"{RECORDS}/{name}", MAX_RECORD_BYTES)
        if raw is not None and any(mark in raw for mark in _OF_DESKS):
            desks.add(verify_record(parse_record(raw)))


def _remove_erased(folder: Folder, source: Source, erasures: Erasures) -> int:
    """Take away every version of what was erased or hidden, and the cards of erased personas.

    Raises:
        ForeignErasureError: an erasure names a post of ours that it is not the erasure of.
        WithheldError: the source no longer has a record of ours, and its author did not erase it.

    """
    for erased, named in erasures.objects.items():
        held = folder.read(path_of_record(named), MAX_RECORD_BYTES)
        if held is not None and not names_post(strict_json.decode(held), erased):
            raise ForeignErasureError(named)
    names = [digest.hex() for digest in erasures.gone]
    # An erasure names one version. The others are found by the id that all of them hold.
    if erasures.objects or erasures.revoked:
        names += filter(_digest.fullmatch, folder.list_names(RECORDS))
    removed = []
    for name in dict.fromkeys(names):
        path = f"{RECORDS}/{name}"
        raw = folder.read(path, MAX_RECORD_BYTES)
        ask = partial(source.read, path, MAX_RECORD_BYTES)
        if raw is not None and _is_erased(raw, erasures, ask):
            removed.append(path)
        elif raw is not None and bytes.fromhex(name) in erasures.gone:
            raise WithheldError([bytes.fromhex(name)])
    for path in removed:
        folder.remove(path)
    return len(removed)


def _is_erased(raw: bytes, erasures: Erasures, ask: Callable[[], bytes | None]) -> bool:
    """Whether a record of ours was erased; a persona's older cards are asked for."""
    if b'"type":"Person"' not in raw:
        found = (match.decode() for match in _ids.findall(raw))
        return any(map(erasures.objects.__contains__, found)) and erasures.explain(
            strict_json.decode(raw)
        )
    # Who revokes all keys has not erased its name by that.
    return bool(erasures.revoked) and erasures.explain(strict_json.decode(raw)) and ask() is None


def _is_whole(path: str, raw: bytes) -> bool:
    """Whether a file that a crash may have cut off is all there; this verifies nothing."""
    if path.startswith(RECORDS):
        return sha256(raw).hexdigest() == path.rpartition("/")[2]
    return raw.endswith(b"}")
