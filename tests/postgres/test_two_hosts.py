"""PostgreSQL behind web hosts: the path of a visitor, and two hosts of one instance at the same time."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from threading import Barrier, Thread

import pytest
from app import forum
from app.cli import inspect
from app.db import Work
from app.kernel.clock import FixedClock
from app.main import create_app
from app.records import Receipt
from app.settings import Settings
from app.wiring import House, init_house, open_house
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from starlette.testclient import TestClient

from tests import factories
from tests.houses import count_records, find_record, publish, release, require_post, submit, tick
from tests.postgres.server import Postgres
from tests.visitor import ORIGIN, Visitor

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
COUNT = text("SELECT tick_s FROM tlog_lane WHERE name = 'house'")
ADD_ONE = text("UPDATE tlog_lane SET tick_s = tick_s + 1 WHERE name = 'house'")


@pytest.fixture
def house(postgres: Postgres, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """A fresh instance on PostgreSQL: boards `square` (every 15 minutes) and `live`."""
    data = tmp_path / "instance"
    settings = Settings(data=data, database_url=postgres.create_database(), origin="")
    house = init_house(settings, clock=clock)
    with closing(house.db):
        for board in (factories.SQUARE, factories.LIVE):
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


def at_once(*acts: Callable[[], object]) -> None:
    """Do things at the same time, each in a thread of its own."""
    start, failures = Barrier(len(acts)), list[Exception]()

    def run(act: Callable[[], object]) -> None:
        start.wait()
        try:
            act()
        except Exception as error:  # noqa: BLE001 (a thread's failure must reach the test)
            failures.append(error)

    threads = [Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def read_count(house: House) -> int:
    """Return what `add_one` counts."""
    with house.db.read() as work:
        return int(work.session.execute(COUNT).scalar_one())


def add_one(work: Work) -> None:
    """Do a step that would lose updates if two steps saw the same state."""
    work.session.execute(ADD_ONE)


def find_faults(house: House) -> list[str]:
    """Return what `goftogu check` has to say against an instance."""
    return [finding.what for finding in inspect.inspect(house) if not finding.is_good]


def test_init_makes_an_instance_without_another_database_and_may_be_repeated(house: House) -> None:
    before = count_records(house)

    with closing(init_house(house.settings, clock=house.clock).db):
        pass

    assert house.db.engine.dialect.name == "postgresql"
    assert not (house.settings.data / "goftogu.db").exists()
    assert count_records(house) == before
    with house.db.read() as work:
        assert forum.find_board(work, slug="square")


def test_persona_joins_logs_in_writes_and_is_read_after_the_tick(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("آوا")
    visitor.log_out()
    assert visitor.log_in("آوا").status_code == 303
    digest = visitor.open_thread("Water — آب", "آب کجا می‌رود؟")
    visitor.log_out()
    assert visitor.get(f"/p/{digest}").status_code == 404
    assert client.get(f"/records/{digest}").status_code == 404

    release(house)

    assert "آب کجا می‌رود؟" in visitor.get(f"/p/{digest}").text
    assert "Water — آب" in visitor.get("/b/square").text
    assert client.get(f"/records/{digest}").status_code == 200
    assert find_faults(house) == []


def test_reply_revision_and_erasure_reach_readers(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    opening = visitor.open_thread("Water", "Where does it go?")
    release(house)
    thread = f"/t/{opening[:20]}"
    answer = visitor.send_post(f"{thread}/reply?to={opening}", text="Into the pistachios.")
    reply = visitor.digest_after(answer)
    release(house)
    assert "Into the pistachios." in visitor.get(thread).text

    visitor.digest_after(visitor.send_post(f"/p/{reply}/revise", text="Into the almonds."))
    release(house)
    assert "Into the almonds." in visitor.get(thread).text

    visitor.send_post(f"/p/{reply}/erase")

    page = visitor.get(thread).text
    assert "Into the almonds." not in page
    assert "Into the pistachios." not in page
    assert client.get(f"/records/{reply}").status_code == 410


def test_records_from_devices_are_taken_in_over_the_api(house: House, client: TestClient) -> None:
    opening = factories.note(AVA, board=factories.LIVE)
    answer = factories.note(BABAK, board=factories.LIVE, reply_to=opening, text="Hm.")
    revised = factories.update(AVA, opening, title="Water, again")
    erased = factories.erasure(BABAK, answer)

    for raw in (factories.card(AVA), opening, answer, revised, erased):
        assert client.post("/api/v1/records", content=raw).status_code == 201
        release(house)

    stored = find_record(house, answer)
    assert stored is not None
    assert stored.raw is None
    assert require_post(house, opening).version.text.title == "Water, again"
    assert require_post(house, answer).erased_on == factories.TODAY


def test_record_handed_in_at_two_hosts_at_once_is_one_record_with_one_receipt(
    house: House, twin: House
) -> None:
    before = count_records(house)

    for number in range(10):
        raw, receipts = factories.note(AVA, text=f"Number {number}"), list[Receipt]()

        def hand_in(at: House, raw: bytes = raw, receipts: list[Receipt] = receipts) -> None:
            receipts.append(at.db.write_together(lambda work: at.door.submit(work, raw)))

        at_once(*(lambda at=at: hand_in(at) for at in (house, house, twin, twin)))

        assert [receipt.is_new for receipt in receipts].count(True) == 1
        assert len({receipt.raw for receipt in receipts}) == 1
    assert count_records(house) == before + 10


def test_answers_to_a_post_that_is_being_erased_keep_their_places(
    house: House, twin: House
) -> None:
    opening = factories.note(AVA, board=factories.LIVE)
    publish(house, factories.card(AVA), opening)
    answers = [factories.note(BABAK, board=factories.LIVE, reply_to=opening) for _ in range(5)]

    at_once(
        lambda: submit(house, factories.erasure(AVA, opening)),
        *(lambda raw=raw: submit(twin, raw) for raw in answers),
    )
    release(house)

    places = [require_post(house, raw).number for raw in answers]
    assert sorted(place or 0 for place in places) == [2, 3, 4, 5, 6]
    assert require_post(house, opening).erased_on == factories.TODAY


def test_ticks_at_two_hosts_at_once_give_every_entry_one_place(house: House, twin: House) -> None:
    notes = [factories.note(AVA, board=factories.LIVE) for _ in range(20)]
    submit(house, *notes)

    at_once(*(lambda at=at: tick(at) for at in (house, twin)))

    assert [require_post(house, raw).number for raw in notes] == [1] * 20
    assert find_faults(house) == []


def test_no_update_is_lost_when_two_hosts_write_together(house: House, twin: House) -> None:
    before = read_count(house)

    def write(at: House) -> None:
        for _ in range(25):
            at.db.write_together(add_one)

    at_once(*(lambda at=at: write(at) for at in (house, twin) * 4))

    assert read_count(house) == before + 200


def test_step_that_the_server_refuses_keeps_nothing_and_harms_nobody(house: House) -> None:
    before = read_count(house)

    def fail(work: Work) -> None:
        add_one(work)
        # An error spoils PostgreSQL's transaction for all steps but for savepoints.
        work.session.execute(text("SELECT 1 / 0"))

    def write() -> None:
        for _ in range(10):
            house.db.write_together(add_one)

    def fail_often() -> None:
        for _ in range(10):
            with pytest.raises(DBAPIError):
                house.db.write_together(fail)

    at_once(write, fail_often, write, fail_often)

    assert read_count(house) == before + 20


def test_read_cannot_write(house: House) -> None:
    before = read_count(house)

    with pytest.raises(DBAPIError, match="read-only"), house.db.read() as work:
        add_one(work)

    assert read_count(house) == before


def test_read_sees_one_state_from_beginning_to_end(house: House) -> None:
    with house.db.read() as work:
        before = work.session.execute(COUNT).scalar_one()
        house.db.write_together(add_one)

        assert work.session.execute(COUNT).scalar_one() == before

    assert read_count(house) == before + 1


def test_error_of_the_server_hides_the_values_of_its_statement(house: House) -> None:
    with pytest.raises(DBAPIError) as caught, house.db.write() as work:
        work.session.execute(text("SELECT 1 / :zero, :draft"), {"zero": 0, "draft": "a draft"})

    assert "division by zero" in str(caught.value)
    assert "a draft" not in str(caught.value)
