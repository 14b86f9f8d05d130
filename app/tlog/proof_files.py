"""The `.tlog-proof` file: that a log holds an entry, for anyone, offline (C2SP tlog-proof).

c2sp.org/tlog-proof@v1
[extra <base64>]
index <place>
<inclusion proof, a hash a line>

<checkpoint, with its cosignatures>
"""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.crypto.note_keys import decode_base64
from app.kernel.errors import MalformedError, TooLargeError

from .checkpoints import UnverifiedCheckpoint, VerifiedCheckpoint, parse_checkpoint
from .codec import decode_text, encode_hashes, parse_hash, parse_size
from .policies import AcceptedCheckpoint, Policy, verify_by_policy
from .tree import hash_leaf, verify_inclusion

MAX_PROOF_FILE_BYTES: Final = 1_000_000
MAX_PATH: Final = 63
HEADER: Final = "c2sp.org/tlog-proof@v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnverifiedProofFile:
    """A file that parses as a proof. Nothing in it may be believed yet."""

    index: int
    path: tuple[bytes, ...]
    checkpoint: UnverifiedCheckpoint
    extra: bytes | None = None
    """Whatever else the file's maker wrote into it: nothing vouches for it, even after `verify`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedInclusion:
    """An entry and its place in a log that a policy accepts. Made by `verify_proof_file` only."""

    leaf: bytes
    index: int
    accepted: AcceptedCheckpoint


def encode_proof_file(
    index: int, path: Sequence[bytes], checkpoint: VerifiedCheckpoint, extra: bytes | None = None
) -> bytes:
    """Return the file."""
    more = "" if extra is None else f"extra {b64encode(extra).decode()}\n"
    head = f"{HEADER}\n{more}index {index}\n{encode_hashes(path)}\n"
    return head.encode() + checkpoint.note.encode()


def parse_proof_file(raw: bytes) -> UnverifiedProofFile:
    """Read the file.

    Raises:
        MalformedError: something else, or more than `MAX_PATH` hashes.
        TruncatedCheckpointError: it ends inside its checkpoint.
        TooLargeError: more than `MAX_PROOF_FILE_BYTES`.

    """
    if len(raw) > MAX_PROOF_FILE_BYTES:
        raise TooLargeError("a proof is too long")
    head, _, checkpoint = raw.partition(b"\n\n")
    header, *lines = decode_text(head).split("\n")
    if header != HEADER:
        raise MalformedError("not a proof of the kind c2sp.org/tlog-proof@v1")
    extra = None
    if lines and lines[0].startswith("extra "):
        extra = decode_base64(lines.pop(0).removeprefix("extra "))
    if not lines or not lines[0].startswith("index "):
        raise MalformedError("a proof has no index")
    index, *path = lines
    if len(path) > MAX_PATH:
        raise MalformedError("a proof has more hashes than any tree is high")
    return UnverifiedProofFile(
        index=parse_size(index.removeprefix("index ")),
        path=tuple(map(parse_hash, path)),
        checkpoint=parse_checkpoint(checkpoint),
        extra=extra,
    )


def verify_proof_file(
    claimed: UnverifiedProofFile, leaf: bytes, policy: Policy
) -> VerifiedInclusion:
    """Verify that a log which the policy believes holds this entry.

    1. The leaf hash comes from the entry that the reader has, never from the file.
    2. A log of the policy signed the checkpoint.
    3. The policy's quorum of witnesses cosigned it.
    4. The inclusion proof leads from the leaf hash to the checkpoint's root.

    Raises:
        WrongOriginError, WrongKeyError, BadSignatureError, QuorumError: see `verify_by_policy`.
        InclusionError: the log does not hold this entry at this place.

    """
    accepted = verify_by_policy(claimed.checkpoint, policy)
    tree = accepted.checkpoint.tree
    verify_inclusion(hash_leaf(leaf), claimed.index, claimed.path, tree)
    return VerifiedInclusion(leaf=leaf, index=claimed.index, accepted=accepted)
