"""`goftogu log verify`: whether a host, or a copy of it, changed or withheld anything."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Annotated, Final

import typer

from app.crypto.multikey import fingerprint
from app.federation.folders import Folder, Source
from app.federation.monitor import Seen, Verified, verify_log
from app.kernel.errors import LimitError, MalformedError, VerificationError
from app.tlog.codec import encode_hash
from app.tlog.errors import SplitViewError
from app.tlog.policies import Policy, parse_policy

from .keys import today
from .output import complain, emit, emit_json, progress, remark
from .transport import Address

DOES_NOT_VERIFY: Final = 3


def verify(
    source: Annotated[str, typer.Argument(help="An instance's or mirror's address, or a folder.")],
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
    elsewhere, is caught.
    """
    memory, believed = _Memory(state), read_policy(policy)
    with ending_with_three(source), open_source(source) as files:
        try:
            verified = verify_log(
                files,
                memory.read,
                today(),
                policy=believed,
                everything=everything,
                progress=show("Verifying"),
            )
        except SplitViewError as error:
            kept = memory.keep_evidence(error.evidence)
            complain(f"Both checkpoints are in {kept}: publish them, they prove it.")
            raise
    memory.write(verified.shown.checkpoint.origin, verified.seen)
    if as_json:
        emit_json({"source": source, "verifies": True, **_describe(verified)})
        return
    for label, value in _describe(verified).items():
        emit(f"{label.replace('_', ' '):<18} {value}")
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


def _describe(verified: Verified) -> dict[str, str | int]:
    shown, erasures = verified.shown, verified.erasures
    tree = shown.checkpoint.tree
    return {
        "host": shown.card.document["name"],
        "host_fingerprint": fingerprint(shown.card.key),
        "log": shown.checkpoint.origin,
        "entries": tree.size,
        "root": encode_hash(tree.root),
        "verified_now": tree.size - verified.start,
        "erased": len(erasures.gone),
        "of_these_unnamed": len(erasures.unnamed),
        "of_these_pending": len(erasures.pending),
    }


class _Memory:
    """What was seen of each log: the last checkpoint, and beside it what was pending then."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def read(self, origin: str) -> Seen | None:
        """Return it, or None."""
        path = self._path(origin)
        try:
            checkpoint = path.read_bytes()
        except FileNotFoundError:
            return None
        with suppress(FileNotFoundError):
            lines = _beside(path).read_text("ascii").splitlines()
            pending = {
                bytes.fromhex(digest): (kind, date.fromisoformat(day))
                for digest, kind, day in map(str.split, lines)
            }
            return Seen(checkpoint=checkpoint, pending=pending)
        return Seen(checkpoint=checkpoint)

    def write(self, origin: str, seen: Seen) -> None:
        """Remember it: each file is there whole, or the one before is, the checkpoint last."""
        path = self._path(origin)
        lines = (
            f"{digest.hex()} {kind} {day.isoformat()}\n"
            for digest, (kind, day) in seen.pending.items()
        )
        _write_whole(_beside(path), "".join(lines).encode())
        _write_whole(path, seen.checkpoint)

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


def _beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.pending")


def _write_whole(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    with new.open("wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
