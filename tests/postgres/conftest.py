"""An instance on each database."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from app import wiring
from app.kernel.clock import FixedClock
from app.settings import Settings
from app.wiring import House

from tests.postgres.server import Postgres

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]


@pytest.fixture(params=DATABASES)
def house(
    request: pytest.FixtureRequest, template: Path, tmp_path: Path, clock: FixedClock
) -> Iterator[House]:
    """A fresh instance on each database."""
    data, url = tmp_path / "instance", ""
    postgres: Postgres | None = None
    if request.param == "postgres":
        postgres = request.getfixturevalue("postgres")
        assert postgres is not None
        template, name = request.getfixturevalue("postgres_template")
        url = postgres.create_database(copy_of=name)
    shutil.copytree(template, data)
    house = wiring.open_house(Settings(data=data, database_url=url, origin=""), clock=clock)
    yield house
    house.db.close()
    if postgres is not None:
        postgres.drop_database(url)
