"""What a witness remembers: of each log that it looks after, the last checkpoint that it cosigned.

    GOFTOGU_DATA/log/witness/key              the verifier key whose memory this is
                             logs/…           a file for each log, replaced as a whole
                             evidence/…       two checkpoints of one size that a log signed

A witness that forgot would cosign a second history. So its memory is no part of a backup, a log
that it no longer looks after is remembered still, and a key without its own memory signs nothing:
after a restore, or on a second host, the instance needs a new witness key (ADR-0024).
"""

import fcntl
import json
import os
import shutil
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from app.crypto.note_keys import SIGNATURE, VerifierKey, parse_verifier_key
from app.kernel.errors import (
    AppError,
    ConflictError,
    CorruptStateError,
    MalformedError,
    UnavailableError,
)

from .checkpoints import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from .errors import SplitViewError, UnknownLogError, WitnessForgotError
from .files import sync_folder
from .witness import hash_origin

FOLDER: Final = Path("log") / "witness"
_SUFFIX: Final = ".json"


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedLog:
    """A log, and what the witness last said of it."""

    origin: str
    keys: tuple[VerifierKey, ...]
    """Those that are trusted now; none if the log is not looked after any more."""
    retired: tuple[VerifierKey, ...] = ()
    """Those that were: the remembered checkpoint may be signed with one."""
    latest: VerifiedCheckpoint | None = None
    """Its note has the log's signatures and the witness's own."""


