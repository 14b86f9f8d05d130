"""A home's shutdown mode at a partner: the clocks of its hearings stand still there as well."""

import pytest
from app import hearings
from app.kernel.clock import DAY_S
from app.wiring import House

from tests import factories
from tests.federation import neighbours
from tests.houses import advance, release

pytestmark = pytest.mark.slow

WATER = factories.board_key("water")


def turn(house: House, *, is_on: bool) -> None:
    """Turn the switch, and let the log tell it."""
    with house.db.write() as work:
        hearings.set_shutdown(work, house.door, is_on=is_on)
    release(house)


def test_pauses_of_a_home_are_known_where_its_boards_are_read(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    turn(home, is_on=True)
    neighbours.pull(house, partner, home)
    with house.db.read() as work:
        lasting = hearings.find_pause(work, partner.did)
    advance(house, 2 * DAY_S)
    turn(home, is_on=False)
    neighbours.pull(house, partner, home)

    with house.db.read() as work, home.db.read() as at_home:
        here = hearings.list_pauses_of(work, WATER.did)
        own = hearings.list_pauses_of(work, factories.SQUARE.did)
        assert here == hearings.list_pauses(at_home, home.door.instance_did)
        assert hearings.find_pause(work, house.door.instance_did) is None
    assert lasting is not None
    assert here[0].ended_on is not None
    assert own == []
