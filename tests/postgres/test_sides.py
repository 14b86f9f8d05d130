"""The lot and the side in PostgreSQL: the same as in SQLite, and of two answers at once one is kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from app import opinion, worker
from app.kernel.clock import DAY_S, FixedClock
from app.opinion.errors import SideSaidError
from app.opinion.model import Conversation, Side
from app.wiring import House

from tests import factories
from tests.houses import invite
from tests.opinion.booths import open_booth
from tests.opinion.samples import cast
from tests.postgres.conftest import DATABASES

pytestmark = pytest.mark.slow
PEOPLE = [factories.person(f"Person {number}") for number in range(12)]


def marks(house: House) -> list[bytes]:
    """Return the marks in the order in which they lie in the file."""
    with house.db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT mark FROM panel_duty ORDER BY ctid")
        return [bytes(mark) for mark in rows.scalars()]


@pytest.mark.parametrize("house", DATABASES[1:], indirect=True)
def test_lot_draws_and_forgets_and_its_rows_lie_by_their_marks(
    house: House, clock: FixedClock
) -> None:
    invite(house, *PEOPLE)
    _, conversation = open_booth(house, 5)
    worker.draw_panels(house)
    with house.db.read() as work:
        key = house.marks_key
        drawn = [p for p in PEOPLE if opinion.is_drawn(work, key, p.root, conversation)]

    assert len(drawn) == 10
    assert marks(house) == sorted(marks(house))
    clock.advance(15 * DAY_S)
    with house.db.write() as work:
        opinion.forget_old_panels(work)
    assert marks(house) == []


@pytest.mark.parametrize("house", DATABASES[1:], indirect=True)
def test_of_answers_at_once_one_is_kept(house: House) -> None:
    _, conversation = open_booth(house, 1)
    cast(house, conversation, "a ballot", n1=1)
    with ThreadPoolExecutor(6) as crowd:
        done = list(crowd.map(lambda side: try_to_say(house, conversation, side), [*Side, *Side]))

    assert done.count(True) == 1
    with house.db.read() as work:
        ((_, _, side),) = opinion.list_sheets(work, conversation.thread)
    assert side is [*Side, *Side][done.index(True)]


def try_to_say(house: House, conversation: Conversation, side: Side) -> bool:
    try:
        with house.db.write() as work:
            opinion.say_side(work, conversation, "a ballot", side)
    except SideSaidError:
        return False
    return True
