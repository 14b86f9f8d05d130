"""What a disk has kept of a folder when the power is cut: of files what was synced, and of folders too.

A file that was written and never synced may be empty; a name that was given, changed or taken away
since its folder was synced last may be as it was (POSIX promises no more).
"""

import os
import shutil
from pathlib import Path
from random import Random
from typing import NamedTuple


class _Entry(NamedTuple):
    """What a name in a folder leads to."""

    inode: int
    is_folder: bool


class Disk:
    """A folder, and what of it would be there after the power was cut now."""

    def __init__(self, folder: Path) -> None:
        """Begin with everything kept that is there."""
        self.folder = folder.resolve()
        self._contents: dict[int, bytes] = {}
        self._names: dict[int, dict[str, _Entry]] = {}
        self._handles: list[int] = []
        """Of everything that was kept: the number of a file that is gone is given to no other."""
        for path in [self.folder, *self.folder.rglob("*")]:
            self._keep(path)

    def __del__(self) -> None:
        """Let go of the files."""
        for handle in self._handles:
            os.close(handle)

    def keep(self, handle: int) -> None:
        """Keep an open file or folder as it is: it was synced."""
        path = Path(f"/proc/self/fd/{handle}").readlink()
        if path.is_relative_to(self.folder):
            self._keep(path)

    def write_kept(self, to: Path, chance: Random | None = None) -> None:
        """Write what is there after the power was cut: nothing that was not synced, or some of it.

        The database's files are as they are: it syncs them itself (tests/faults).
        """
        self._write_kept(self.folder, to, chance)
        for path in self.folder.glob("goftogu.db*"):
            shutil.copy(path, to / path.name)

    def _keep(self, path: Path) -> None:
        self._handles.append(os.open(path, os.O_RDONLY))
        inode = path.stat().st_ino
        if path.is_dir():
            self._names[inode] = _list_names(path)
        else:
            self._contents[inode] = path.read_bytes()

    def _write_kept(self, folder: Path, to: Path, chance: Random | None, inode: int = 0) -> None:
        to.mkdir(mode=0o700)
        is_there = folder.is_dir() and inode in {0, folder.stat().st_ino}
        now = _list_names(folder) if is_there else {}
        kept = self._names.get(inode or folder.stat().st_ino, {})
        for name in sorted(kept.keys() | now.keys()):
            entry = (now if chance and chance.random() < 0.5 else kept).get(name)
            if entry is None:
                continue
            if entry.is_folder:
                self._write_kept(folder / name, to / name, chance, entry.inode)
            else:
                is_current = entry == now.get(name)
                unsynced = (folder / name).read_bytes() if chance and is_current else b""
                (to / name).write_bytes(self._contents.get(entry.inode, unsynced))


def _list_names(folder: Path) -> dict[str, _Entry]:
    return {
        path.name: _Entry(path.stat().st_ino, path.is_dir()) for path in sorted(folder.iterdir())
    }
