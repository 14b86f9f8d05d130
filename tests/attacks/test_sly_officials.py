"""Officials who date back, or act when their office is over: the clock that readers see is the host's."""

from datetime import timedelta

import pytest
from app.hearings.errors import NotOfficialError
from app.hearings.model import CommitmentState
from app.kernel.clock import DAY_S
from app.kernel.errors import MalformedError
from app.wiring import House

from tests import factories
from tests.factories import LIVE, TODAY
from tests.hearings import answered
from tests.hearings.officials import end, make_official
from tests.hearings.promising import DUE, commitment, find, owning, status
from tests.hearings_records import MINISTRY
from tests.houses import advance, publish, submit

pytestmark = pytest.mark.slow

READER, OFFICIAL = (factories.person(name) for name in ("Ava", "Babak"))


def promised(house: House, *, of: factories.Person = OFFICIAL) -> tuple[bytes, bytes]:
    """Return a commitment of an official, and the offer of the office."""
    submit(house, factories.card(READER), factories.card(of))
    offered = make_official(house, of)
    opening = factories.note(READER, board=LIVE, title="The river")
    publish(house, opening)
    promise = commitment(READER, opening, of=of.root)
    publish(house, promise)
    return promise, offered


def test_answer_that_is_dated_back_is_refused(house: House) -> None:
    _, (first, *_others) = answered.waiting_hall(house)
    asked_on = answered.today(house)
    advance(house, 20 * DAY_S)

    with pytest.raises(MalformedError):
        submit(house, answered.answer_record(answered.OMID, first, day=asked_on))


def test_promise_that_is_kept_late_is_not_dated_back(house: House) -> None:
    promise, _ = promised(house)
    submit(house, owning(OFFICIAL.key, promise))
    advance(house, (DUE - TODAY).days * DAY_S + 10 * DAY_S)

    with pytest.raises(MalformedError):
        submit(house, status(OFFICIAL.key, promise, "kept", day=DUE - timedelta(days=1)))

    assert find(house, promise).state is CommitmentState.NOT_STARTED


def test_who_left_the_office_judges_no_promise_of_it(house: House) -> None:
    promise, offered = promised(house)
    submit(house, owning(OFFICIAL.key, promise), end(offered, key=MINISTRY))

    with pytest.raises(NotOfficialError):
        submit(house, status(OFFICIAL.key, promise, "kept"))

    assert find(house, promise).state is CommitmentState.NOT_STARTED


def test_who_left_the_office_confirms_no_promise_of_it(house: House) -> None:
    promise, offered = promised(house)
    submit(house, end(offered, key=MINISTRY))

    with pytest.raises(NotOfficialError):
        submit(house, owning(OFFICIAL.key, promise))

    assert find(house, promise).owned_on is None
