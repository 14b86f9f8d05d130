"""Replicas answer readers, never from before a change they must know; and one that was promoted too early never makes the log sign a second history."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app.kernel.clock import FixedClock
from app.main import create_app
from app.settings import Settings
from app.tlog.errors import LogBehindError
from app.wiring import House, init_house, open_house
from sqlalchemy import text
from starlette.testclient import TestClient

from tests import factories
from tests.houses import find_post, publish, release, submit, tick
from tests.postgres.server import Postgres, running_postgres
from tests.postgres.standby import promote, run, running_standby, url_of_both, wait_until_caught_up
from tests.visitor import ORIGIN

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

AVA = factories.person("Ava")
IS_REPLICA = text("SELECT pg_is_in_recovery()")


@pytest.fixture
def primary(postgres: Postgres) -> Iterator[Postgres]:
    """A cluster that may be killed."""
    with running_postgres(postgres.programs) as cluster:
        yield cluster


@pytest.fixture
def standby(primary: Postgres) -> Iterator[Postgres]:
    """One that follows it, as fast as it can."""
    with running_standby(primary) as cluster:
        yield cluster


@pytest.fixture
def house(
    primary: Postgres, standby: Postgres, tmp_path: Path, clock: FixedClock
) -> Iterator[House]:
    """An instance on whichever takes writes, with the standby to read from."""
    url = primary.create_database()
    settings = Settings(
        data=tmp_path / "instance",
        database_url=url_of_both(url, standby),
        replica_urls=url.replace(str(primary.folder), str(standby.folder)),
        origin="",
    )
    house = init_house(settings, clock=clock)
    with closing(house):
        submit(house, factories.board(factories.SQUARE, home=house.keys["instance"]))
        tick(house)
        wait_until_caught_up(primary, standby)
        yield house


def asks_a_replica(house: House) -> bool:
    """Whether a reader without a session is answered by a replica now."""
    with house.db.read(may_lag=True) as work:
        return bool(work.run(IS_REPLICA).scalar())


def test_replica_is_asked_while_it_has_all_that_was_written(
    house: House, primary: Postgres, standby: Postgres
) -> None:
    assert asks_a_replica(house)
    with house.db.read() as work:
        assert not work.run(IS_REPLICA).scalar()

    run(standby, "SELECT pg_wal_replay_pause()")
    ava_speaks = factories.note(AVA, title="A needle", text="Nothing.")
    publish(house, ava_speaks)

    assert not asks_a_replica(house)
    run(standby, "SELECT pg_wal_replay_resume()")
    wait_until_caught_up(primary, standby)
    assert asks_a_replica(house)


def test_page_is_never_made_from_before_an_erasure(house: House, standby: Postgres) -> None:
    raw = factories.note(AVA, title="A needle", text="A needle.")
    publish(house, raw)
    post = find_post(house, raw)
    assert post is not None
    with TestClient(create_app(house, ORIGIN), ORIGIN) as client:
        path = f"/en/t/{post.thread}"
        assert "needle" in client.get(path).text
        run(standby, "SELECT pg_wal_replay_pause()")

        submit(house, factories.erasure(AVA, raw))

        assert "needle" not in client.get(path).text
        assert "needle" not in client.get(path).text


def test_pages_go_on_without_the_replica_and_without_the_primary(
    house: House, primary: Postgres, standby: Postgres
) -> None:
    assert asks_a_replica(house)
    primary.stop("immediate")
    try:
        assert asks_a_replica(house)
    finally:
        primary.start()
    standby.stop("immediate")
    assert not asks_a_replica(house)


def test_standby_that_lags_never_makes_the_log_sign_a_second_history(
    house: House, primary: Postgres, standby: Postgres
) -> None:
    run(standby, "ALTER SYSTEM SET primary_conninfo = ''")
    run(standby, "SELECT pg_reload_conf()")
    run(standby, "SELECT pg_wal_replay_pause()")
    publish(house, factories.note(AVA, title="One", text="Lost."))
    signed = house.sequencer.get_own()

    primary.stop("immediate")
    run(standby, "SELECT pg_wal_replay_resume()")
    promote(standby)
    second = open_house(house.settings, clock=house.clock)
    with closing(second):
        for one in (house, second):
            submit(one, factories.note(AVA, title="Two", text="Instead of it."))
            with pytest.raises(LogBehindError):
                release(one)
            assert one.sequencer.halted is not None

        assert second.sequencer.get_own().tree == signed.tree
        with TestClient(create_app(second, ORIGIN), ORIGIN) as client:
            assert client.get("/en/b/square").status_code == 200
    primary.start()
