"""Hosts in a folder: what they publish, as files under the paths that readers ask for."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_digest
from app.crypto.note_keys import SIGNATURE, VerifierKey
from app.federation.folders import CARD_PATH, Folder, path_of_receipt, path_of_record
from app.federation.mirror import Copied, keep_up
from app.federation.monitor import Seen, Verified, verify_log
from app.records import parse_record, sign_record
from app.records.codec import encode_leaf, sign_receipt
from app.tlog.publication import CHECKPOINT_PATH

from tests import factories
from tests.tlog.logs import KEY, ORIGIN, MemoryLog

INSTANCE = SigningKey(sha256(b"instance").digest())


def leave_unsynced() -> None:
    """Let the disk keep what was written when it likes: no power is cut here."""


def card(
    key: SigningKey = KEY, origin: str = ORIGIN, instance: SigningKey = INSTANCE, sequence: int = 1
) -> bytes:
    """Return an instance's signed card."""
    members = {
        "name": "Sepidar",
        "urn:goftogu:sequence": sequence,
        "urn:goftogu:logOrigin": origin,
        "urn:goftogu:logKey": VerifierKey(origin, SIGNATURE, key.public).encode(),
        "urn:goftogu:witnessKey": "w+00000000+BA==",
        "urn:goftogu:mirrors": [],
    }
    nonce = factories.nonce()
    return sign_record(instance, "Application", members, nonce=nonce, day=factories.TODAY)


@dataclass(eq=False)
class Host:
    """A host whose log grows in a folder."""

    folder: Path
    key: SigningKey = field(default_factory=lambda: KEY)
    origin: str = ORIGIN
    log: MemoryLog = field(default_factory=MemoryLog)

    def publish(self, *raws: bytes) -> "Host":
        """Enter records in the log and write everything that is new."""
        before = set(self.log.files)
        self.log.append([encode_leaf(sha256(raw).digest(), parse_record(raw).type) for raw in raws])
        for raw in raws:
            self.write(path_of_record(sha256(raw).digest()), raw)
        for path in self.log.files.keys() - before:
            self.write(f"tlog/{path}", self.log.files[path])
        if not (self.folder / CARD_PATH).exists():
            self.write(CARD_PATH, card(self.key, self.origin))
        self.write(CHECKPOINT_PATH, self.log.checkpoint(self.key, self.origin).note.encode())
        return self

    def erase(self, *raws: bytes) -> None:
        """Take records away, as an erasure does."""
        for raw in raws:
            self.path_of(raw).unlink()

    def promise(self, raw: bytes, key: SigningKey = INSTANCE, kind: str = "Note") -> bytes:
        """Write a host's receipt of a record, and return it."""
        digest = sha256(raw).digest()
        receipt = sign_receipt(
            key, digest=encode_digest(digest), kind=kind, include_by=factories.NOW
        )
        self.write(path_of_receipt(digest), receipt)
        return receipt

    def path_of(self, raw: bytes) -> Path:
        """Return a record's file."""
        return self.folder / path_of_record(sha256(raw).digest())

    def write(self, path: str, content: bytes) -> None:
        """Write a file."""
        (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self.folder / path).write_bytes(content)

    def checkpoint(self) -> bytes:
        """Return the checkpoint that it shows."""
        return (self.folder / CHECKPOINT_PATH).read_bytes()

    def copy(self, to: Path) -> "Host":
        """Return another folder with the same files; the two grow apart from here."""
        shutil.copytree(self.folder, to)
        log = MemoryLog(list(self.log.leaves), self.log.edge, dict(self.log.files))
        return Host(to, self.key, self.origin, log)


def posts(count: int, by: str = "Ava") -> list[bytes]:
    """Return posts, none like another."""
    ava = factories.person(by)
    return [factories.note(ava, text=f"Post {number} by {by}") for number in range(count)]


def verify(folder: Path, seen: bytes | None = None, *, everything: bool = False) -> Verified:
    """Verify a folder, having seen a checkpoint before or none."""
    with Folder(folder) as source:
        remembered = None if seen is None else Seen(checkpoint=seen)
        return verify_log(source, lambda _: remembered, factories.TODAY, everything=everything)


def mirror(to: Path, source: Path, *, everything: bool = False) -> Copied:
    """Bring a mirror up to date from another folder."""
    to.mkdir(exist_ok=True)
    with Folder(to) as files, files.hold(), Folder(source) as host:
        return keep_up(
            files,
            host,
            lambda _shown: {"index.html": b"a page"},
            settle=leave_unsynced,
            everything=everything,
        )


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what a folder publishes."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {".goftogu-mirror", "index.html"}
    }


def flip(path: Path, bit: int) -> None:
    """Turn one bit of a file over."""
    raw = bytearray(path.read_bytes())
    raw[bit // 8] ^= 1 << bit % 8
    path.write_bytes(raw)


def published(folder: Path, *groups: Iterable[bytes]) -> Host:
    """Return a host that published records, a run of the sequencer for each group."""
    host = Host(folder)
    for group in groups:
        host.publish(*group)
    return host
