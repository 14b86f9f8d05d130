"""The primary is killed under load and its standby promoted: writes come back by themselves, and nothing that was promised is lost."""

import time
from contextlib import closing
from pathlib import Path

import pytest
from app import wiring
from app.settings import Settings

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
from tests.houses import invite, submit, tick
from tests.postgres.server import Postgres, running_postgres
from tests.postgres.standby import promote, run, running_standby, url_of_both, wait_until_caught_up

pytestmark = [pytest.mark.nightly, pytest.mark.postgres]

WRITES_BACK_S = 30.0
_ROUNDS = 3


def test_writes_come_back_from_a_promoted_standby_and_nothing_promised_is_lost(
    postgres: Postgres, tmp_path: Path
) -> None:
    for number in range(_ROUNDS):
        assert _fail_over(postgres.programs, tmp_path / str(number)) <= WRITES_BACK_S


def _fail_over(programs: Path, data: Path) -> float:
    """Let a primary die for its standby; return after how many seconds a post was taken in."""
    with running_postgres(programs) as primary, running_standby(primary) as standby:
        url = url_of_both(primary.create_database(), standby)
        # A commit is answered once the standby has it on its disk as well.
        run(primary, "ALTER SYSTEM SET synchronous_standby_names = 'standby'")
        run(primary, "SELECT pg_reload_conf()")
        house = wiring.init_house(Settings(data=data, database_url=url, origin=""))
        with closing(house):
            submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
            invite(house, SCRIBE)
            tick(house)
            wait_until_caught_up(primary, standby)
            with running_host(data, url) as host, load_on(host.address) as heard:
                wait_for(heard, 10 * CLIENTS)
                begun = time.monotonic()
                primary.stop("killed")
                promote(standby)
                before = len(heard.taken_in)
                wait_until(lambda: len(heard.taken_in) > before + CLIENTS, heard)
                seconds = time.monotonic() - begun
            assert set(heard.statuses) <= {201, 503}
            assert_promises_kept(house, heard)
            tick(house)
            assert house.sequencer.halted is None
            assert_good(house)
        primary.start()
    print(f"writes back after {seconds:.1f} s, {len(heard.taken_in)} promises kept")
    return seconds
