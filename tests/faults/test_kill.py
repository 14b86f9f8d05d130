"""The server is killed while people write: what was acknowledged is there, what was not is whole or absent."""

import shutil
from contextlib import closing
from http.client import HTTPException
from pathlib import Path

import pytest
from app import records, tlog, wiring
from app.kernel.clock import SystemClock
from app.settings import Settings
from app.wiring import House
from sqlalchemy import text

from tests import factories
from tests.faults.failing import failing
from tests.faults.host import running_host
from tests.faults.load import (
    CLIENTS,
    SCRIBE,
    assert_good,
    assert_promises_kept,
    load_on,
    new_post,
    wait_for,
)
from tests.faults.rounds import KILLS
from tests.faults.sequencing import kill_while_it_sequences, list_checkpoints
from tests.houses import find_record, invite, open_at, submit, tick
from tests.postgres.server import Postgres
from tests.tlog.strangers import assert_log_good

pytestmark = pytest.mark.slow


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(
    template: Path, tmp_path: Path
) -> None:
    acknowledged = unanswered = 0
    for number in range(KILLS):
        data = tmp_path / str(number)
        shutil.copytree(template, data)
        with running_host(data) as host, load_on(host.address) as heard:
            wait_for(heard, CLIENTS)
            host.kill()

        with closing((house := open_at(data, SystemClock())).db):
            with house.db.read() as work:
                assert work.session.scalar(text("PRAGMA integrity_check")) == "ok"
            assert_promises_kept(house, heard)
            tick(house)
            assert_log_good(house)
            assert_good(house)
        acknowledged += len(heard.taken_in)
        unanswered += len(heard.unanswered)
        shutil.rmtree(data)

    assert acknowledged > KILLS * CLIENTS
    assert unanswered > 0


def test_killed_server_comes_back_and_goes_on(template: Path, tmp_path: Path) -> None:
    data = tmp_path / "instance"
    shutil.copytree(template, data)
    with running_host(data) as host, load_on(host.address) as heard:
        wait_for(heard, CLIENTS)
        host.kill()
    last = heard.unanswered[-1]

    with running_host(data) as host:
        assert host.submit(last) in {200, 201}
        assert host.submit(last) == 200
        assert host.submit(new_post()) == 201
        assert host.request("GET", "/en/")[0] == 200


def count_of_scribe(house: House) -> int:
    """Return how many records are by whom the load writes: the host adds cards of its own."""
    with house.db.read() as work:
        return len(records.list_by_signers(work, [SCRIBE.did], "Note"))


def test_record_whose_answer_was_cut_off_is_handed_in_again_without_becoming_two(
    template: Path, tmp_path: Path
) -> None:
    """The process dies at the very call that would send the answer: after the commit, unheard."""
    data, raw = tmp_path / "instance", new_post()
    shutil.copytree(template, data)
    with closing((house := open_at(data, SystemClock())).db):
        before = count_of_scribe(house)
    with (
        running_host(data) as host,
        failing(host.pid, calls="sendto", when="1", fate="signal=SIGKILL"),
        pytest.raises((OSError, HTTPException)),
    ):
        host.submit(raw)

    with closing((house := open_at(data, SystemClock())).db):
        assert find_record(house, raw) is not None
        assert count_of_scribe(house) == before + 1
    with running_host(data) as host:
        assert [host.submit(raw) for _ in range(2)] == [200, 200]
    with closing((house := open_at(data, SystemClock())).db):
        assert count_of_scribe(house) == before + 1
        assert_good(house)


def test_killed_sequencer_never_forks_its_log(template: Path, tmp_path: Path) -> None:
    """One instance, killed at random again and again: each checkpoint continues those before it."""
    data = tmp_path / "instance"
    shutil.copytree(template, data)
    seen: list[bytes] = []
    for number in range(KILLS):
        kill_while_it_sequences(data, f"Author {number}")
        with closing((house := open_at(data, SystemClock())).db):
            seen += [path.read_bytes() for path in list_checkpoints(data)]
            tick(house)
            seen += [path.read_bytes() for path in list_checkpoints(data)]
            assert_log_good(house, *seen[-8:], seen[0])
            with house.db.read() as work:
                assert tlog.get_state(work).shown == tlog.count_entries(work)
                assert tlog.list_aside(work) == []
    with closing((house := open_at(data, SystemClock())).db):
        assert_log_good(house, *seen)
        assert_good(house)
    assert len(set(seen)) > KILLS


@pytest.mark.postgres
def test_nothing_acknowledged_is_lost_when_the_server_before_postgres_is_killed(
    postgres: Postgres, tmp_path: Path
) -> None:
    data, url = tmp_path / "instance", postgres.create_database()
    house = wiring.init_house(Settings(data=data, database_url=url, origin=""))
    with closing(house.db):
        submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
        invite(house, SCRIBE)
        tick(house)
        for _ in range(KILLS):
            with running_host(data, url) as host, load_on(host.address) as heard:
                wait_for(heard, CLIENTS)
                host.kill()

            assert_promises_kept(house, heard)
        assert_good(house)
