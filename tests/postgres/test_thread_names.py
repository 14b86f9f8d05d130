"""PostgreSQL notes in each row which transaction wrote it: what that tells of names for one thread."""

import pytest
from app import identity
from app.wiring import House

from tests.identity.test_thread_names import AVA, BABAK, HERE, settle, take, thread_of
from tests.postgres.conftest import DATABASES

pytestmark = pytest.mark.slow


def writers(house: House, table: str) -> list[str]:
    """Return the transactions that wrote the rows of a table."""
    with house.db.engine.connect() as connection:
        return list(connection.exec_driver_sql(f"SELECT xmin::text FROM {table}").scalars())


@pytest.mark.parametrize("house", DATABASES[1:], indirect=True)
def test_counts_soon_bear_one_transaction_that_wrote_no_name(house: House) -> None:
    settle(house, AVA, BABAK)
    for person in (AVA, BABAK):
        take(house, person, thread_of(HERE))
    assert set(writers(house, "thread_names_taken")) <= set(writers(house, "thread_name"))

    with house.db.write() as work:
        identity.forget_old_names_taken(work)

    counts = writers(house, "thread_names_taken")
    assert len(counts) == 2
    assert len(set(counts)) == 1
    assert not set(counts) & set(writers(house, "thread_name"))
