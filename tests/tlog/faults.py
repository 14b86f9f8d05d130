"""A disk that fails at one of the steps that last: syncs, renames, new folders, commits.

The step has not happened, or it has and nobody hears of it. Only calls of the system and of the
database's driver are changed, none of ours.
"""

import os
from collections.abc import Callable
from errno import EIO
from typing import Any

import pytest
from app.wiring import House


class Faults:
    """Counts the durable steps of a block, and lets one of them fail."""

    def __init__(self, patch: pytest.MonkeyPatch, house: House, at: int, *, persists: bool) -> None:
        self.count = 0
        self._at = at
        self._persists = persists
        for name in ("fsync", "replace", "mkdir"):
            patch.setattr(os, name, self._failing(getattr(os, name)))
        dialect = house.db.engine.dialect
        commit = self._failing(dialect.do_commit, instead=dialect.do_rollback)
        patch.setattr(dialect, "do_commit", commit)

    def _failing(
        self, step: Callable[..., Any], instead: Callable[..., Any] | None = None
    ) -> Callable[..., Any]:
        """Return a step that may fail; a database takes back what it does not commit."""

        def run(*words: Any, **named: Any) -> Any:
            number, self.count = self.count, self.count + 1
            if number == self._at and not self._persists:
                if instead is not None:
                    instead(*words, **named)
                raise OSError(EIO, "the disk fails")
            done = step(*words, **named)
            if number == self._at:
                raise OSError(EIO, "the disk fails, and did what it was asked")
            return done

        return run
