"""Two people do the same thing at the same moment: one of them wins, the other is told, nothing is half done."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from threading import Barrier

import pytest
from app import identity, tlog
from app.crypto.sealing import Passphrase
from app.db import Work
from app.identity.errors import NameTakenError
from app.kernel.errors import CorruptStateError
from app.main import create_app
from app.tlog.errors import LostRaceError
from app.wiring import House, open_house
from sqlalchemy import text
from starlette.testclient import TestClient

from tests import factories
from tests.faults.load import assert_good
from tests.faults.rounds import RACES
from tests.houses import (
    count_records,
    find_record,
    invite,
    publish,
    release,
    require_post,
    submit,
    tick,
)
from tests.tlog.strangers import assert_log_good
from tests.visitor import ORIGIN

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")


@pytest.fixture
def browsers(house: House) -> Iterator[list[TestClient]]:
    """Two browsers in front of one instance."""
    app = create_app(house, ORIGIN)
    with (
        TestClient(app, ORIGIN, follow_redirects=False) as one,
        TestClient(app, ORIGIN, follow_redirects=False) as other,
    ):
        yield [one, other]


def hand_in_at_once(browsers: list[TestClient], raws: list[bytes]) -> list[int]:
    """Hand in a record from each browser at the same moment; return the statuses."""
    start = Barrier(len(raws))

    def hand_in(browser: TestClient, raw: bytes) -> int:
        start.wait()
        return int(browser.post("/api/v1/records", content=raw).status_code)

    with ThreadPoolExecutor(len(raws)) as pool:
        return list(pool.map(hand_in, browsers, raws))


def count_rows(house: House) -> dict[str, int]:
    """Return how many rows each table that a record touches has."""
    tables = ("record", "version", "tlog_pending")
    with house.db.read() as work:
        return {
            table: work.session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in tables
        }


def assert_one_won(house: House, before: dict[str, int], statuses: list[int]) -> None:
    """One of two was taken in and left its rows; the other was refused and left none."""
    assert sorted(statuses) == [201, 409]
    after = count_rows(house)
    assert after["record"] == before["record"] + 1
    assert after["tlog_pending"] == before["tlog_pending"] + 1


def test_no_step_of_two_hosts_of_one_instance_is_lost_or_refused(house: House) -> None:
    """A worker that was started apart, or a second web host, knows nothing of this one's turns."""
    count = text("SELECT tick_s FROM tlog_lane WHERE name = 'house'")
    add_one = text("UPDATE tlog_lane SET tick_s = :more WHERE name = 'house'")

    def step(work: Work) -> None:
        seen = work.session.execute(count).scalar_one()
        work.session.execute(add_one, {"more": seen + 1})

    with closing((twin := open_house(house.settings, clock=house.clock)).db):
        with house.db.read() as work:
            before = work.session.execute(count).scalar_one()
        with ThreadPoolExecutor(4) as pool:
            dbs = [house.db, twin.db] * 2 * RACES
            for _ in pool.map(lambda db: db.write_together(step), dbs):
                pass
        with house.db.read() as work:
            assert work.session.execute(count).scalar_one() == before + 4 * RACES


def run_at_once(runs: list[Callable[[], object]]) -> list[Exception]:
    """Run at the same moment; return what was raised of what a sequencer may raise."""
    start, raised = Barrier(len(runs)), list[Exception]()

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except (CorruptStateError, OSError) as error:
            raised.append(error)

    with ThreadPoolExecutor(len(runs)) as pool:
        list(pool.map(run, runs))
    return raised


def read_checkpoint(house: House) -> bytes:
    """Return the log's own last checkpoint."""
    return (house.settings.data / "log" / "checkpoint").read_bytes()


def test_two_workers_at_once_take_turns_and_sign_one_history(house: House) -> None:
    """Both lost the worker's lock: as when it stands on a disk that knows no locks between hosts."""
    seen = [read_checkpoint(house)]
    with closing((twin := open_house(house.settings, clock=house.clock)).db):
        for number in range(RACES):
            for of in range(3):
                submit(house, factories.note(AVA, board=factories.LIVE, text=f"{number} {of}"))

            raised = run_at_once([partial(tick, house), partial(tick, twin)])

            assert raised == []
            seen.append(read_checkpoint(house))
    tick(house)
    assert_log_good(house, *seen)
    assert len(set(seen)) == RACES + 1
    assert_good(house)


