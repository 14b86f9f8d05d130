"""Checkpoints: what the log's key signs (C2SP tlog-checkpoint), and comparing two of them.

    bytes ─parse─► UnverifiedCheckpoint ─verify─► VerifiedCheckpoint

The log's key has the log's origin as its name: whoever knows the key knows which log it speaks for.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from app.crypto.ed25519 import SigningKey
from app.crypto.note_keys import VerifierKey
from app.crypto.notes import NoteSignature, UnverifiedNote, parse_note, sign_note, verify_note
from app.kernel.errors import MalformedError, VerificationError

from .codec import encode_hash, parse_hash, parse_size
from .errors import (
    BadSignatureError,
    ShrunkLogError,
    SplitViewError,
    TruncatedCheckpointError,
    WrongKeyError,
    WrongOriginError,
)
from .tree import TreeHead, verify_consistency


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedCheckpoint:
    """A note that parses as a checkpoint. Nothing in it may be believed yet."""

    note: UnverifiedNote
    origin: str
    tree: TreeHead
    extensions: tuple[str, ...] = ()
    """Lines after the root. Ours has none, and nothing here gives them a meaning."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCheckpoint:
    """A checkpoint that the log's key signed.

    Made by `verify_checkpoint` and `sign_checkpoint` only. Its note may hold other signatures:
    those say nothing before `cosignatures` or `policies` verified them.
    """

    note: UnverifiedNote
    origin: str
    tree: TreeHead
    extensions: tuple[str, ...] = ()


def encode_body(origin: str, tree: TreeHead) -> str:
    """Return the text of a checkpoint, which its signatures cover."""
    return f"{origin}\n{tree.size}\n{encode_hash(tree.root)}\n"


def parse_checkpoint(raw: bytes) -> UnverifiedCheckpoint:
    """Read a checkpoint.

    Raises:
        TruncatedCheckpointError: it has no end.
        MalformedError: something else than a checkpoint.
        TooLargeError: see `parse_note`.

    """
    # Every beginning of a checkpoint lacks a line's end, the empty line, or what follows it.
    if not raw.endswith(b"\n") or b"\n\n" not in raw or raw.endswith(b"\n\n"):
        raise TruncatedCheckpointError
    note = parse_note(raw)
    *lines, _ = note.text.split("\n")
    if len(lines) < 3:
        raise MalformedError("a checkpoint has an origin, a size and a root hash")
    origin, size, root, *extensions = lines
    if not origin or not all(extensions):
        raise MalformedError("a checkpoint has an empty line")
    return UnverifiedCheckpoint(
        note=note,
        origin=origin,
        tree=TreeHead(parse_size(size), parse_hash(root)),
        extensions=tuple(extensions),
    )


def sign_checkpoint(origin: str, tree: TreeHead, key: SigningKey) -> VerifiedCheckpoint:
    """Return a new checkpoint of one's own log.

    Who calls has made sure that the tree is an extension of every tree signed before: two
    histories under one key can never be explained away.
    """
    text = encode_body(origin, tree)
    note = UnverifiedNote(text, (sign_note(text, origin, key),))
    return VerifiedCheckpoint(note=note, origin=origin, tree=tree)


def verify_checkpoint(
    claimed: UnverifiedCheckpoint, keys: Collection[VerifierKey]
) -> VerifiedCheckpoint:
    """Verify that one of these keys, of one log or of several, signed a checkpoint of its log.

    1. One of the keys is named by the checkpoint's origin.
    2. Every signature that names such a key holds.
    3. There is at least one.

    Raises:
        WrongOriginError: it is of a log that none of the keys is for.
        BadSignatureError: a signature of such a key does not hold.
        WrongKeyError: none of them signed it.

    """
    named = [key for key in keys if key.name == claimed.origin]
    if not named:
        raise WrongOriginError(claimed.origin)
    signed: list[NoteSignature] = []
    for key in named:
        try:
            signed += verify_note(claimed.note, key)
        except VerificationError as error:
            raise BadSignatureError(key.name) from error
    if not signed:
        raise WrongKeyError
    return VerifiedCheckpoint(
        note=claimed.note, origin=claimed.origin, tree=claimed.tree, extensions=claimed.extensions
    )


def verify_growth(
    seen: VerifiedCheckpoint, later: VerifiedCheckpoint, path: Sequence[bytes]
) -> None:
    """Verify by a consistency proof that a checkpoint continues one that was seen before.

    Raises:
        WrongOriginError: they are of two logs.
        ShrunkLogError: the log has fewer entries than before.
        SplitViewError: as many entries, but others. Both checkpoints together prove it.
        ConsistencyError: the proof does not show it. That proves nothing against the log: whoever
            sent the proof may have damaged it.

    """
    _require_order(seen, later)
    verify_consistency(seen.tree, later.tree, path)


def require_same_past(
    seen: VerifiedCheckpoint, later: VerifiedCheckpoint, root_then: bytes
) -> None:
    """Require that a checkpoint continues one that was seen before, given the later tree itself.

    `root_then` is the root that the later tree had at the earlier size (`VerifiedTiles.root_at`).
    That tree is what the log signed, so that another root is the log's doing.

    Raises:
        WrongOriginError, ShrunkLogError: as `verify_growth`.
        SplitViewError: the log signed another past than before.

    """
    _require_order(seen, later)
    if root_then != seen.tree.root:
        raise SplitViewError(seen.note.encode(), later.note.encode())


def _require_order(seen: VerifiedCheckpoint, later: VerifiedCheckpoint) -> None:
    if seen.origin != later.origin:
        raise WrongOriginError(later.origin)
    if later.tree.size < seen.tree.size:
        raise ShrunkLogError(seen.tree.size, later.tree.size)
    if later.tree.size == seen.tree.size and later.tree.root != seen.tree.root:
        raise SplitViewError(seen.note.encode(), later.note.encode())


def with_signatures(
    checkpoint: VerifiedCheckpoint, signatures: Sequence[NoteSignature]
) -> VerifiedCheckpoint:
    """Return the checkpoint with these signatures in place of older ones of their keys."""
    fresh = {(signature.name, signature.key_id) for signature in signatures}
    kept = (old for old in checkpoint.note.signatures if (old.name, old.key_id) not in fresh)
    note = replace(checkpoint.note, signatures=(*kept, *signatures))
    return replace(checkpoint, note=note)
