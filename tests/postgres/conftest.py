"""An instance on each database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from app import wiring
from app.kernel.clock import FixedClock
from app.settings import Settings
from app.wiring import House

from tests import factories
from tests.houses import submit, tick
from tests.postgres.server import Postgres

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
def house(
    request: pytest.FixtureRequest, template: Path, tmp_path: Path, clock: FixedClock
) -> Iterator[House]:
    """A fresh instance on each database."""
    data, url = tmp_path / "instance", ""
    if request.param == "postgres":
        postgres: Postgres = request.getfixturevalue("postgres")
        url = postgres.create_database()
        shutil.copytree(template / "keys", data / "keys")
    else:
        shutil.copytree(template, data)
    settings = Settings(data=data, database_url=url, origin="")
    house = wiring.init_house(settings, clock=clock)
    if request.param == "postgres":
        for board in (factories.SQUARE, factories.LIVE):
            submit(house, factories.board(board, home=house.keys["instance"]))
        tick(house)
    yield house
    house.db.close()
