"""The marks that put a test into another tier than the fast one, how thorough a run is, and where."""

import os
import shutil
from pathlib import Path
from typing import Final

SLOWER: Final = ("slow", "postgres", "browser", "tor", "nightly")
PROFILE: Final = os.environ.get("GOFTOGU_TEST_PROFILE", "dev")
"""`fast`, `dev`, `ci` or `nightly`."""

_MEMORY: Final = Path("/dev/shm")
_ROOM: Final = 1 << 30


def folder_in_memory(elsewhere: str) -> str:
    """Return a folder whose files wait for no disk where a gigabyte is free there, or another."""
    has_room = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM
    return str(_MEMORY) if has_room else elsewhere
