"""PostgreSQL goes away and comes back under load: people hear 503 in between, and the host needs no restart."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app import wiring
from app.settings import Settings
from app.wiring import House

from tests import factories
from tests.faults.host import running_host
from tests.faults.load import (
    CLIENTS,
    SCRIBE,
    assert_good,
    assert_promises_kept,
    load_on,
    wait_for,
    wait_until,
)
from tests.faults.rounds import DATABASE_KILLS, RESTARTS
from tests.houses import invite, submit, tick
from tests.postgres.server import Postgres, running_postgres

# What a key may hand in within five minutes is more than a host hears in so many rounds.
_ROUNDS_OF_A_HOST = 10

pytestmark = [pytest.mark.slow, pytest.mark.postgres]


@pytest.fixture
def mortal(postgres: Postgres) -> Iterator[Postgres]:
    """A cluster that nobody else uses, so that it may be killed."""
    with running_postgres(postgres.programs) as cluster:
        yield cluster


@pytest.fixture
def house(mortal: Postgres, tmp_path: Path) -> Iterator[House]:
    """An instance in that cluster, with a live board."""
    url = mortal.create_database()
    house = wiring.init_house(Settings(data=tmp_path / "instance", database_url=url, origin=""))
    with closing(house.db):
        submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
        invite(house, SCRIBE)
        tick(house)
        yield house


def strike(cluster: Postgres, house: House, mode: str, rounds: int) -> None:
    """Let the database go away and come back under load, as often as said."""
    for first in range(0, rounds, _ROUNDS_OF_A_HOST):
        _strike(cluster, house, mode, min(_ROUNDS_OF_A_HOST, rounds - first))
    assert_good(house)


def _strike(cluster: Postgres, house: House, mode: str, rounds: int) -> None:
    with running_host(house.settings.data, house.settings.database_url) as host:
        for _ in range(rounds):
            with load_on(host.address) as heard:
                wait_for(heard, CLIENTS)
                cluster.stop(mode)
                wait_until(lambda: heard.statuses[503] > 0, heard)
                cluster.start()
                before = len(heard.taken_in)
                wait_until(lambda: len(heard.taken_in) > before + CLIENTS, heard)  # noqa: B023
            assert heard.unanswered == []
            assert set(heard.statuses) == {201, 503}
            assert_promises_kept(house, heard)
        assert host.request("GET", "/en/b/live")[0] == 200


def test_host_outlives_restarts_of_the_database(mortal: Postgres, house: House) -> None:
    strike(mortal, house, "fast", RESTARTS)


def test_nothing_acknowledged_is_lost_when_the_database_stops_at_once(
    mortal: Postgres, house: House
) -> None:
    strike(mortal, house, "immediate", DATABASE_KILLS)


def test_nothing_acknowledged_is_lost_when_the_database_is_killed(
    mortal: Postgres, house: House
) -> None:
    strike(mortal, house, "killed", DATABASE_KILLS)
