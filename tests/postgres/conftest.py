"""Fixtures: a PostgreSQL server, and an instance on it."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app.kernel.clock import FixedClock
from app.main import create_app
from app.settings import Settings
from app.wiring import House, init_house, open_house
from starlette.testclient import TestClient

from tests import factories
from tests.conftest import ORIGIN
from tests.houses import submit, tick
from tests.postgres.cluster import Cluster, running_cluster


@pytest.fixture(scope="package")
def cluster() -> Iterator[Cluster]:
    """A server for all tests of this folder."""
    with running_cluster() as cluster:
        yield cluster


@pytest.fixture
def house(cluster: Cluster, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A fresh instance on PostgreSQL: boards `square` (every 15 minutes), `live` and `notices`."""
    data = tmp_path / "instance"
    settings = Settings(data=data, database_url=cluster.create_database(), origin="")
    house = init_house(settings, clock=clock)
    with closing(house.db):
        for board in (factories.SQUARE, factories.LIVE, factories.NOTICES):
            submit(house, factories.board(board, home=house.keys["instance"]))
        tick(house)
        yield house


@pytest.fixture
def twin(house: House, clock: FixedClock) -> Iterator[House]:
    """The same instance, opened by a second web host."""
    twin = open_house(house.settings, clock=clock)
    with closing(twin.db):
        yield twin


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """A browser in front of `house`."""
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        yield client
