"""What a command changes beside the process that keeps pages, where no Redis tells it.

A file in the instance's folder: other bytes of chance after each such commit, and nothing else. The
worker looks at it at every step, and all pages are made anew (ADR-0057).
"""

import os
import secrets
from pathlib import Path
from typing import Final

_FILE: Final = "changed"
_BYTES: Final = 16


class Beside:
    """Tells that something changed, or hears of it."""

    def __init__(self, data: Path) -> None:
        self._path = data / _FILE
        self._known = self._read()

    def tell(self, _subjects: set[str], _are_words_gone: bool) -> None:  # noqa: FBT001 (`Teller`)
        """Let whoever looks see that something changed."""
        new = self._path.with_name(f"{_FILE}.{os.getpid()}")
        new.write_bytes(secrets.token_bytes(_BYTES))
        # In one step, and whoever made the last one.
        new.replace(self._path)

    def has_changed(self) -> bool:
        """Return whether somebody has told since this was asked last."""
        known, self._known = self._known, self._read()
        return self._known != known

    def _read(self) -> bytes:
        return self._path.read_bytes() if self._path.exists() else b""
