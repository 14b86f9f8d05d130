"""`goftogu log verify`: whether a host, or a copy of it, changed or withheld anything."""

import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import typer

from app.crypto.multikey import decode_did, fingerprint
from app.federation.folders import Folder, Source
from app.federation.monitor import Seen, Verified, verify_log
from app.kernel.errors import LimitError, MalformedError, VerificationError
from app.records import parse_record, verify_record
from app.tlog.checkpoints import parse_checkpoint
from app.tlog.codec import encode_hash
from app.tlog.errors import SplitViewError
from app.tlog.policies import Policy, parse_policy

from .keys import today
from .output import DOES_NOT_VERIFY, complain, emit, emit_json, progress, remark
from .transport import Address


def verify(
    source: Annotated[
        str,
        typer.Argument(
            help="An instance's or mirror's address, a mirror's folder (or `public`), or a bundle."
        ),
    ],
    policy: Annotated[
        Path | None, typer.Option(help="Which logs and witnesses you believe (C2SP tlog-policy).")
    ] = None,
    state: Annotated[
        Path | None,
        typer.Option(help="Where the last checkpoint is remembered; else your state folder."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Look at every entry, also those verified earlier.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print for a program.")] = False,
) -> None:
    """Verify a log and every record in it. Ends with 3 if something does not hold.

    The last good checkpoint is remembered, so that a log that shows something else another time, or
    elsewhere, is caught. A bundle holds a part of the log: its checkpoint is remembered, and
    compared with the whole log once that is verified.
    """
    memory = Memory(state)
    if Path(source).is_file():
        _verify_bundle(Path(source), policy, memory, as_json=as_json)
        return
    believed = read_policy(policy)
    with ending_with_three(source), open_source(source) as files, keeping_evidence(memory):
        verified = verify_log(
            files,
            memory.read,
            today(),
            policy=believed,
            everything=everything,
            progress=show("Verifying"),
        )
    memory.write(verified.shown.checkpoint.origin, verified.seen)
    _tell(source, _describe(verified), as_json=as_json)
    if as_json:
        return
    if verified.erasures.unnamed:
        remark(
            "Unnamed: missing records that no erasure names by their digest. Earlier versions of "
            "erased posts and cards of erased personas are such; who has a copy can tell more."
        )
    if verified.erasures.pending:
        remark(
            "Pending: the host has erased them and the log does not say so yet. An erasure is "
            "logged at a tick. They are remembered; after two days this is an error."
        )


def open_source(source: str) -> "AbstractContextManager[Source]":
    """Return an address or a folder as a source."""
    is_address = source.startswith(("http://", "https://"))
    return Address(source) if is_address else Folder(Path(source))


def read_policy(path: Path | None) -> Policy | None:
    """Return the policy in a file.

    Raises:
        MalformedError: it holds something else.
        OSError: it cannot be read.

    """
    return None if path is None else parse_policy(path.read_bytes())


def show(title: str) -> Callable[[int], AbstractContextManager[Callable[[int], None]]]:
    """Return what shows a bar for a number of entries."""
    return lambda total: progress(title, total)


@contextmanager
def ending_with_three(source: str) -> Iterator[None]:
    """End the command with 3 if what is read does not verify, and say why."""
    try:
        yield
    except (VerificationError, MalformedError, LimitError) as error:
        complain(f"{source}: does not verify: {error}")
        raise typer.Exit(DOES_NOT_VERIFY) from error


@contextmanager
def keeping_evidence(memory: "Memory") -> Iterator[None]:
    """Keep both checkpoints if a log signed two histories, and say where they are."""
    try:
        yield
    except SplitViewError as error:
        kept = memory.keep_evidence(error.evidence)
        complain(f"Both checkpoints are in {kept}: publish them, they prove it.")
        raise


def _verify_bundle(file: Path, policy: Path | None, memory: "Memory", *, as_json: bool) -> None:
    """Verify a bundle, and that its checkpoint contradicts none that was seen of its log."""
    from app.federation.bundles.archive import MAX_ARCHIVE_BYTES
    from app.federation.bundles.checking import verify_bundle
    from app.federation.bundles.codec import read_bundle
    from app.federation.monitor import log_key_of, require_no_other

    with file.open("rb") as opened:
        raw = opened.read(MAX_ARCHIVE_BYTES + 1)
    own = policy.read_bytes() if policy else None
    with ending_with_three(str(file)), keeping_evidence(memory):
        found = verify_bundle(raw, own)
        contents = read_bundle(raw).contents
        key = log_key_of(verify_record(parse_record(contents.card)))
        require_no_other(contents.checkpoint, memory.read(found.origin) or Seen(), key)
    memory.hear(found.origin, contents.checkpoint)
    described: dict[str, str | int] = {
        "host": found.host_name,
        "host_fingerprint": fingerprint(decode_did(found.host)),
        "log": found.origin,
        "entries": found.log_size,
        "root": encode_hash(parse_checkpoint(contents.checkpoint).tree.root),
        "records": found.records,
        "posts": found.posts,
    }
    _tell(str(file), described, as_json=as_json)
    if not as_json:
        remark(
            "A bundle holds a part of the log: that nothing was left out, only the host or a "
            "mirror can show. Its checkpoint is remembered, and compared when you verify one."
        )


def _tell(source: str, described: Mapping[str, str | int], *, as_json: bool) -> None:
    if as_json:
        emit_json({"source": source, "verifies": True, **described})
        return
    for label, value in described.items():
        emit(f"{label.replace('_', ' '):<18} {value}")


def _describe(verified: Verified) -> dict[str, str | int]:
    shown, erasures = verified.shown, verified.erasures
    tree = shown.checkpoint.tree
    return {
        "host": shown.card.document["name"],
        "host_fingerprint": fingerprint(shown.card.key),
        "log": shown.checkpoint.origin,
        "entries": tree.size,
        "root": encode_hash(tree.root),
        "verified_before": verified.start,
        "verified_now": tree.size - verified.start,
        "of_these_erased": len(erasures.gone),
        "of_these_unnamed": len(erasures.unnamed),
        "of_these_pending": len(erasures.pending),
    }


class Memory:
    """What was seen of each log, each in a file beside the one with the last checkpoint.

    What was pending then, and checkpoints that came alone since, are in files of their own.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def read(self, origin: str) -> Seen | None:
        """Return it, or None."""
        path = self._path(origin)
        heard = tuple(b64decode(line) for line in _lines_of(_beside(path, "heard")))
        if not path.exists():
            return Seen(heard=heard) if heard else None
        pending = {
            bytes.fromhex(digest): (kind, date.fromisoformat(day))
            for digest, kind, day in map(str.split, _lines_of(_beside(path, "pending")))
        }
        return Seen(checkpoint=path.read_bytes(), pending=pending, heard=heard)

    def write(self, origin: str, seen: Seen) -> None:
        """Remember a log that was walked: each file is whole, or the one before is.

        The checkpoint comes last but for those that came alone: it holds them now.
        """
        path = self._path(origin)
        lines = (
            f"{digest.hex()} {kind} {day.isoformat()}\n"
            for digest, (kind, day) in seen.pending.items()
        )
        _write_whole(_beside(path, "pending"), "".join(lines).encode())
        _write_whole(path, seen.checkpoint or b"")
        _beside(path, "heard").unlink(missing_ok=True)

    def hear(self, origin: str, checkpoint: bytes) -> None:
        """Remember a checkpoint that came alone, until the log is walked that far."""
        path = _beside(self._path(origin), "heard")
        line = b64encode(checkpoint).decode()
        known = _lines_of(path)
        if line not in known:
            _write_whole(path, "".join(f"{one}\n" for one in (*known, line)).encode())

    def keep_evidence(self, checkpoints: tuple[bytes, bytes]) -> Path:
        """Keep two checkpoints that contradict each other, and return where."""
        raw = b"\n".join(checkpoints)
        folder = self._file.parent if self._file else _state_folder()
        path = folder / f"split-view-{sha256(raw).hexdigest()[:16]}.txt"
        _write_whole(path, raw)
        return path

    def _path(self, origin: str) -> Path:
        # The origin is the log's own words, and no name for a file.
        name = f"{sha256(origin.encode()).hexdigest()[:32]}.checkpoint"
        return self._file or _state_folder() / name


def _state_folder() -> Path:
    """Return where programs of this person keep their state (XDG Base Directory)."""
    base = os.environ.get("XDG_STATE_HOME", "")
    return (Path(base) if base.startswith("/") else Path.home() / ".local/state") / "goftogu"


def _beside(path: Path, what: str) -> Path:
    return path.with_name(f"{path.name}.{what}")


def _lines_of(path: Path) -> list[str]:
    try:
        return path.read_text("ascii").splitlines()
    except FileNotFoundError:
        return []


def _write_whole(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
