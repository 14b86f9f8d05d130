"""PostgreSQL notes in each row which transaction wrote it, and keeps rows as they came: what that tells of ballots."""

import pytest
from app import identity
from app.identity.errors import BallotTakenError
from app.records.model import Custody
from app.wiring import House

from tests import factories
from tests.houses import submit
from tests.identity.test_ballots import UNVOUCHED, WATER, on_device, settle, take
from tests.postgres.conftest import DATABASES
from tests.postgres.test_thread_names import writers

pytestmark = pytest.mark.slow
VOTERS = [factories.person(f"Voter {number}", Custody.UNLOCKED) for number in range(12)]


def marks(house: House) -> list[bytes]:
    """Return the marks in the order in which they lie in the file."""
    with house.db.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT mark FROM ballot_given ORDER BY ctid")
        return [bytes(mark) for mark in rows.scalars()]


@pytest.mark.parametrize("house", DATABASES[1:], indirect=True)
def test_marks_soon_bear_one_transaction_and_an_order_that_are_no_ballots(house: House) -> None:
    settle(house)
    submit(house, *(factories.card(voter) for voter in VOTERS))
    for voter in VOTERS:
        take(house, voter)
    assert set(writers(house, "ballot_given")) == set(writers(house, "ballot"))
    as_they_came = marks(house)
    assert as_they_came != sorted(as_they_came)

    with house.db.write() as work:
        identity.even_out_ballots(work)

    given = writers(house, "ballot_given")
    assert len(given) == len(VOTERS)
    assert len(set(given)) == 1
    assert not set(given) & set(writers(house, "ballot"))
    assert marks(house) == sorted(as_they_came)


@pytest.mark.parametrize("house", DATABASES, indirect=True)
def test_ballots_are_given_once_also_after_marks_were_written_anew(house: House) -> None:
    settle(house)
    submit(house, *(factories.card(voter) for voter in VOTERS))
    first = on_device(house, VOTERS[0], UNVOUCHED)
    with house.db.write() as work:
        identity.even_out_ballots(work)

    assert on_device(house, VOTERS[0], UNVOUCHED) == first
    with pytest.raises(BallotTakenError):
        take(house, VOTERS[0], key=VOTERS[1].key)
    with house.db.write() as work:
        identity.close_ballots(work, WATER)
        identity.even_out_ballots(work)