def test_two_sequencers_without_turns_sign_one_history_and_one_of_them_stops(house: House) -> None:
    """Nothing keeps them apart but the checkpoint itself, compared and swapped."""
    seen, stopped = [read_checkpoint(house)], 0
    for number in range(RACES):
        with (
            closing((one := open_house(house.settings, clock=house.clock)).db),
            closing((other := open_house(house.settings, clock=house.clock)).db),
        ):
            both = [one.sequencer, other.sequencer]
            for sequencer in both:
                sequencer.require_own_past()
            submit(house, factories.note(AVA, board=factories.LIVE, text=f"{number}"))
            with house.db.write() as work:
                tlog.integrate_due(work)

            raised = run_at_once([sequencer.sign for sequencer in both])

            lost = [error for error in raised if isinstance(error, LostRaceError)]
            assert len(raised) <= 1
            assert [s.halted for s in both if s.halted] == lost
            # Or one finds that the other has just put the same file in place, and would go on.
            stopped += len(raised)
            seen.append(read_checkpoint(house))
    tick(house)
    assert_log_good(house, *seen)
    assert len(set(seen)) == RACES + 1
    assert stopped > 0


def test_two_revisions_of_a_post_at_once(house: House, browsers: list[TestClient]) -> None:
    invite(house, AVA)
    for _ in range(RACES):
        post = factories.note(AVA)
        publish(house, post)
        raws = [factories.update(AVA, post, text=f"Version {number}.") for number in range(2)]
        before = count_rows(house)

        statuses = hand_in_at_once(browsers, raws)

        assert_one_won(house, before, statuses)
        assert count_rows(house)["version"] == before["version"] + 1
        release(house)
        winner = statuses.index(201)
        assert require_post(house, post).version.text.markdown == f"Version {winner}."
        assert find_record(house, raws[1 - winner]) is None
    assert_good(house)


def test_two_records_with_one_id_at_once(house: House, browsers: list[TestClient]) -> None:
    invite(house, AVA)
    for number in range(RACES):
        raw = factories.note(AVA, text=f"One {number}.")
        twin = factories.forged(
            raw, AVA.key, lambda document: document.update(contentMap={"en": "Another."})
        )
        before = count_rows(house)

        statuses = hand_in_at_once(browsers, [raw, twin])

        assert_one_won(house, before, statuses)
        assert count_rows(house)["version"] == before["version"] + 1
    assert_good(house)


def test_two_personas_with_one_name_at_once(house: House, browsers: list[TestClient]) -> None:
    """Names are not unique in the world, but a name that logs in is, at its host."""
    before = count_records(house)
    for number in range(RACES):
        start, name = Barrier(2), f"Name {number}"

        def join(_: int, start: Barrier = start, name: str = name) -> bool:
            new = identity.prepare_persona(house.db.randomness, name, Passphrase("four words"))
            start.wait()
            try:
                house.db.write_together(
                    lambda work: identity.register_persona(work, house.door, new, factories.TODAY)
                )
            except NameTakenError:
                return False
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(join, range(2))) == [False, True]
        assert count_records(house) == before + number + 1
        with house.db.read() as work:
            assert identity.find_login(work, name) is not None
    assert_good(house)


def test_erasure_wins_over_a_revision_whichever_comes_first(
    house: House, browsers: list[TestClient]
) -> None:
    invite(house, AVA)
    for _ in range(RACES):
        post = factories.note(AVA)
        publish(house, post)
        revision, erasure = factories.update(AVA, post), factories.erasure(AVA, post)

        revised, erased = hand_in_at_once(browsers, [revision, erasure])

        assert erased == 201
        assert revised in {201, 409}
        release(house)
        assert require_post(house, post).version.text.markdown == ""
        kept = find_record(house, revision)
        assert (kept is not None) == (revised == 201)
        assert kept is None or kept.raw is None
    assert_good(house)


def test_two_cards_that_follow_one_at_once(house: House, browsers: list[TestClient]) -> None:
    newest = factories.card(AVA)
    publish(house, newest)
    for number in range(RACES):
        raws = [factories.card(AVA, name=f"Ava {number} {n}", after=newest) for n in range(2)]
        before = count_rows(house)

        statuses = hand_in_at_once(browsers, raws)

        assert_one_won(house, before, statuses)
        newest = raws[statuses.index(201)]
        with house.db.read() as work:
            persona = identity.get_persona(work, AVA.mark)
        assert persona.name == factories.decode(newest)["name"]
    assert_good(house)
