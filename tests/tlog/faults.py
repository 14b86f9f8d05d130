"""A disk that fails at one of the steps that last: syncs, renames, new folders, commits.

Only calls of the system and of the database's driver are changed, none of ours.
"""

import os
from collections.abc import Callable
from enum import Enum
from errno import EIO
from pathlib import Path
from typing import Any

import pytest
from app.wiring import House

from tests.tlog.disks import Disk


class Fate(Enum):
    """What becomes of a step, and of the machine."""

    FAILS = "failed"
    """It has not happened, and an error says so."""
    PERSISTS = "failed-but-persisted"
    """It has happened, and an error says that it has not."""
    CUT_BEFORE = "power-cut-before"
    """The power is cut before it: what was never synced is gone."""
    CUT_AFTER = "power-cut-after"
    """The power is cut after it, before anybody hears of it."""


class PowerCut(BaseException):
    """The machine stopped: nothing catches that."""


class Faults:
    """Names the durable steps of a block, and lets one of them end otherwise."""

    def __init__(
        self, patch: pytest.MonkeyPatch, house: House, at: int, fate: Fate = Fate.FAILS
    ) -> None:
        self.steps: list[str] = []
        self.disk = Disk(house.settings.data)
        self._at = at
        self._fate = fate
        for name in ("fsync", "replace", "mkdir"):
            patch.setattr(os, name, self._failing(name, getattr(os, name)))
        dialect = house.db.engine.dialect
        commit = self._failing("commit", dialect.do_commit, instead=dialect.do_rollback)
        patch.setattr(dialect, "do_commit", commit)

    def _failing(
        self, name: str, step: Callable[..., Any], instead: Callable[..., Any] | None = None
    ) -> Callable[..., Any]:
        """Return a step that may fail; a database takes back what it does not commit."""

        def run(*words: Any, **named: Any) -> Any:
            is_now = len(self.steps) == self._at
            self.steps.append(f"{name} {self._place_of(name, words)}".rstrip())
            if is_now and self._fate in {Fate.FAILS, Fate.CUT_BEFORE}:
                if instead is not None:
                    instead(*words, **named)
                self._end("the disk fails")
            done = step(*words, **named)
            if name == "fsync":
                self.disk.keep(*words)
            if is_now:
                self._end("the disk fails, and did what it was asked")
            return done

        return run

    def _end(self, reason: str) -> None:
        if self._fate in {Fate.CUT_BEFORE, Fate.CUT_AFTER}:
            raise PowerCut
        raise OSError(EIO, reason)

    def _place_of(self, name: str, words: tuple[Any, ...]) -> str:
        """Return what a step is about, below the instance's folder."""
        if name == "commit":
            return ""
        if name == "fsync":
            path = Path(f"/proc/self/fd/{words[0]}").readlink()
        else:
            path = Path(words[1] if name == "replace" else words[0])
        return str(path.relative_to(self.disk.folder))
