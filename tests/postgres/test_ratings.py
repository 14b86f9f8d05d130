"""PostgreSQL notes in each row which transaction wrote it, and keeps rows as they came: what that tells of ratings."""

import pytest
from app import opinion
from app.opinion.model import Helps
from app.wiring import House

from tests import factories
from tests.houses import publish, require_post, submit
from tests.opinion.rated import RatedBoard, found_board
from tests.postgres.conftest import DATABASES
from tests.postgres.test_thread_names import writers

pytestmark = pytest.mark.slow
WRITER = factories.person("Writer")
READERS = [factories.person(f"Reader {number}") for number in range(12)]


def lying(house: House) -> list[tuple[bytes, bytes]]:
    """Return marks and posts in the order in which they lie in the file."""
    with house.db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT mark, post FROM rating ORDER BY ctid")
        return [(bytes(mark), bytes(post)) for mark, post in rows]


@pytest.mark.parametrize("house", DATABASES[1:], indirect=True)
def test_ratings_soon_bear_one_transaction_and_the_order_of_their_marks(house: House) -> None:
    raw = factories.note(WRITER, board=factories.LIVE)
    submit(house, *(factories.card(person) for person in (WRITER, *READERS)))
    publish(house, raw)
    post = require_post(house, raw)
    for reader in READERS:
        with house.db.write() as work:
            opinion.rate(work, house.marks_key, reader.root, post, Helps.YES)
    as_they_came = lying(house)
    assert as_they_came != sorted(as_they_came)
    assert len(set(writers(house, "rating"))) == len(READERS)

    with house.db.write() as work:
        opinion.even_out_ratings(work)

    assert lying(house) == sorted(as_they_came)
    assert len(set(writers(house, "rating"))) == 1


@pytest.mark.parametrize("house", DATABASES, indirect=True)
def test_order_of_common_ground_is_made_on_both_databases(house: House) -> None:
    board: RatedBoard = found_board(house)
    board.camps_rate()

    assert board.order()
    assert not board.order()
    with house.db.read() as work:
        first = opinion.encode_ground(work, factories.LIVE.did)
    with house.db.write() as work:
        opinion.even_out_ratings(work)
    assert not board.order()
    with house.db.read() as work:
        assert opinion.encode_ground(work, factories.LIVE.did) == first
