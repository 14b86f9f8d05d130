"""Somebody with 200 circuits and an hour: how many personas that is worth, and whom it delays."""

import pytest
from app.identity.routes.probation import JOINS
from app.kernel.clock import FixedClock
from app.main import create_app
from app.wiring import House

from tests.listeners.sybils import CIRCUITS, hammer
from tests.visitor import ORIGIN

TRIES = 6


@pytest.mark.slow
def test_hour_of_200_circuits_is_worth_60_personas_and_delays_nobody_invited(
    house: House, clock: FixedClock
) -> None:
    outcome = hammer(create_app(house, ORIGIN), house, clock, tries=TRIES)

    assert outcome.tries == CIRCUITS * TRIES
    # As many as may: else something other than the shared bucket has stopped them.
    assert outcome.gained == JOINS.most == 60
    assert outcome.refused == []
    assert outcome.acts > 150
