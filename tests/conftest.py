"""How the tests are collected; their fixtures are in `fixtures.py`."""

import gc
import os
import re
import shutil
from importlib import import_module
from pathlib import Path
from typing import Final

import pytest

from tests.tiers import PROFILE, SLOWER

# A folder in memory, and how much of it must be free: who writes there waits for no disk.
_MEMORY: Final = Path("/dev/shm")
_ROOM: Final = 1 << 30
_all_slower = re.compile(rf"^pytestmark = .*\bmark\.({'|'.join(SLOWER)})\b", re.MULTILINE)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Put the tests' folders into memory where there is room, and load the fixtures where tests run.

    Who hands the files out to two processes needs none, and would keep them waiting.
    """
    if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))
    if config.getoption("dist", "no") == "no":
        # What is loaded now stays: the collector need not look at it.
        gc.disable()
        config.pluginmanager.register(import_module("tests.fixtures"))


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """Do not even load a file in the fast tier if all its tests are of a slower one."""
    if PROFILE != "fast" or collection_path.suffix != ".py":
        return None
    return bool(_all_slower.search(collection_path.read_text(encoding="utf-8"))) or None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tell the tiers apart, and let a fast test open no socket unless it says to whom.

    Whoever asks an instance of their own over HTTP is of the gate: it takes most of what they take.
    """
    slowest: dict[Path, int] = {}
    for item in items:
        if {"client", "browsers"} & {*getattr(item, "fixturenames", ())}:
            item.add_marker(pytest.mark.slow)
        if not any(item.get_closest_marker(name) for name in (*SLOWER, "allow_hosts")):
            item.add_marker(pytest.mark.disable_socket)
        marks = [place for place, name in enumerate(SLOWER) if item.get_closest_marker(name)]
        slowest[item.path] = max(slowest.get(item.path, -1), *marks, -1)
    if "PYTEST_XDIST_WORKER" in os.environ:
        # Two processes share files: the longest first, so that neither ends long before the other.
        items.sort(key=lambda item: -slowest[item.path])


def pytest_collection_finish() -> None:
    """Let the collector leave alone what stays until the end: looking at it again took a tenth of the time."""
    gc.enable()
    gc.freeze()
    gc.set_threshold(10_000)
