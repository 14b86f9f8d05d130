"""What instances tell each other of the logs that they see, so that none can show two histories.

    tlog/seen   {"checkpoints": [note, …], "contradictions": [{"seen", "later", "root", "path"}, …]}

A contradiction proves itself: two checkpoints that one log signed, and a consistency proof that
the tree of the later one had another root at the size of the earlier. Whoever knows the log's key
verifies it, and believes nobody else about it (RFC 6962 §2.1.2; C2SP tlog-checkpoint).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from app.crypto.note_keys import VerifierKey
from app.federation.monitor import Shown, require_same_history
from app.kernel import strict_json
from app.kernel.errors import AppError, MalformedError, VerificationError
from app.kernel.strict_json import JsonObject
from app.tlog.checkpoints import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from app.tlog.errors import ShrunkLogError, SplitViewError
from app.tlog.tree import TreeHead, prove_consistency, verify_consistency

MAX_SEEN_BYTES: Final = 1_000_000
MOST_CHECKPOINTS: Final = 200
MOST_CONTRADICTIONS: Final = 50
_MOST_STEPS: Final = 128
_MEMBERS: Final = {"checkpoints", "contradictions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """Two histories of one log, as somebody hands them over. `verify_contradiction` judges it."""

    seen: bytes
    """A checkpoint, as a note."""
    later: bytes
    """Another of the same log, with as many entries or more."""
    root: bytes
    """The root that the tree of `later` had at the size of `seen`."""
    path: tuple[bytes, ...]
    """The consistency proof from there to `later`; empty if both have one size."""

    def members(self) -> JsonObject:
        """Return it as a document."""
        return {
            "seen": self.seen.decode(),
            "later": self.later.decode(),
            "root": self.root.hex(),
            "path": [step.hex() for step in self.path],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenLogs:
    """What an instance tells of the logs that it sees; nothing of it is verified."""

    checkpoints: tuple[bytes, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()


def encode_seen(seen: SeenLogs) -> bytes:
    """Return what is published under `tlog/seen`."""
    return strict_json.encode(
        {
            "checkpoints": [raw.decode() for raw in seen.checkpoints[:MOST_CHECKPOINTS]],
            "contradictions": [
                each.members() for each in seen.contradictions[:MOST_CONTRADICTIONS]
            ],
        }
    )


def parse_seen(raw: bytes) -> SeenLogs:
    """Read what an instance tells of the logs that it sees.

    Raises:
        MalformedError: something else.

    """
    document = strict_json.decode(raw)
    try:
        if set(document) != _MEMBERS:
            raise MalformedError("not what an instance tells of logs")
        checkpoints = tuple(text.encode() for text in document["checkpoints"])
        contradictions = tuple(map(read_contradiction, document["contradictions"]))
    except (TypeError, AttributeError, UnicodeError) as error:
        raise MalformedError("not what an instance tells of logs") from error
    if len(checkpoints) > MOST_CHECKPOINTS or len(contradictions) > MOST_CONTRADICTIONS:
        raise MalformedError("more logs than an instance sees")
    return SeenLogs(checkpoints=checkpoints, contradictions=contradictions)


def read_contradiction(document: JsonObject) -> Contradiction:
    """Read a contradiction from its document.

    Raises:
        MalformedError: something else.

    """
    try:
        path = tuple(bytes.fromhex(step) for step in document["path"])
        found = Contradiction(
            seen=document["seen"].encode(),
            later=document["later"].encode(),
            root=bytes.fromhex(document["root"]),
            path=path,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise MalformedError("not two histories of a log") from error
    if len(path) > _MOST_STEPS:
        raise MalformedError("a proof longer than any log needs")
    return found


def verify_contradiction(claimed: Contradiction, key: VerifierKey) -> None:
    """Verify that a log signed two histories.

    1. The log's key signed both checkpoints, and the later one has no fewer entries.
    2. The tree of the later one had the named root at the size of the earlier.
    3. The earlier checkpoint has another root.

    Raises:
        MalformedError, VerificationError: it does not show that.

    """
    seen = verify_checkpoint(parse_checkpoint(claimed.seen), [key])
    later = verify_checkpoint(parse_checkpoint(claimed.later), [key])
    if not 1 <= seen.tree.size <= later.tree.size:
        raise MalformedError("the earlier checkpoint is the larger one")
    verify_consistency(TreeHead(seen.tree.size, claimed.root), later.tree, claimed.path)
    if claimed.root == seen.tree.root:
        raise VerificationError("both checkpoints are of one history")


def find_contradiction(shown: Shown, told: bytes) -> Contradiction | None:
    """Compare a checkpoint that somebody tells of with the log as a source shows it.

    One with more entries than are shown can only be compared by who has them: None.

    Raises:
        MalformedError, VerificationError: the log's key did not sign it, or the tiles that are
            shown do not lead to the root.

    """
    try:
        require_same_history(shown, told)
    except ShrunkLogError:
        return None
    except SplitViewError as error:
        return _prove(shown, parse_and_verify(error.evidence[0], shown.key))
    return None


def parse_and_verify(raw: bytes, key: VerifierKey) -> VerifiedCheckpoint:
    """Return a checkpoint that a log's key signed.

    Raises:
        MalformedError, VerificationError: it is something else, or another's.

    """
    return verify_checkpoint(parse_checkpoint(raw), [key])


def list_of_log(checkpoints: Iterable[bytes], origin: str) -> list[bytes]:
    """Return those that say to be of one log; what is no checkpoint is passed over."""
    found = []
    for raw in checkpoints:
        try:
            if parse_checkpoint(raw).origin == origin:
                found.append(raw)
        except AppError:
            continue
    return found


def _prove(shown: Shown, seen: VerifiedCheckpoint) -> Contradiction:
    size, tree = seen.tree.size, shown.checkpoint.tree
    path = prove_consistency(size, tree.size, shown.tiles.read_node) if size < tree.size else ()
    return Contradiction(
        seen=seen.note.encode(),
        later=shown.checkpoint.note.encode(),
        root=shown.tiles.root_at(size),
        path=tuple(path),
    )
