"""The witness: it says that a log only grew, and says it once (C2SP tlog-witness).

    bytes ─parse_request─► CosigningRequest ─decide_cosigning─► VerifiedCheckpoint
                                 ▲                                   │ cosigned, stored
                     the latest one, as stored                       ▼ then answered

What is decided holds for the stored checkpoint that it was decided from. Whoever calls reads that,
decides, and stores the new one with its cosignature, nobody else meanwhile; only then may the
cosignature leave. A crash before it is stored leaves nothing, one after it what the log may ask
for again.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from app.crypto.note_keys import VerifierKey
from app.crypto.notes import NoteSignature
from app.kernel.errors import (
    AppError,
    LimitError,
    MalformedError,
    TooLargeError,
    UnavailableError,
)

from .checkpoints import (
    UnverifiedCheckpoint,
    VerifiedCheckpoint,
    parse_checkpoint,
    verify_checkpoint,
    verify_growth,
)
from .codec import decode_text, encode_hashes, parse_hash, parse_size
from .errors import (
    BadSignatureError,
    ConsistencyError,
    SplitViewError,
    StaleSizeError,
    UnknownLogError,
    WrongKeyError,
)
from .tree import EMPTY_ROOT, TreeHead, verify_consistency

MAX_PATH: Final = 63
MAX_REQUEST_BYTES: Final = 65_536
SIZE_TYPE: Final = "text/x.tlog.size"
TEXT_TYPE: Final = "text/plain; charset=utf-8"
_EMPTY: Final = TreeHead(0, EMPTY_ROOT)

# The protocol's own statuses: they are part of what logs read, as the bodies are.
_STATUSES: Final[tuple[tuple[type[AppError], int], ...]] = (
    (UnknownLogError, 404),
    (WrongKeyError, 403),
    (BadSignatureError, 403),
    (StaleSizeError, 409),
    (ConsistencyError, 422),
    (SplitViewError, 422),
    (TooLargeError, 413),
    (LimitError, 429),
    (MalformedError, 400),
    (UnavailableError, 503),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CosigningRequest:
    """What a log asks for. Nothing in it may be believed yet."""

    old_size: int
    path: tuple[bytes, ...]
    checkpoint: UnverifiedCheckpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back to the log."""

    status: int
    media_type: str
    body: bytes


def encode_request(old_size: int, path: Sequence[bytes], checkpoint: VerifiedCheckpoint) -> bytes:
    """Return the body of an `add-checkpoint` request."""
    head = f"old {old_size}\n{encode_hashes(path)}\n"
    return head.encode() + checkpoint.note.encode()


def parse_request(raw: bytes) -> CosigningRequest:
    """Read the body of an `add-checkpoint` request.

    Raises:
        MalformedError: something else, more than `MAX_PATH` hashes, or an old size beyond the new.
        TruncatedCheckpointError: it ends inside its checkpoint.
        TooLargeError: more than `MAX_REQUEST_BYTES`.

    """
    if len(raw) > MAX_REQUEST_BYTES:
        raise TooLargeError("a request to a witness is too long")
    head, _, rest = raw.partition(b"\n\n")
    old, *path = decode_text(head).split("\n")
    if not old.startswith("old "):
        raise MalformedError("a request to a witness begins with the old size")
    if len(path) > MAX_PATH:
        raise MalformedError("a consistency proof has more hashes than any tree is high")
    return CosigningRequest(
        old_size=parse_size(old.removeprefix("old ")),
        path=tuple(map(parse_hash, path)),
        checkpoint=parse_checkpoint(rest),
    )


def decide_cosigning(
    request: CosigningRequest, keys: Collection[VerifierKey], latest: VerifiedCheckpoint | None
) -> VerifiedCheckpoint:
    """Decide whether a checkpoint may be cosigned, and return it as the latest to be stored.

    `keys` are those that the witness trusts for the checkpoint's origin, none if it does not look
    after that log. `latest` is what it cosigned of that log before.

    Raises:
        UnknownLogError: not a log that this witness looks after.
        WrongKeyError, BadSignatureError: the log did not sign it.
        MalformedError: the old size is beyond the checkpoint's.
        StaleSizeError: the old size is not the latest cosigned one. The error has that.
        SplitViewError: the log signed two trees of one size. The error has both checkpoints.
        ConsistencyError: the proof does not show that the log only grew.

    """
    if request.checkpoint.origin not in {key.name for key in keys}:
        raise UnknownLogError
    checkpoint = verify_checkpoint(request.checkpoint, keys)
    if request.old_size > checkpoint.tree.size:
        raise MalformedError("the old size is beyond the checkpoint's size")
    seen = latest.tree if latest else _EMPTY
    if request.old_size != seen.size:
        raise StaleSizeError(seen.size)
    if latest is None:
        verify_consistency(_EMPTY, checkpoint.tree, request.path)
    else:
        verify_growth(latest, checkpoint, request.path)
    return checkpoint


def answer_cosigned(signatures: Sequence[NoteSignature]) -> Answer:
    """Return the answer with a witness's cosignatures of a checkpoint that is stored."""
    body = "".join(signature.encode() for signature in signatures).encode()
    return Answer(status=200, media_type=TEXT_TYPE, body=body)


def answer_refused(error: AppError) -> Answer:
    """Return the answer to a request that `parse_request` or `decide_cosigning` refused."""
    if isinstance(error, StaleSizeError):
        return Answer(status=409, media_type=SIZE_TYPE, body=f"{error.size}\n".encode())
    status = next((status for kind, status in _STATUSES if isinstance(error, kind)), 500)
    return Answer(status=status, media_type=TEXT_TYPE, body=f"{error}\n".encode())


def hash_origin(origin: str) -> str:
    """Return the path element under which a witness serves the latest checkpoint of a log."""
    return sha256(origin.encode()).hexdigest()


def parse_stale_size(body: bytes) -> int:
    """Read the size in a 409's body, as a log does.

    Raises:
        MalformedError: not a size and a line's end.

    """
    text = decode_text(body)
    if not text.endswith("\n"):
        raise MalformedError("a size has no line's end")
    return parse_size(text.removesuffix("\n"))
