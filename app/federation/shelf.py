"""The shelf: bundles and bulletins as anyone fetches them, below `public/bundles`.

<board>/<day>.zip           a board's day
<board>/<day>-<part>.zip    a part of it, where more was said than one file holds
<day>.txt                   the bulletin of a day
SHA256SUMS                  all of them, as `sha256sum --check` reads it
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import sha256
from types import MappingProxyType
from typing import BinaryIO, Final

from app.kernel.errors import NotFoundError
from app.tlog.files import PublicFolder

INDEX: Final = "SHA256SUMS"
_FOLDER: Final = "bundles"
_DAY: Final = r"[12]\d{3}-\d\d-\d\d"
_file = re.compile(
    rf"(?:(?P<board>[a-z][a-z0-9-]{{0,39}})/(?P<day>{_DAY})(?:-(?P<part>[1-9]\d{{0,2}}))?\.zip"
    rf"|(?P<bulletin>{_DAY})\.txt)"
)
_line = re.compile(r"([0-9a-f]{64})  (\S+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelved:
    """A file of the shelf."""

    path: str
    board: str
    """The short name; empty for a bulletin."""
    day: date
    part: int
    """0 for a whole day."""


class Shelf:
    """What is on the shelf. One process changes it: the worker."""

    def __init__(self, public: PublicFolder) -> None:
        self._public = public
        # Each reader asks for the list, and it changes once an hour.
        self._parsed = lru_cache(maxsize=1)(_parse)

    def list_sums(self) -> Mapping[str, str]:
        """Return every path with the SHA-256 of its file, in hex."""
        return self._parsed(self._read_index())[0]

    def list_files(self) -> Sequence[Shelved]:
        """Return what is there: the newest day first, in it the bulletin, then by board."""
        return self._parsed(self._read_index())[1]

    def list_traces(self, board: str, day: date) -> set[str]:
        """Return the paths of all files of a board's day, or of a bulletin, listed or not.

        A crash may have left one that is not listed yet, or not whole.
        """
        folder = f"{_FOLDER}/{board}" if board else _FOLDER
        names = self._public.list_names(folder)
        prefix = f"{board}/" if board else ""
        return {prefix + name for name in names if name.startswith(day.isoformat())}

    def read(self, path: str) -> bytes:
        """Return a file.

        Raises:
            NotFoundError: there is none under this path.

        """
        if path != INDEX and not _file.fullmatch(path):
            raise NotFoundError("no such file on the shelf")
        return self._public.read(f"{_FOLDER}/{path}")

    def open(self, path: str) -> tuple[BinaryIO, int]:
        """Return an open file, to be closed by whoever calls, and how many bytes it has.

        Raises:
            NotFoundError: there is none under this path.

        """
        if not _file.fullmatch(path):
            raise NotFoundError("no such file on the shelf")
        return self._public.open(f"{_FOLDER}/{path}")

    def size(self, path: str) -> int:
        """Return how many bytes a listed file has; 0 if it went meanwhile."""
        return self._public.size(f"{_FOLDER}/{path}")

    def put(self, path: str, raw: bytes) -> None:
        """Put a file on the shelf, instead of an older one.

        Raises:
            OSError: the disk is full or fails.

        """
        self._public.write([(f"{_FOLDER}/{path}", raw)])
        self._write_sums({**self.list_sums(), path: sha256(raw).hexdigest()})

    def take_away(self, paths: Iterable[str]) -> None:
        """Take files away; those that are not there are no error.

        Raises:
            OSError: the disk fails.

        """
        gone = set(paths)
        if gone:
            self._public.discard(f"{_FOLDER}/{path}" for path in gone)
            sums = self.list_sums()
            self._write_sums({path: sums[path] for path in sums.keys() - gone})

    def _read_index(self) -> bytes:
        try:
            return self._public.read(f"{_FOLDER}/{INDEX}")
        except NotFoundError:
            return b""

    def _write_sums(self, sums: Mapping[str, str]) -> None:
        lines = (f"{sums[path]}  {path}\n" for path in sorted(sums))
        self._public.write([(f"{_FOLDER}/{INDEX}", "".join(lines).encode())])


def _parse(index: bytes) -> tuple[Mapping[str, str], Sequence[Shelved]]:
    """Return the sums that an index lists, and its files in the order in which they are shown."""
    found = filter(None, map(_line.fullmatch, index.decode("ascii", "replace").split("\n")))
    sums = {match[2]: match[1] for match in found if _file.fullmatch(match[2])}
    files = filter(None, map(_describe, sums))
    order = sorted(files, key=lambda file: (-file.day.toordinal(), file.board, file.part))
    return MappingProxyType(sums), tuple(order)


def _describe(path: str) -> Shelved | None:
    """Return what a path says of its file; None for a day that no calendar has."""
    found = _file.fullmatch(path)
    try:
        day = date.fromisoformat(found["day"] or found["bulletin"] if found else "")
    except ValueError:
        return None
    board, part = (found["board"], found["part"]) if found else (None, None)
    return Shelved(path=path, board=board or "", day=day, part=int(part or 0))
