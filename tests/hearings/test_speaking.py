"""No broadcast-only account: an official who cannot be asked opens no thread."""

import pytest
from app import hearings, records
from app.forum.model import THREAD_ID_CHARACTERS
from app.hearings.errors import QueueMissingError
from app.hearings.model import HearingState
from app.hearings.tables import HearingRow
from app.wiring import House
from sqlalchemy import insert, update

from tests import factories
from tests.hearings.officials import end, make_official
from tests.hearings_records import UNIVERSITY
from tests.houses import publish, submit

KAVE, AVA = factories.person("Kave"), factories.person("Ava")
SPEECH = "Everything is well with the river."


@pytest.fixture
def held(house: House) -> House:
    """A house in which Kave is an official, and Ava opened a thread."""
    submit(house, factories.card(KAVE), factories.card(AVA))
    make_official(house, KAVE)
    publish(house, OPENING)
    return house


OPENING = factories.note(AVA, title="Water")


def open_hearing(house: House, state: HearingState, official: str = KAVE.root) -> None:
    """Put a hearing of an official on the thread, in a state."""
    with house.db.write() as work:
        values = {
            "thread": factories.digest_of(OPENING).hex()[:THREAD_ID_CHARACTERS],
            "board": factories.SQUARE.did,
            "record_id": "ap://hearing",
            "official": official,
            "text": "Ask.",
            "language": "en",
            "charter": "{}",
            "head": b"head",
            "state": state.value,
        }
        work.session.execute(insert(HearingRow).values(values))


def test_official_without_a_queue_opens_no_thread_and_may_answer(held: House) -> None:
    with pytest.raises(QueueMissingError):
        submit(held, factories.note(KAVE, title="Good news", text=SPEECH))

    assert submit(held, factories.note(KAVE, reply_to=OPENING, text=SPEECH)).is_new
    assert submit(held, factories.note(AVA, title="News", text=SPEECH)).is_new


@pytest.mark.parametrize("state", [HearingState.OPEN, HearingState.CHOSEN])
def test_official_with_a_queue_opens_threads(held: House, state: HearingState) -> None:
    open_hearing(held, state)

    assert submit(held, factories.note(KAVE, title="Good news", text=SPEECH)).is_new


@pytest.mark.parametrize(
    "state", [HearingState.OFFERED, HearingState.BOUND, HearingState.CLOSED], ids=str
)
def test_hearing_that_takes_no_questions_is_no_queue(held: House, state: HearingState) -> None:
    open_hearing(held, state)
    with pytest.raises(QueueMissingError):
        submit(held, factories.note(KAVE, title="Good news", text=SPEECH))

    with held.db.write() as work:
        work.session.execute(update(HearingRow).values(state="open", official=AVA.root))
    with pytest.raises(QueueMissingError):
        submit(held, factories.note(KAVE, title="Good news", text=SPEECH))


def test_who_left_the_office_opens_threads_as_everybody_does(held: House) -> None:
    with held.db.read() as work:
        (office,) = hearings.list_offices(work)
        stored = records.find_record(work, office.offer)
    assert stored is not None
    assert stored.raw is not None

    submit(held, end(stored.raw, key=UNIVERSITY))

    assert submit(held, factories.note(KAVE, title="Good news", text=SPEECH)).is_new
