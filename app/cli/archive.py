"""The file that a backup is: a tar stream inside age, and how it is brought back.

manifest.json   version, revision of the schema, rows by table
keys/…          the instance's keys
database        SQLite's own file without its free pages, or what pg_dump wrote
"""

import fcntl
import json
import os
import re
import shutil
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from threading import Thread
from typing import IO, Any, Final

import pyrage
from sqlalchemy.exc import DBAPIError

from app import site, tlog, wiring
from app.db.erased import ErasedList
from app.kernel.errors import ConflictError, MalformedError
from app.settings import Settings

from . import dumps, inspect

_FORMAT: Final = "goftogu-backup-1"
_COPY, _RESTORED, _LOCK = "backup.part", "restore.part", "backup.lock"
_CHUNK: Final = 1 << 16
_KEY_NAME: Final = re.compile(r"keys/[a-z0-9][a-z0-9._-]{0,60}")


def write(house: wiring.House, to: Path, recipients: list[str]) -> None:
    """Write a backup of a running instance.

    Raises:
        MalformedError: a recipient is none.
        ConflictError: the file exists, or another backup is being made.

    """
    try:
        known = [pyrage.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except pyrage.RecipientError as error:
        raise MalformedError("a recipient is not an age1… key: `age-keygen` prints one") from error
    if to.exists() or to.is_symlink():
        raise ConflictError(f"{to} exists already: name another file")
    data = house.settings.data
    with private_folder(data, _COPY) as folder, _new_file(to) as file:
        manifest = dumps.dump(house.db.engine, folder / "database")
        manifest |= {"format": _FORMAT, "version": version("goftogu")}

        def pack(stream: IO[bytes]) -> None:
            with tarfile.open(fileobj=stream, mode="w|") as tar:
                _add(tar, "manifest.json", json.dumps(manifest).encode())
                for key in sorted((data / "keys").iterdir()):
                    _add(tar, f"keys/{key.name}", key.read_bytes())
                with (folder / "database").open("rb") as database:
                    member = tarfile.TarInfo("database")
                    member.size = os.fstat(database.fileno()).st_size
                    tar.addfile(member, database)

        _through_pipe(pack, lambda source: pyrage.encrypt_io(source, file, known))


def restore(
    settings: Settings,
    file: Path,
    identity: Path,
    erasures: list[bytes],
    checkpoint: bytes | None = None,
) -> int:
    """Bring a backup back and erase again what was erased since; returns how many posts.

    Everything happens in a private folder inside, which becomes the instance at the end. The log
    signs nothing before it has its last checkpoint: no backup holds it, or an old backup could make
    the log sign a second history.

    Raises:
        ConflictError: there is something already where the instance would be.
        MalformedError: the file cannot be opened, or does not hold what it says.
        AppError: the checkpoint is not the log's, see `Sequencer.resume`.

    """
    data = settings.data
    if data.exists() and not {p.name for p in data.iterdir()} <= {_RESTORED, _LOCK}:
        raise ConflictError(f"{data} is not empty: restore into an empty folder")
    dumps.require_empty(settings.database_url)
    keys = _read_identities(identity)
    was_there = data.exists()
    try:
        with file.open("rb") as source:
            data.mkdir(parents=True, exist_ok=True, mode=0o700)
            data.chmod(0o700)
            with private_folder(data, _RESTORED) as folder:
                manifest = _unpack(source, keys, folder)
                erased = _revive(settings, folder, manifest, erasures, checkpoint)
                (folder / "database").unlink(missing_ok=True)
                # The keys last: without them a folder is no instance.
                for path in sorted(folder.iterdir(), key=lambda path: path.name == "keys"):
                    path.rename(data / path.name)
    except BaseException:
        (data / _LOCK).unlink(missing_ok=True)
        if not was_there:
            with suppress(OSError):
                data.rmdir()
        raise
    (data / _LOCK).unlink(missing_ok=True)
    return erased


def _revive(
    settings: Settings,
    folder: Path,
    manifest: dict[str, Any],
    erasures: list[bytes],
    checkpoint: bytes | None,
) -> int:
    """Make the database of an unpacked backup one that may be served."""
    here = settings.model_copy(update={"data": folder})
    url = here.resolved_database_url()
    from alembic.util.exc import CommandError

    with dumps.loaded(url, folder, manifest):
        try:
            wiring.migrate(url)
        except (CommandError, DBAPIError) as error:
            raise MalformedError("the backup is of another version of goftogu") from error
        house = wiring.open_house(here)
        try:
            dumps.require_kept(house.db.engine, manifest)
            with house.db.write() as work:
                erased = site.erase_again(work, erasures)
                tlog.require_checkpoint(work)
            # All of the list, for the next backup: what is not in this one could be carried in.
            ErasedList(folder).complete(erasures)
            findings = inspect.inspect_database(house)
            if checkpoint is not None:
                house.sequencer.resume(checkpoint)
        finally:
            house.db.close()
        if not all(finding.is_good for finding in findings):
            raise MalformedError("the backup does not hold what its records say")
        return erased


def _unpack(source: IO[bytes], keys: list[Any], folder: Path) -> dict[str, Any]:
    """Decrypt and unpack; a file that was cut off or altered anywhere raises."""
    (folder / "keys").mkdir(mode=0o700)

    def unpack(stream: IO[bytes]) -> None:
        with tarfile.open(fileobj=stream, mode="r|") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                name = member.name
                if content is None or not (
                    name in {"manifest.json", "database"} or _KEY_NAME.fullmatch(name)
                ):
                    raise MalformedError("the backup holds something that is not of an instance")
                with _new_handle(folder / name) as out:
                    shutil.copyfileobj(content, out, _CHUNK)
        while stream.read(_CHUNK):
            pass

    try:
        _through_pipe(lambda sink: pyrage.decrypt_io(source, sink, keys), unpack)
        manifest = json.loads((folder / "manifest.json").read_bytes())
    except (
        pyrage.DecryptError,
        OSError,
        ValueError,
        RecursionError,
        tarfile.TarError,
        KeyError,
    ) as error:
        raise MalformedError(
            "the backup cannot be opened: another key sealed it, or it was cut off or altered"
        ) from error
    (folder / "manifest.json").unlink()
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise MalformedError("this is not a backup of goftogu")
    return manifest


def _read_identities(path: Path) -> list[Any]:
    try:
        lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
        keys = [
            pyrage.x25519.Identity.from_str(line)
            for line in lines
            if line and not line.startswith("#")
        ]
    except (pyrage.IdentityError, UnicodeDecodeError) as error:
        raise MalformedError("the identity file holds no AGE-SECRET-KEY-1…") from error
    if not keys:
        raise MalformedError("the identity file holds no AGE-SECRET-KEY-1…")
    return keys


def _through_pipe(
    produce: Callable[[IO[bytes]], None], consume: Callable[[IO[bytes]], None]
) -> None:
    """Run two halves of a stream at once: neither is ever whole in memory or on the disk."""
    reader, writer = os.pipe()
    errors: list[BaseException] = []

    def run() -> None:
        try:
            with os.fdopen(writer, "wb") as sink:
                produce(sink)
        except BaseException as error:  # noqa: BLE001 (raised again on the other side)
            errors.append(error)

    thread = Thread(target=run, name="backup")
    thread.start()
    failed: BaseException | None = None
    with os.fdopen(reader, "rb") as stream:
        try:
            consume(stream)
        except BaseException as error:  # noqa: BLE001 (which of both comes first is decided below)
            failed = error
    thread.join()
    # A half that stopped early breaks the other's pipe: what broke it is the one to tell.
    told = next((e for e in errors if not isinstance(e, BrokenPipeError)), failed)
    if told is not None:
        raise told


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, BytesIO(content))


@contextmanager
def private_folder(data: Path, name: str, lock_name: str = _LOCK) -> Iterator[Path]:
    """Yield an empty folder that is gone afterwards; one that a crash left goes first.

    Raises:
        ConflictError: another process is in it.

    """
    with (data / lock_name).open("w") as lock:
        (data / lock_name).chmod(0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise ConflictError("another backup of this instance is being made") from error
        folder = data / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        try:
            yield folder
        finally:
            shutil.rmtree(folder)


@contextmanager
def _new_file(to: Path) -> Iterator[IO[bytes]]:
    """Write a file under another name, which it gets only when it is whole and on the disk."""
    part = to.with_name(f"{to.name}.part")
    part.unlink(missing_ok=True)
    try:
        with _new_handle(part) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.rename(to)
    finally:
        part.unlink(missing_ok=True)


def _new_handle(path: Path) -> IO[bytes]:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    return os.fdopen(os.open(path, flags, 0o600), "wb")
