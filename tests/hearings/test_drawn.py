"""Whoever was drawn by lot to vote on a hearing's questions reads so in the list of hearings, and nobody else does."""

import pytest
from app import opinion, worker
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.hearings import hall as halls
from tests.hearings.answered import enter
from tests.houses import invite
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

PEOPLE = [factories.person(f"Person {number}") for number in range(12)]
TOLD = "You were drawn by lot"


def test_drawn_voter_is_told_and_no_cache_is(house: House, client: TestClient) -> None:
    hall = halls.open_hall(house)
    halls.ask_some(house, hall, 5)
    invite(house, *PEOPLE)
    worker.draw_panels(house)
    conversation = halls.conversation_of(house, hall)
    with house.db.read() as work:
        key = house.marks_key
        drawn = [each for each in PEOPLE if opinion.is_drawn(work, key, each.root, conversation)]
    others = [each for each in PEOPLE if each not in drawn]
    assert drawn
    assert others

    page = enter(house, client, drawn[0]).get("/hearings").text
    assert page.count(TOLD) == 1
    assert f"/en/t/{hall.thread}/consultation" in page
    client.cookies.clear()
    for _ in range(2):
        assert TOLD not in Visitor(client).get("/hearings").text
    assert TOLD not in enter(house, client, others[0]).get("/hearings").text
    assert TOLD in enter(house, client, drawn[1]).get("/hearings").text
