"""The shelf: bundles and bulletins as anyone fetches them, below `public/bundles`.

<board>/<day>.zip           a board's day
<board>/<day>-<part>.zip    a part of it, where more was said than one file holds
<day>.txt                   the bulletin of a day
SHA256SUMS                  all of them, as `sha256sum --check` reads it
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Final

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

    def list_sums(self) -> dict[str, str]:
        """Return every path with the SHA-256 of its file, in hex."""
        try:
            text = self._public.read(f"{_FOLDER}/{INDEX}").decode("ascii", "replace")
        except NotFoundError:
            return {}
        found = filter(None, map(_line.fullmatch, text.split("\n")))
        return {match[2]: match[1] for match in found if _file.fullmatch(match[2])}

    def list_files(self) -> list[Shelved]:
        """Return what is there: the newest day first, in it the bulletin, then by board."""
        files = filter(None, map(_describe, self.list_sums()))
        return sorted(files, key=lambda file: (-file.day.toordinal(), file.board, file.part))

    def read(self, path: str) -> bytes:
        """Return a file.

        Raises:
            NotFoundError: there is none under this path.

        """
        if path != INDEX and not _file.fullmatch(path):
            raise NotFoundError("no such file on the shelf")
        return self._public.read(f"{_FOLDER}/{path}")

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
        for path in gone:
            self._public.take_away(f"{_FOLDER}/{path}")
        if gone:
            sums = self.list_sums()
            self._write_sums({path: sums[path] for path in sums.keys() - gone})

    def _write_sums(self, sums: Mapping[str, str]) -> None:
        lines = (f"{sums[path]}  {path}\n" for path in sorted(sums))
        self._public.write([(f"{_FOLDER}/{INDEX}", "".join(lines).encode())])


def _describe(path: str) -> Shelved | None:
    """Return what a path says of its file; None for a day that no calendar has."""
    found = _file.fullmatch(path)
    try:
        day = date.fromisoformat(found["day"] or found["bulletin"] if found else "")
    except ValueError:
        return None
    board, part = (found["board"], found["part"]) if found else (None, None)
    return Shelved(path=path, board=board or "", day=day, part=int(part or 0))
