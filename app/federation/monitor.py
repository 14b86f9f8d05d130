"""Walking a log: from any source, believing none of it.

    look  ─► the card, the checkpoint, the right edge of the tree
    require_same_history  ─► nothing that was seen before has changed
    walk  ─► every entry with its record, verified, 256 at a time
    Erasures.require_lawful  ─► what is missing was erased by its author, or taken by a desk

Memory holds a bundle and its records, whatever the log's size.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Final, TypeAlias

from app.crypto.note_keys import SIGNATURE, VerifierKey, parse_verifier_key
from app.crypto.notes import MAX_NOTE_BYTES
from app.kernel.errors import AppError, MalformedError, VerificationError
from app.records import VerifiedRecord, parse_record, verify_record
from app.records.codec import MAX_RECORD_BYTES, decode_leaf, encode_leaf
from app.tlog.checkpoints import (
    VerifiedCheckpoint,
    parse_checkpoint,
    require_same_past,
    verify_checkpoint,
)
from app.tlog.errors import ShrunkLogError
from app.tlog.policies import Policy, verify_by_policy
from app.tlog.publication import CHECKPOINT_PATH, path_of
from app.tlog.tiles import ENTRIES, WIDTH, Tile, VerifiedTiles
from app.tlog.tree import HASH_BYTES

from .desks import KINDS, DeskActs
from .erasures import MOST_DAYS, Entry, Erasures, judge
from .errors import MissingFileError, NewerRecordError, RecordDiffersError
from .folders import CARD_PATH, Source, path_of_record
from .tables import require_tables

# An entry of ours has some 120 bytes.
_MAX_BUNDLE_BYTES: Final = WIDTH * WIDTH

Progress: TypeAlias = Callable[[int], AbstractContextManager[Callable[[int], None]]]
"""Given how many entries there are to walk, returns a block that hears how many more are done."""


def silent(_total: int) -> AbstractContextManager[Callable[[int], None]]:
    """Show no progress."""
    return nullcontext(lambda _count: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a source shows now of an instance, verified. Made by `look` only."""

    card: VerifiedRecord
    key: VerifierKey
    """The log's, from the card."""
    checkpoint: VerifiedCheckpoint
    tiles: VerifiedTiles


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What is remembered of a log that verified."""

    checkpoint: bytes | None = None
    """As it was signed; None before the first walk."""
    pending: Mapping[bytes, tuple[str, date]] = field(default_factory=dict)
    """Records that the host called erased and the log did not account for: type, and since when."""
    heard: tuple[bytes, ...] = ()
    """Checkpoints that came alone, as in bundles: signed, and not walked up to yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A log that was walked, with everything in it."""

    shown: Shown
    start: int
    """Entries before this one were not looked at again: they were verified earlier."""
    erasures: Erasures
    seen: Seen
    """To be remembered."""


def verify_log(
    source: Source,
    remembered: Callable[[str], Seen | None],
    today: date,
    *,
    policy: Policy | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> Verified:
    """Verify what a source shows of an instance; `remembered` returns what was seen of an origin.

    Raises:
        MalformedError, VerificationError: something does not hold, each with its own sentence.

    """
    shown = look(source, policy)
    seen = remembered(shown.checkpoint.origin)
    seen = seen or Seen()
    before = require_same_history(shown, seen.checkpoint)
    for checkpoint in seen.heard:
        require_same_history(shown, checkpoint)
    earlier = seen.pending
    start = 0 if everything else before

    def walk_from(start: int) -> Erasures:
        # What was missing before is looked at again where everything is.
        gone = {digest: kind for digest, (kind, _) in earlier.items()} if start else {}
        erasures = Erasures(gone=gone, desks=DeskActs(host=shown.card.signer, today=today))
        with progress(shown.checkpoint.tree.size - start) as advance:
            for entries in walk(source, shown, start):
                for entry in entries:
                    erasures.add(entry)
                require_tables(source, entries, shown.card.signer)
                advance(len(entries))
        return erasures

    def since(digest: bytes) -> date:
        return earlier[digest][1] if digest in earlier else today

    def may_wait(digest: bytes) -> bool:
        is_fresh = today - since(digest) <= timedelta(days=MOST_DAYS)
        return is_fresh and source.is_gone(path_of_record(digest))

    def look_back(desks: DeskActs) -> None:
        for entries in walk(source, shown, 0, start, kinds=KINDS):
            for record in filter(None, (entry.record for entry in entries)):
                desks.add(record)

    erasures = judge(walk_from, start, may_wait, look_back)
    pending = {digest: (erasures.gone[digest], since(digest)) for digest in erasures.pending}
    seen = Seen(checkpoint=shown.checkpoint.note.encode(), pending=pending)
    return Verified(shown=shown, start=start, erasures=erasures, seen=seen)


def look(source: Source, policy: Policy | None = None) -> Shown:
    """Read and verify the card, the checkpoint and the right edge of the tree.

    Raises:
        MissingFileError: one of them is not there.
        MalformedError, VerificationError: one of them does not hold, each with its own sentence.

    """
    card = read_card(source)
    key = log_key_of(card)
    claimed = parse_checkpoint(_require(source, CHECKPOINT_PATH, MAX_NOTE_BYTES))
    checkpoint = verify_checkpoint(claimed, [key])
    if policy is not None:
        verify_by_policy(claimed, policy)

    def read(tile: Tile) -> bytes:
        most = _MAX_BUNDLE_BYTES if tile.level == ENTRIES else tile.width * HASH_BYTES
        return _require(source, path_of(tile), most)

    return Shown(
        card=card, key=key, checkpoint=checkpoint, tiles=VerifiedTiles(checkpoint.tree, read)
    )


def read_card(source: Source) -> VerifiedRecord:
    """Read and verify an instance's card.

    Raises:
        MissingFileError: it is not there.
        MalformedError, VerificationError: it is something else, or does not hold.

    """
    card = verify_record(parse_record(_require(source, CARD_PATH, MAX_RECORD_BYTES)))
    if card.type != "Application":
        raise MalformedError("the card is a record of another type: no instance signed it")
    return card


def log_key_of(card: VerifiedRecord) -> VerifierKey:
    """Return the key of the log that an instance's card names.

    Raises:
        MalformedError: it is no key of a log, or of another one.

    """
    key = parse_verifier_key(card.document["urn:goftogu:logKey"])
    if key.algorithm != SIGNATURE or key.name != card.document["urn:goftogu:logOrigin"]:
        raise MalformedError("the card's log key is not of the log that the card names")
    return key


def require_same_history(shown: Shown, seen: bytes | None) -> int:
    """Require that a log continues the checkpoint that was seen of it; return its size then.

    Raises:
        MalformedError, VerificationError: what was remembered is damaged, or of another key.
        ShrunkLogError, SplitViewError: the log shows less, or something else.
        TileError: the tiles do not lead to the root.

    """
    if seen is None:
        return 0
    before = verify_checkpoint(parse_checkpoint(seen), [shown.key])
    if before.tree.size > shown.checkpoint.tree.size:
        raise ShrunkLogError(before.tree.size, shown.checkpoint.tree.size)
    root_then = shown.tiles.root_at(before.tree.size)
    require_same_past(before, shown.checkpoint, root_then)
    return before.tree.size


def require_no_other(checkpoint: bytes, seen: Seen, key: VerifierKey) -> None:
    """Require that a checkpoint that came alone contradicts none that was seen of its log.

    Two of the same size can; of others only a walk along the log shows whether they fit together.

    Raises:
        MalformedError, VerificationError: one of them is damaged, or of another key.
        SplitViewError: the log signed two histories.

    """
    later = verify_checkpoint(parse_checkpoint(checkpoint), [key])
    for raw in filter(None, (seen.checkpoint, *seen.heard)):
        before = verify_checkpoint(parse_checkpoint(raw), [key])
        if before.tree.size == later.tree.size:
            require_same_past(before, later, later.tree.root)


def walk(
    source: Source,
    shown: Shown,
    start: int,
    end: int | None = None,
    *,
    kinds: Collection[str] | None = None,
) -> Iterator[list[Entry]]:
    """Yield the entries from a place on, bundle by bundle, each with its verified record.

    `kinds` are the types of those that are looked at: all, if none are named.

    Raises:
        MissingFileError, TileError: a tile or a bundle is not there, or not the log's.
        MalformedError: an entry is none of ours.
        RecordDiffersError: a record is not the one that its entry names, or does not hold.
        NewerRecordError: it is the one, and this version does not know its form.

    """
    size = shown.checkpoint.tree.size if end is None else end
    for bundle in range(start // WIDTH, -(-size // WIDTH) if start < size else 0):
        first = bundle * WIDTH
        leaves = shown.tiles.read_entries(bundle)
        skipped = max(start - first, 0)
        named = [
            (first + place, digest, kind)
            for place, (digest, kind) in enumerate(map(_parse_leaf, leaves))
            if skipped <= place < size - first and (kinds is None or kind in kinds)
        ]
        paths = [path_of_record(digest) for _, digest, _ in named]
        raws = source.read_many(paths, MAX_RECORD_BYTES)
        yield [
            Entry(index=index, digest=digest, kind=kind, record=_verify(index, digest, kind, raw))
            for (index, digest, kind), raw in zip(named, raws, strict=True)
        ]


def list_digests(shown: Shown) -> Iterator[bytes]:
    """Yield the digest that each entry of a log names, without its record.

    Raises:
        MissingFileError, TileError, MalformedError: see `walk`.

    """
    for bundle in range(-(-shown.checkpoint.tree.size // WIDTH)):
        for leaf in shown.tiles.read_entries(bundle):
            yield _parse_leaf(leaf)[0]


def _verify(index: int, digest: bytes, kind: str, raw: bytes | None) -> VerifiedRecord | None:
    if raw is None:
        return None
    if sha256(raw).digest() != digest:
        raise RecordDiffersError(digest, index, "another record")
    try:
        record = verify_record(parse_record(raw))
    except MalformedError as error:
        # A forged one is another record, or fails by its signature.
        raise NewerRecordError(digest, index) from error
    except AppError as error:
        is_logged = isinstance(error, VerificationError)
        raise RecordDiffersError(digest, index, str(error), is_logged=is_logged) from error
    if record.type != kind:
        raise RecordDiffersError(digest, index, "a record of another type", is_logged=True)
    return record


def _parse_leaf(leaf: bytes) -> tuple[bytes, str]:
    try:
        digest, kind = decode_leaf(leaf)
    except ValueError as error:
        raise MalformedError("an entry of the log names no digest") from error
    if encode_leaf(digest, kind) != leaf:
        raise MalformedError("an entry of the log is not in its one form")
    return digest, kind


def _require(source: Source, path: str, most: int) -> bytes:
    raw = source.read(path, most)
    if raw is None:
        raise MissingFileError(path)
    return raw
