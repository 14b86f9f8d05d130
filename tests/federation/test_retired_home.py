"""A home that was wound down: readers of a copy are told so before they write or vote."""

from pathlib import Path

import pytest
from app.federation import partners
from app.federation.partners import PartnerState
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.federation import neighbours
from tests.houses import publish
from tests.opinion import booths, samples
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER, FIRE = factories.board_key("water"), factories.board_key("fire")


def test_readers_are_told_at_once_and_led_to_who_may_keep_the_board(
    house: House, home: House, client: TestClient, tmp_path: Path
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    heir = neighbours.introduce(house, neighbours.found(tmp_path / "heir", house, FIRE), "negar")
    opening = factories.note(AVA, board=WATER, title="Whose water?")
    publish(home, factories.card(AVA), opening)
    thread = booths.open_on(home, opening).thread
    publish(home, samples.statement(AVA, opening, board=WATER))
    neighbours.pull(house, partner, home)
    with house.db.write() as work:
        partners.accept(work, house.door, partner)
    visitor = Visitor(client)
    visitor.join("Mina")
    listed = (f"/b/sepidar-{WATER.slug}", f"/t/{thread}")
    assert all("Votes are cast at the board’s home" in visitor.get(each).text for each in listed)
    composers = (f"/b/sepidar-{WATER.slug}/new", f"/t/{thread}/reply")

    with home.db.write() as work:
        partners.retire(work, home.door, {WATER.did: heir.did})
    neighbours.pull(house, partner, home)

    assert neighbours.find(house, partner).state is PartnerState.RETIRED
    page = ""
    for each in listed:
        page = visitor.get(each).text
        assert "Votes are cast at the board’s home" not in page
        assert "It was left to this host" in page
        assert heir.url in page
    assert "nobody can vote here any more" in page
    for each in (*composers, f"/t/{thread}/consultation", f"/t/{thread}/vote"):
        told = visitor.get(each)
        assert told.status_code == 403, each
        assert "This board’s host was wound down" in told.text, each
        assert heir.url in told.text, each
