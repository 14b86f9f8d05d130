"""A folder of published files: under the paths that readers ask a web server for.

    .well-known/goftogu     the instance's signed card
    tlog/checkpoint         what the log's key signs
    tlog/tile/…             the tree and the entries (C2SP tlog-tiles)
    records/<digest>        signed records
    receipts/<digest>.json  the host's promise of when each would be logged
    tables/<digest>.csv     results of consultations, each named by a record

Whoever hands a folder over may have put links into it, so that reading it would show files of the
reader, and writing into it would change them. Each step of a path is therefore opened from the
folder before it and never through a link.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from errno import ELOOP, ENOTDIR
from pathlib import Path
from stat import S_IMODE, S_ISLNK, S_ISREG
from typing import Final, Protocol, Self

from app.kernel.errors import TooLargeError
from app.tlog.files import tell_day_alone

from .errors import MirrorBusyError, NotAFileError, NotAMirrorError

CARD_PATH: Final = ".well-known/goftogu"
RECORDS: Final = "records"
RECEIPTS: Final = "receipts"
TABLES: Final = "tables"
_MARK: Final = ".goftogu-mirror"
_NOT_A_STEP: Final = {ELOOP, ENOTDIR}
_READ: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_ENTER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_WRITE: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_KEPT_OPEN: Final = 100


class Source(Protocol):
    """Something that keeps an instance's files. Nothing that it returns is believed."""

    def read(self, path: str, most: int) -> bytes | None:
        """Return what a path holds, `most` bytes at most; None: nothing is there."""
        ...

    def read_many(self, paths: Sequence[str], most: int) -> Iterable[bytes | None]:
        """Return what several paths hold, in their order."""
        ...

    def is_gone(self, path: str) -> bool:
        """Whether the source says that something was there and was erased; it may not know."""
        ...


def path_of_record(digest: bytes) -> str:
    """Return where a record is."""
    return f"{RECORDS}/{digest.hex()}"


def path_of_receipt(digest: bytes) -> str:
    """Return where the receipt of a record is."""
    return f"{RECEIPTS}/{digest.hex()}.json"


def path_of_table(record: bytes) -> str:
    """Return where the table of results is that a record (its digest) names."""
    return f"{TABLES}/{record.hex()}.csv"


class Folder:
    """A folder that is a source, and that a mirror is written into."""

    def __init__(self, path: Path) -> None:
        """Open it; the folder itself may be reached through a link, as its owner likes.

        Raises:
            OSError: there is no such folder.

        """
        self._open: dict[tuple[str, ...], int] = {}
        self._root = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._forget()
        os.close(self._root)

    def read(self, path: str, most: int) -> bytes | None:
        """Return what a file holds, or None.

        Raises:
            NotAFileError: a link, a folder or a device is in the way.
            TooLargeError: it has more than `most` bytes.

        """
        *parents, name = path.split("/")
        try:
            handle = os.open(name, _READ, dir_fd=self._enter(parents))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _explain(error, path) from error
        try:
            about = os.fstat(handle)
            if not S_ISREG(about.st_mode):
                raise NotAFileError(path)
            if about.st_size > most:
                raise TooLargeError(f"{path} has more than {most} bytes")
            return os.read(handle, about.st_size)
        finally:
            os.close(handle)

    def has(self, path: str) -> bool:
        """Whether something is under a path.

        Raises:
            NotAFileError: a link or a file is where one of its folders should be.

        """
        *parents, name = path.split("/")
        try:
            return _is_there(name, self._enter(parents))
        except FileNotFoundError:
            return False
        except OSError as error:
            raise _explain(error, path) from error

    def read_many(self, paths: Sequence[str], most: int) -> Iterator[bytes | None]:
        """Return what several files hold."""
        return (self.read(path, most) for path in paths)

    def is_gone(self, _path: str) -> bool:
        """Return False: a folder does not say why something is not there."""
        return False

    def write(self, path: str, content: bytes) -> None:
        """Put a file in place, whole, instead of whatever is there.

        Raises:
            NotAFileError: a link or a file is where one of its folders should be.

        """
        *parents, name = path.split("/")
        new = f".{name}.new"
        try:
            parent = self._enter(parents, make=True)
            with suppress(FileNotFoundError):
                os.unlink(new, dir_fd=parent)
            handle = os.open(new, _WRITE, 0o644, dir_fd=parent)
            with open(handle, "wb") as file:  # noqa: PTH123 (a handle has no path)
                file.write(content)
                file.flush()
                if not _is_there(name, parent):
                    tell_day_alone(handle)
            os.rename(new, name, src_dir_fd=parent, dst_dir_fd=parent)
        except OSError as error:
            raise _explain(error, path) from error

    def remove(self, path: str) -> None:
        """Take a file away; one that is not there is no error."""
        *parents, name = path.split("/")
        with suppress(FileNotFoundError):
            os.unlink(name, dir_fd=self._enter(parents))

    def list_names(self, path: str) -> list[str]:
        """Return the names in one of its folders; none if it is not there."""
        try:
            return os.listdir(self._enter(path.split("/")))  # noqa: PTH208 (a handle has no path)
        except FileNotFoundError:
            return []

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Keep other runs away from a mirror's folder for the length of a block.

        Raises:
            NotAMirrorError: it holds something else.
            MirrorBusyError: another run has it.

        """
        names = os.listdir(self._root)  # noqa: PTH208 (a handle has no path)
        if names and _MARK not in names:
            raise NotAMirrorError
        handle = os.open(
            _MARK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=self._root
        )
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield
        except BlockingIOError as error:
            raise MirrorBusyError from error
        finally:
            os.close(handle)

    def _enter(self, parts: Sequence[str], *, make: bool = False) -> int:
        """Return the handle of a folder below this one, step by step."""
        key = tuple(parts)
        if not key:
            return self._root
        if key not in self._open:
            parent = self._enter(key[:-1], make=make)
            if make:
                with suppress(FileExistsError):
                    os.mkdir(key[-1], 0o755, dir_fd=parent)
            handle = os.open(key[-1], _ENTER, dir_fd=parent)
            if len(self._open) >= _KEPT_OPEN:
                self._forget()
            self._open[key] = handle
        return self._open[key]

    def _forget(self) -> None:
        for handle in self._open.values():
            os.close(handle)
        self._open.clear()


def _is_there(name: str, parent: int) -> bool:
    try:
        os.stat(name, dir_fd=parent, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _explain(error: OSError, path: str) -> Exception:
    return NotAFileError(path) if error.errno in _NOT_A_STEP else error


def close_to_others(data: Path, public: str) -> None:
    """Take everything of an instance's folder but the public one from other users of the machine.

    Whoever lets a front server enter the instance's folder means that one folder in it.
    """
    for path in data.iterdir():
        mode = path.lstat().st_mode
        if path.name != public and not S_ISLNK(mode) and S_IMODE(mode) & 0o077:
            # Another's file, or one that has just gone, is not ours to close.
            with suppress(OSError):
                path.chmod(S_IMODE(mode) & 0o700)
