"""What a desk hid is nowhere, and comes back as it was, on both databases."""

from collections.abc import Iterator

import pytest
from app import worker
from app.main import create_app
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.attacks.test_hidden_everywhere import (
    ANSWER,
    AVA,
    BABAK,
    DARA,
    NEEDLES,
    OTHER,
    POST,
    REVISION,
    found_below,
    found_in,
    give_back,
    hide,
    read_all,
)
from tests.federation.test_shelving import keep
from tests.houses import publish, release
from tests.moderation.desks import Seat, seat
from tests.visitor import ORIGIN

pytestmark = pytest.mark.slow


@pytest.fixture
def desk(house: House) -> Seat:
    publish(house, *map(factories.card, (AVA, BABAK, DARA)), POST, OTHER)
    publish(house, REVISION, ANSWER)
    worker.step(house, 0)
    desk = seat(house, DARA)
    release(house)
    keep(house)
    return desk


@pytest.fixture
def reader(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house, ORIGIN), ORIGIN, follow_redirects=False) as client:
        yield client


def test_hidden_words_are_nowhere_and_come_back(
    house: House, desk: Seat, reader: TestClient
) -> None:
    before, public = read_all(house, reader), house.settings.data / "public"
    assert found_in(before.values()) == set(NEEDLES)

    hidden = hide(house, desk)
    keep(house)

    assert found_in(read_all(house, reader).values()) == set()
    assert found_below(public) == set()

    give_back(house, desk, hidden)
    worker.step(house, 1)
    keep(house)

    after = read_all(house, reader)
    assert {path for path in before if found_in([before[path]]) != found_in([after[path]])} == set()
    assert found_below(public) == set(NEEDLES)
