"""The log's files on the disk: the folder that anyone may read, and the checkpoint that is its own.

A file is written beside its place, synced, renamed, and its folder synced: whoever reads sees the
old file or the new one, also after the power was cut at any point.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import date
from pathlib import Path
from shutil import rmtree
from stat import S_IMODE
from typing import BinaryIO, ClassVar, Final

from app.crypto.note_keys import VerifierKey
from app.kernel.clock import Instant, day_of, start_of
from app.kernel.errors import AppError, NotFoundError

from .checkpoints import VerifiedCheckpoint, parse_checkpoint, verify_checkpoint
from .errors import CheckpointDamagedError, LostRaceError

_PART: Final = ".part"
_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
_OPEN, _ENTER, _CLOSED = 0o644, 0o755, 0o600
"""What anyone may read, the folders of it, and what nobody else may."""


class PublicFolder:
    """`GOFTOGU_DATA/public`: what any web server may serve as it is."""

    file_mode: ClassVar[int] = _OPEN
    folder_mode: ClassVar[int] = _ENTER

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: set[Path] = set()

    def read(self, path: str) -> bytes:
        """Return a file; whoever calls has made sure that the path is one of the log's.

        Raises:
            NotFoundError: it is not there.

        """
        try:
            return (self._folder / path).read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFoundError("no such file of the log") from error

    def open(self, path: str) -> tuple[BinaryIO, int]:
        """Return an open file, to be closed by whoever calls, and how many bytes it has.

        Raises:
            NotFoundError: it is not there.

        """
        try:
            file = (self._folder / path).open("rb")
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFoundError("no such file of the log") from error
        return file, os.fstat(file.fileno()).st_size

    def size(self, path: str) -> int:
        """Return how many bytes a file has; 0 if it is not there."""
        try:
            return (self._folder / path).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return 0

    def get_day(self, path: str) -> date:
        """Return the UTC day on which a file was last written.

        Raises:
            NotFoundError: it is not there.

        """
        try:
            return day_of(Instant(int((self._folder / path).stat().st_mtime)))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFoundError("no such file of the log") from error

    def write(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write files durably. Writing the same again changes nothing.

        Raises:
            OSError: the disk is full or fails. Some of them may be there.

        """
        changed: dict[Path, None] = {}
        with self._forgetting():
            for path, raw in files:
                place = self._folder / path
                self._make(place.parent)
                _write(place, raw, self.file_mode)
                changed[place.parent] = None
            for folder in changed:
                sync_folder(folder)

    def put(self, path: str, raw: bytes) -> None:
        """Write a file that whoever calls writes again after a power cut, which may spoil it.

        A file that is the same already stays as it is.

        Raises:
            OSError: the disk is full or fails.

        """
        place = self._folder / path
        with suppress(OSError):
            if place.read_bytes() == raw:
                return
        with self._forgetting():
            self._make(place.parent)
            _write(place, raw, self.file_mode, is_synced=False)

    def discard(self, paths: Iterable[str]) -> None:
        """Remove files durably, those that are there.

        Raises:
            OSError: the disk fails. Some of them may be there.

        """
        changed: dict[Path, None] = {}
        for path in paths:
            place = self._folder / path
            with suppress(FileNotFoundError):
                place.unlink()
                changed[place.parent] = None
        for folder in changed:
            sync_folder(folder)

    def list_names(self, path: str) -> Iterator[str]:
        """Yield the names in one of its folders, in no order; none if it is not there."""
        with suppress(FileNotFoundError), os.scandir(self._folder / path) as entries:
            for entry in entries:
                yield entry.name

    def open_to_readers(self) -> None:
        """Let other users of the machine read what is there: a front server is one.

        Whether they reach it is up to who owns the folder around it. A folder that was opened is
        not walked again, so it comes last.
        """
        if not self._folder.is_dir() or S_IMODE(self._folder.stat().st_mode) == _ENTER:
            return
        for folder, _, names in os.walk(self._folder, topdown=False):
            for path in (Path(folder, name) for name in names):
                if not path.is_symlink():
                    path.chmod(_OPEN)
            Path(folder).chmod(_ENTER)

    def replace(self, path: str, raw: bytes) -> None:
        """Write a file that may be an older one again after a power cut, but is always whole.

        Raises:
            OSError: the disk is full or fails.

        """
        place = self._folder / path
        with self._forgetting():
            self._make(place.parent)
            _write(place, raw, self.file_mode)

    def remove(self, path: str) -> None:
        """Remove a folder with what is in it, if it is there."""
        folder = self._folder / path
        self._made.discard(folder)
        rmtree(folder, ignore_errors=True)

    @contextmanager
    def _forgetting(self) -> Iterator[None]:
        """Forget which folders are there when something fails: one may have been taken away."""
        try:
            yield
        except OSError:
            self._made.clear()
            raise

    def _make(self, folder: Path) -> None:
        """Make a folder durably. One that a crash left may not have been synced: it is, once."""
        if folder in self._made:
            return
        if folder != self._folder:
            self._make(folder.parent)
        is_new = not folder.is_dir()
        folder.mkdir(mode=self.folder_mode, exist_ok=True)
        # What the process keeps for itself by its umask is not meant here. The whole is opened last
        # where it was closed before: `open_to_readers` sees by it what is still to be done.
        if is_new or folder != self._folder:
            folder.chmod(self.folder_mode)
        sync_folder(folder.parent)
        self._made.add(folder)


