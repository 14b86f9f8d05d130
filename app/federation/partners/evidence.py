"""What a partner was caught at, kept as it was received, beside the copy of its files.

    partners/<name>.evidence/<sha256>.json   {"code", "says", "checkpoint", "files", …}

The name is the digest that a `Flag` in our log names; the file is for people and their experts, and
is published to nobody: a forged record can hold anything.
"""

import json
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final

from app.federation.folders import CARD_PATH, Source, path_of_record
from app.federation.monitor import look
from app.kernel.errors import AppError, MalformedError
from app.kernel.strict_json import JsonObject
from app.tlog.errors import SplitViewError
from app.tlog.files import ClosedFolder
from app.tlog.publication import CHECKPOINT_PATH

from .gossip import Contradiction, find_contradiction, read_contradiction

_MOST_FILES: Final = 3


@dataclass(slots=True)
class Attentive:
    """A source that remembers what it read last: what does not hold is among it."""

    source: Source
    checkpoint: bytes = b""
    _card: bytes | None = None
    _last: dict[str, bytes | None] = field(default_factory=dict)

    def read(self, path: str, most: int) -> bytes | None:
        """Return a file of the source; its card is asked for once."""
        if path == CARD_PATH and self._card is not None:
            return self._card
        raw = self.source.read(path, most)
        if path == CHECKPOINT_PATH:
            self.checkpoint = raw or b""
        elif path == CARD_PATH:
            self._card = raw
        else:
            self._last = {path: raw}
        return raw

    def read_many(self, paths: Sequence[str], most: int) -> Iterator[bytes | None]:
        """Return several files of the source."""
        self._last = {}
        for path, raw in zip(paths, self.source.read_many(paths, most), strict=True):
            self._last[path] = raw
            yield raw

    def is_gone(self, path: str) -> bool:
        """Whether the source says that something was erased."""
        return self.source.is_gone(path)

    @property
    def last_bytes(self) -> int:
        """How many bytes were read last."""
        return sum(len(raw or b"") for raw in self._last.values())

    def find(self, error: AppError) -> dict[str, bytes]:
        """Return the files that an error is about, as they were received."""
        digest = getattr(error, "digest", None)
        wanted = path_of_record(digest) if isinstance(digest, bytes) else ""
        chosen = [wanted] if wanted in self._last else list(self._last)[-_MOST_FILES:]
        return {path: raw for path in chosen if (raw := self._last[path]) is not None}


def keep_evidence(copy: Path, source: Attentive, error: AppError) -> bytes:
    """Keep what a partner was caught at, beside its copy; return the SHA-256 of it."""
    found = None
    if isinstance(error, SplitViewError):
        found = _prove_again(source, error)
    files = source.find(error)
    receipt = getattr(error, "receipt", b"")
    if receipt:
        files["receipt"] = receipt
    return write_evidence(copy, error, source.checkpoint, files, found)


def write_evidence(
    copy: Path,
    error: AppError,
    checkpoint: bytes = b"",
    files: dict[str, bytes] | None = None,
    contradiction: Contradiction | None = None,
) -> bytes:
    """Write one file with all that shows what a partner did; return its SHA-256."""
    document: JsonObject = {
        "code": error.code,
        "says": str(error),
        "checkpoint": checkpoint.decode("utf-8", "replace"),
        "files": {path: b64encode(raw).decode() for path, raw in (files or {}).items()},
    }
    if isinstance(error, SplitViewError):
        document["checkpoints"] = [raw.decode("utf-8", "replace") for raw in error.evidence]
    if contradiction is not None:
        document["contradiction"] = contradiction.members()
    raw = json.dumps(document, sort_keys=True, indent=1).encode()
    digest = sha256(raw).digest()
    folder = evidence_of(copy)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    ClosedFolder(folder).write([(f"{digest.hex()}.json", raw)])
    return digest


def evidence_of(copy: Path) -> Path:
    """Return where evidence about a partner is kept; no partner's own folder is called so."""
    return copy.with_name(f"{copy.name}.evidence")


def list_contradictions(copy: Path) -> list[Contradiction]:
    """Return the proofs among the evidence about a partner.

    What a failing disk made of one is passed over: the others are told all the same.
    """
    found = []
    for path in sorted(evidence_of(copy).glob("*.json")):
        with suppress(ValueError, MalformedError):
            proof = json.loads(path.read_bytes()).get("contradiction")
            if proof is not None:
                found.append(read_contradiction(proof))
    return found


def _prove_again(source: Attentive, error: SplitViewError) -> Contradiction | None:
    """Return the whole proof while the source still shows the later history."""
    try:
        return find_contradiction(look(source), error.evidence[0])
    except AppError:
        return None
