"""Fixtures: the real fronts, before an instance or before somebody who only listens."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.listeners import fronts


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder whose name is short enough for sockets in it."""
    made = Path(tempfile.mkdtemp(prefix="front"))
    yield made
    shutil.rmtree(made)


def require(program: Path) -> None:
    """Skip where a program is missing, but for the gate, where none may be."""
    if not program.exists():
        if os.environ.get("CI"):
            pytest.fail(f"{program} is not installed")
        pytest.skip(f"{program} is not installed: see tests/needs")


@pytest.fixture(scope="module")
def served(template: Path, folder: Path) -> Iterator[int]:
    """An instance on its two sockets; the id of its process."""
    shutil.copytree(template, folder / "instance")
    with fronts.serving_sockets(folder / "instance", folder) as pid:
        yield pid


@pytest.fixture(scope="module")
def web(folder: Path) -> Iterator[tuple[fronts.Way, int]]:
    """nginx, and its process."""
    require(fronts.NGINX)
    with fronts.running_nginx(folder) as found:
        yield found


@pytest.fixture(scope="module")
def onion(folder: Path) -> Iterator[tuple[fronts.Way, int]]:
    """HAProxy, and its process."""
    require(fronts.HAPROXY)
    with fronts.running_haproxy(folder) as found:
        yield found
