"""Who has a part in a hearing's lot, and that nobody can choose what it brings."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from app import records
from app.hearings import HearingState, store
from app.hearings.codec import choices
from app.hearings.errors import ChoiceUnfitError
from app.hearings.rules import DRAW_WAITS
from app.hearings.service import charters
from app.hearings.tables import HearingRow
from app.records.codec import sign_record
from app.records.errors import WrongSignerError
from app.wiring import House
from sqlalchemy import update
from starlette.testclient import TestClient

from tests import factories
from tests.hearings import hall as halls
from tests.hearings.hall import AVA, CHARTER, Hall
from tests.houses import release, submit

pytestmark = pytest.mark.slow


@pytest.fixture
def hall(house: House) -> Hall:
    """A hearing with six questions, on the day of the choice; voting has ended."""
    hall = halls.open_hall(house)
    halls.ask_some(house, hall, 6)
    halls.go_to(house, CHARTER.chooses_on)
    halls.keep(house)
    release(house)
    return hall


def state_of(house: House, hall: Hall) -> HearingState:
    return halls.hearing_of(house, hall).state


def test_choice_waits_for_the_official(house: House, hall: Hall) -> None:
    halls.keep(house)
    before = state_of(house, hall)
    submit(house, halls.draw_record(house, hall, hall.official))
    halls.keep(house)

    assert (before, state_of(house, hall)) == (HearingState.OPEN, HearingState.CHOSEN)


def test_official_who_stays_away_keeps_nobody_waiting_and_that_is_told(
    house: House, hall: Hall, client: TestClient
) -> None:
    page = f"/en/t/{hall.thread}/hearing"
    waits = client.get(page).text
    halls.go_to(house, CHARTER.chooses_on + DRAW_WAITS - timedelta(days=1))
    halls.keep(house)
    before = state_of(house, hall)
    halls.go_to(house, CHARTER.chooses_on + DRAW_WAITS)
    halls.keep(house)

    assert (before, state_of(house, hall)) == (HearingState.OPEN, HearingState.CHOSEN)
    assert "The official draws the lot before questions are chosen" in waits
    assert "The official had no part in the lot" in client.get(page).text


def test_official_alone_draws_once_and_after_the_votes(house: House, hall: Hall) -> None:
    with pytest.raises(WrongSignerError):
        submit(house, halls.draw_record(house, hall, AVA))
    with pytest.raises(WrongSignerError):
        submit(house, halls.draw_record(house, hall, hall.official, draws=False))
    submit(house, halls.draw_record(house, hall, hall.official))
    with pytest.raises(ChoiceUnfitError):
        submit(house, halls.draw_record(house, hall, hall.official))


def test_nothing_is_drawn_while_people_vote(house: House) -> None:
    """Whoever knew the lot then could ask the questions that it brings."""
    hall = halls.open_hall(house)

    with pytest.raises(ChoiceUnfitError):
        submit(house, halls.draw_record(house, hall, hall.official))


def test_nobody_waits_where_nothing_is_drawn(house: House) -> None:
    hall, waiting = halls.chosen_hall(house)

    assert len(waiting) == 3
    assert halls.hearing_of(house, hall).drawn is None


@pytest.mark.parametrize("way", ["another secret", "no secret", "no draw", "another draw", "short"])
def test_host_tells_what_it_sealed_and_what_the_official_drew(
    house: House, hall: Hall, way: str
) -> None:
    """Each of them would let it draw until it likes what comes."""
    submit(house, halls.draw_record(house, hall, hall.official))
    hearing, raw = halls.hearing_of(house, hall), halls.conversation_of(house, hall)
    with house.db.write() as work:
        # The table that the host counted is what the choice is made from.
        table = "question,post,counted,invited_agree,invited_voters,came_agree,came_voters\r\n"
        store.set_tallies(work, hall.thread, table)
        root = house.sequencer.published.root_at(records.find_place(work, raw.head) + 1)
    assert hearing.lot is not None
    assert hearing.drawn is not None
    part = charters.derive_part(house.keys["instance"], factories.id_of(hall.opening))
    assert sha256(part).digest() == hearing.lot
    told, drawn = {
        "another secret": (bytes(32), hearing.drawn),
        "no secret": (b"", hearing.drawn),
        "no draw": (part, None),
        "another draw": (part, bytes(32)),
        "short": (part[:-1], hearing.drawn),
    }[way]

    def choice(part: bytes, drawn: bytes | None) -> bytes:
        members = choices.choice_members(
            replace(hearing, drawn=drawn), [], root.hex(), sha256(table.encode()).digest(), part
        )
        return sign_record(
            house.keys["instance"],
            "Update",
            members,
            nonce=factories.nonce(),
            day=CHARTER.chooses_on,
        )

    with pytest.raises(ChoiceUnfitError):
        submit(house, choice(told, drawn))
    submit(house, choice(part, hearing.drawn))
    assert state_of(house, hall) is HearingState.CHOSEN


def test_hearing_of_before_is_chosen_by_the_hash_alone(house: House) -> None:
    hall = halls.offer_hall(house)
    with house.db.write() as work:
        found = update(HearingRow).where(HearingRow.thread == hall.thread)
        work.session.execute(found.values(lot=None))
    halls.bind(house, hall)
    release(house)
    halls.go_to(house, CHARTER.opens_on)
    halls.keep(house)
    release(house)
    halls.ask_some(house, hall, 6)
    halls.go_to(house, CHARTER.chooses_on)
    for _ in range(2):
        halls.keep(house)
        release(house)

    assert state_of(house, hall) is HearingState.CHOSEN
