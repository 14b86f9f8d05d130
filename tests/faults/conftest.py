"""Fixtures of the folder: races and jumping clocks are tried on each database."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from app.kernel.clock import FixedClock

from tests import factories
from tests.faults.load import SCRIBE
from tests.houses import invite, open_at, tick
from tests.postgres.conftest import house as house  # noqa: PLC0414 (a fixture, found by its name)


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
