"""Counters of what a process did: how often, never who, what or when.

A label is a word of our own (a type of record, an error's code), so that no value of a visitor can
become one.
"""

from collections import Counter
from threading import Lock
from typing import Final

_COUNTED: Final = ("records", "refusals", "pages", "ticks", "entries", "failures")


class Counters:
    """Numbers that only grow, by kind and label."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[str, str]] = Counter({(kind, ""): 0 for kind in _COUNTED})
        self._lock = Lock()

    def add(self, kind: str, label: str = "", count: int = 1) -> None:
        """Count something that happened."""
        with self._lock:
            self._counts[kind, label] += count

    def read(self) -> dict[tuple[str, str], int]:
        """Return all counts so far."""
        with self._lock:
            return dict(self._counts)
