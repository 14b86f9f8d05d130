"""How the tests are collected; their fixtures are in `fixtures.py`."""

import gc
import os
import re
from importlib import import_module
from pathlib import Path

import pytest

from tests.tiers import PROFILE, SLOWER, folder_in_memory

_all_slower = re.compile(rf"^pytestmark = .*\bmark\.({'|'.join(SLOWER)})\b", re.MULTILINE)


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Put the tests' folders into memory where there is room, and load the fixtures where tests run.

    Who hands the files out to two processes needs none, and would keep them waiting.
    """
    if place := folder_in_memory(""):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", place)
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
