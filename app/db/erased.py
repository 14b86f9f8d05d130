"""The list of erasures: digests of erased records, in a file beside the database.

A backup knows nothing of what is erased after it. An operator who copies this file elsewhere can
restore an old backup without bringing anybody's words back: `goftogu restore --erasures FILE`.
"""

import fcntl
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.kernel.errors import MalformedError

FILE_NAME: Final = "erased.log"
_DIGEST_BYTES: Final = 32
_HOW: Final = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW


class ErasedList:
    """The file `erased.log` in an instance's folder. Lines are only ever added."""

    def __init__(self, data: Path) -> None:
        self._path = data / FILE_NAME

    def append(self, digests: Iterable[bytes]) -> None:
        """Add digests.

        The erasure is committed already: where the disk is full it stays so, and the worker adds
        what is missing within the hour, from the database.
        """
        lines = "".join(f"{digest.hex()}\n" for digest in digests)
        if not lines:
            return
        with suppress(OSError):
            handle = os.open(self._path, _HOW, 0o600)
            with open(handle, "r+b") as file:  # noqa: PTH123 (a handle has no path)
                fcntl.flock(file, fcntl.LOCK_EX)
                # A line that a crash cut off would spoil the one after it.
                file.truncate(file.read().rfind(b"\n") + 1)
                file.write(lines.encode("ascii"))
                file.flush()
                os.fsync(file.fileno())

    def complete(self, digests: Iterable[bytes]) -> None:
        """Add those that are not listed yet."""
        known = set(read_digests(self._path)) if self._path.exists() else set()
        missing = sorted(set(digests) - known)
        if missing:
            self.append(missing)


def read_digests(path: Path) -> list[bytes]:
    """Return the digests that such a file lists; a line that was cut off by a crash is none.

    Raises:
        MalformedError: it holds something else.

    """
    try:
        lines = path.read_text(encoding="ascii").split("\n")[:-1]
        digests = [bytes.fromhex(line) for line in lines if line]
    except ValueError as error:
        raise MalformedError("not a list of erasures") from error
    if any(len(digest) != _DIGEST_BYTES for digest in digests):
        raise MalformedError("not a list of erasures")
    return digests
