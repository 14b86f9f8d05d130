"""Fixtures of the folder: races and jumping clocks are tried on each database."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from app.kernel.clock import FixedClock

from tests import factories
from tests.faults.load import SCRIBE
from tests.houses import invite, open_at, tick
from tests.postgres.conftest import house as house  # noqa: PLC0414 (a fixture, found by its name)


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder on a disk: other tests have theirs in memory, and here it is the disk that fails."""
    with TemporaryDirectory(prefix="faults") as name:
        yield Path(name)


@pytest.fixture(scope="session")
def template(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance like every other test's, to which whoever writes under load was invited."""
    data = tmp_path_factory.mktemp("faults") / "instance"
    shutil.copytree(template, data)
    house = open_at(data, FixedClock(factories.NOW))
    with closing(house.db):
        invite(house, SCRIBE)
        tick(house)
    return data