class ClosedFolder(PublicFolder):
    """A folder of files that nobody else may read."""

    file_mode = _CLOSED
    folder_mode = 0o700


class OwnCheckpoint:
    """`GOFTOGU_DATA/log/checkpoint`: the last that the log has signed, in no backup.

    Whatever the database says, the log never signs anything that does not continue this.
    """

    def __init__(self, folder: Path, key: VerifierKey) -> None:
        self._path = folder / "checkpoint"
        self._key = key
        self._is_made = False

    def read(self) -> VerifiedCheckpoint | None:
        """Return it, or None if there is none.

        Raises:
            CheckpointDamagedError: the file holds something else.

        """
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return None
        try:
            return verify_checkpoint(parse_checkpoint(raw), [self._key])
        except AppError as error:
            raise CheckpointDamagedError from error

    def swap(self, old: VerifiedCheckpoint | None, new: VerifiedCheckpoint) -> None:
        """Put a checkpoint in the place of an older one, durably, if that is still the one there.

        Raises:
            LostRaceError: another one is there.
            OSError: the disk is full or fails. The new one may be there or not.

        """
        with self._alone("lock"):
            there = self._path.read_bytes() if self._path.exists() else None
            if there != (None if old is None else old.note.encode()):
                raise LostRaceError
            _write(self._path, new.note.encode(), _CLOSED)
            sync_folder(self._path.parent)

    def turn(self) -> AbstractContextManager[None]:
        """Wait until nobody else makes a run in this folder, for the length of a block."""
        return self._alone("turn")

    @contextmanager
    def _alone(self, name: str) -> Iterator[None]:
        folder = self._path.parent
        if not self._is_made:
            folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(folder.parent)
            self._is_made = True
        handle = os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)


def _write(place: Path, raw: bytes, mode: int, *, is_synced: bool = True) -> None:
    """Write a file that is whole whenever it is there. Its name is durable once its folder is."""
    part = place.with_name(place.name + _PART)
    try:
        with open(os.open(part, _NEW, mode), "wb") as file:  # noqa: PTH123 (a handle has no path)
            os.fchmod(file.fileno(), mode)
            file.write(raw)
            file.flush()
            if not place.exists():
                tell_day_alone(file.fileno())
            if is_synced:
                os.fsync(file.fileno())
        os.replace(part, place)  # noqa: PTH105 (as the tests that let it fail know it)
    except OSError:
        with suppress(OSError):
            part.unlink()
        raise


def tell_day_alone(handle: int) -> None:
    """Let an open file say on which UTC day it was written, and nothing finer.

    For one whose name is new. A record's file would tell when its post was shown, to whoever has
    the disk or a copy, or asks a web server (`Last-Modified`). What replaces another one keeps its
    time: web servers tell the two apart by it.
    """
    written = int(os.fstat(handle).st_mtime)
    day = start_of(day_of(Instant(written)))
    os.utime(handle, (day, day))


def sync_folder(folder: Path) -> None:
    """Let what was renamed and made in a folder outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