class WitnessMemory:
    """The folder. Every change is under its lock, and durable before it is answered for."""

    def __init__(self, data: Path, witness: VerifierKey) -> None:
        self._folder = data / FOLDER
        self._owner = f"{witness.encode()}\n"

    def begin(self) -> None:
        """Begin with nothing: this key has signed nothing yet.

        Raises:
            UnavailableError: the disk does not keep it.

        """
        with _keeping():
            (self._folder / "logs").mkdir(parents=True, exist_ok=True, mode=0o700)
            (self._folder / "evidence").mkdir(exist_ok=True, mode=0o700)
            for folder in (self._folder, self._folder.parent, self._folder.parent.parent):
                sync_folder(folder)
            _replace(self._folder / "key", self._owner.encode())

    def forget(self) -> None:
        """Forget all but evidence. The key that signed until now must never sign again.

        Raises:
            UnavailableError: the disk does not keep it.

        """
        with _keeping():
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._locked():
                (self._folder / "key").unlink(missing_ok=True)
                sync_folder(self._folder)
                shutil.rmtree(self._folder / "logs", ignore_errors=True)

    def list_logs(self) -> list[WatchedLog]:
        """Return the logs that the witness looks after, by their origins.

        Raises:
            WitnessForgotError, CorruptStateError: see `swap`.

        """
        self._require_own()
        paths = (self._folder / "logs").glob(f"*{_SUFFIX}")
        found = [_decode(path.read_bytes()) for path in paths]
        return sorted((log for log in found if log.keys), key=lambda log: log.origin)

    def find_latest(self, origin_hash: str) -> VerifiedCheckpoint | None:
        """Return the last cosigned checkpoint of a log, by the hash of its origin.

        Raises:
            WitnessForgotError, CorruptStateError: see `swap`.

        """
        self._require_own()
        known = {path.stem: path for path in (self._folder / "logs").glob(f"*{_SUFFIX}")}
        path = known.get(origin_hash)
        return None if path is None else _decode(path.read_bytes()).latest

    def add(self, key: VerifierKey, *, may_join: bool = True) -> None:
        """Look after a log, or trust another key of it; adding a key again is no error.

        A key that only an address has shown may not join others: it could be anybody's, and stop
        the log or take its place.

        Raises:
            MalformedError: not a key that signs logs.
            ConflictError: the log is known with another key, and this one `may_join` none.
            WitnessForgotError, CorruptStateError, UnavailableError: see `swap`.

        """
        if key.algorithm != SIGNATURE:
            raise MalformedError("this is not the key of a log")
        with self._changing(key.name) as (log, path):
            known = log or WatchedLog(origin=key.name, keys=())
            if not may_join and key not in known.keys and known.keys:
                raise ConflictError(
                    "this log is known with another key: if it has a new one, give the key itself"
                )
            retired = tuple(old for old in known.retired if old != key)
            keys = (*(old for old in known.keys if old != key), key)
            _replace(path, _encode_log(replace(known, keys=keys, retired=retired)))

    def remove(self, origin: str) -> None:
        """Stop looking after a log. What was said of it stays, should it be added again.

        Raises:
            UnknownLogError: it is not looked after.
            WitnessForgotError, CorruptStateError, UnavailableError: see `swap`.

        """
        with self._changing(origin) as (log, path):
            if log is None or not log.keys:
                raise UnknownLogError
            retired = (*log.retired, *log.keys)
            _replace(path, _encode_log(replace(log, keys=(), retired=retired)))

    def swap(
        self,
        origin: str,
        decide: Callable[[Collection[VerifierKey], VerifiedCheckpoint | None], VerifiedCheckpoint],
    ) -> VerifiedCheckpoint:
        """Let a decision replace what is remembered of a log; return it once it is durable.

        The decision is made from the trusted keys and the remembered checkpoint, and nobody else
        decides meanwhile, in this process or another. What it raises leaves everything as it was.

        Raises:
            WitnessForgotError: this is not the memory of the witness's key.
            CorruptStateError: the memory was damaged.
            UnavailableError: the disk does not keep it.

        """
        with self._changing(origin) as (log, path):
            known = log or WatchedLog(origin=origin, keys=())
            latest = decide(known.keys, known.latest)
            if latest != known.latest:
                _replace(path, _encode_log(replace(known, latest=latest)))
            return latest

    def keep_evidence(self, origin: str, error: SplitViewError) -> None:
        """Keep the first two checkpoints by which a log has contradicted itself.

        Raises:
            UnavailableError: the disk does not keep them.

        """
        folder, name = self._folder / "evidence", hash_origin(origin)
        seen, later = error.evidence
        with _keeping(), self._locked():
            if not (folder / f"{name}.later").exists():
                _replace(folder / f"{name}.seen", seen)
                _replace(folder / f"{name}.later", later)

    def has_evidence(self, origin: str) -> bool:
        """Return whether the log has contradicted itself."""
        return (self._folder / "evidence" / f"{hash_origin(origin)}.later").exists()

    def find_evidence(self, origin: str) -> tuple[bytes, bytes] | None:
        """Return the two checkpoints by which the log has contradicted itself, or None."""
        if not self.has_evidence(origin):
            return None
        stem = self._folder / "evidence" / hash_origin(origin)
        return stem.with_suffix(".seen").read_bytes(), stem.with_suffix(".later").read_bytes()

    @contextmanager
    def _changing(self, origin: str) -> Iterator[tuple[WatchedLog | None, Path]]:
        self._require_own()
        path = self._folder / "logs" / f"{hash_origin(origin)}{_SUFFIX}"
        with _keeping(), self._locked():
            # Again: the key may have been renewed while another held the lock.
            self._require_own()
            yield (_decode(path.read_bytes()) if path.exists() else None), path

    def _require_own(self) -> None:
        path = self._folder / "key"
        if not path.exists() or path.read_bytes() != self._owner.encode():
            raise WitnessForgotError

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _encode_log(log: WatchedLog) -> bytes:
    value = {
        "origin": log.origin,
        "keys": [key.encode() for key in log.keys],
        "retired": [key.encode() for key in log.retired],
        "checkpoint": log.latest.note.encode().decode() if log.latest else "",
    }
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def _decode(raw: bytes) -> WatchedLog:
    """Read a log's file.

    Raises:
        CorruptStateError: something else, or a checkpoint that none of the log's keys signed.

    """
    try:
        value = json.loads(raw)
        keys = tuple(map(parse_verifier_key, value["keys"]))
        retired = tuple(map(parse_verifier_key, value["retired"]))
        latest, text = None, value["checkpoint"]
        if text:
            latest = verify_checkpoint(parse_checkpoint(text.encode()), [*keys, *retired])
        log = WatchedLog(origin=value["origin"], keys=keys, retired=retired, latest=latest)
    except (ValueError, KeyError, TypeError, AttributeError, AppError) as error:
        raise CorruptStateError("the witness's memory of a log is damaged") from error
    if _encode_log(log) != raw:
        raise CorruptStateError("the witness's memory of a log is not as it was written")
    return log


@contextmanager
def _keeping() -> Iterator[None]:
    """Call what the disk refuses by one name: nothing was signed, and asking again is right."""
    try:
        yield
    except OSError as error:
        raise UnavailableError("the witness cannot keep what it would sign") from error


def _replace(path: Path, content: bytes) -> None:
    """Put a file in another's place: after a power cut there is one of them, and it is whole."""
    part = path.with_name(f"{path.name}.part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)
