"""Static files: read once, compressed once, named by the hash of the whole set, cached for ever.

The hash stands in the path, so that the browser module's own imports resolve inside the same set.
"""

import gzip
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """One file, ready to send."""

    media_type: str
    raw: bytes
    gzipped: bytes


class StaticFiles:
    """The set of static files that pages may refer to."""

    def __init__(self, folder: Path) -> None:
        files = sorted(path for path in folder.iterdir() if path.suffix in _TYPES)
        self.version = sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
        self._files = {
            path.name: StaticFile(
                media_type=_TYPES[path.suffix],
                raw=path.read_bytes(),
                gzipped=gzip.compress(path.read_bytes(), 9, mtime=0),
            )
            for path in files
        }

    def path(self, name: str) -> str:
        """Return the address of a file."""
        return f"/static/{self.version}/{name}"

    def find(self, name: str) -> StaticFile | None:
        """Return a file by name, or None."""
        return self._files.get(name)
