"""Static files: read once, compressed once, named by the hash of the whole set, cached for ever.

The hash stands in the path, so that the browser module's own imports resolve inside the same set.
"""

import gzip
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Final

import brotli

from .coding import BROTLI, GZIP, IDENTITY, etag_of

_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    # The program that readers can check a post with: to be read as it is.
    ".go": "text/plain; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".png": "image/png",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """One file, ready to send."""

    media_type: str
    etag: str
    bodies: Mapping[str, bytes]
    """By coding; the strongest compression, for it is done once."""


class StaticFiles:
    """The set of static files that pages may refer to."""

    def __init__(self, folder: Path) -> None:
        files = sorted(path for path in folder.iterdir() if path.suffix in _TYPES)
        self.version = sha256(b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
        self._files = {path.name: _read(path) for path in files}

    def path(self, name: str) -> str:
        """Return the address of a file."""
        return f"/static/{self.version}/{name}"

    def find(self, name: str) -> StaticFile | None:
        """Return a file by name, or None."""
        return self._files.get(name)


def _read(path: Path) -> StaticFile:
    raw = path.read_bytes()
    bodies = {
        IDENTITY: raw,
        GZIP: gzip.compress(raw, 9, mtime=0),
        BROTLI: brotli.compress(raw, mode=brotli.MODE_TEXT),
    }
    return StaticFile(media_type=_TYPES[path.suffix], etag=etag_of(raw), bodies=bodies)
