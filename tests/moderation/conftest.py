"""Fixtures of desks by their pages: people who wrote, desks, and a browser for each."""

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from app.main import create_app
from app.moderation.model import Role
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish
from tests.moderation.desks import Seat, seat
from tests.moderation.working import AVA, BABAK, CYRA, DARA, POST, SPAM, Worker, work_at
from tests.visitor import ORIGIN


@pytest.fixture
def told(house: House) -> House:
    """Four people, and two posts of Ava's."""
    publish(house, *map(factories.card, (AVA, BABAK, CYRA, DARA)))
    publish(house, POST, SPAM)
    return house


@pytest.fixture
def first(told: House) -> Seat:
    """Babak's desk."""
    return seat(told, BABAK)


@pytest.fixture
def second(told: House) -> Seat:
    """Cyra's desk."""
    return seat(told, CYRA)


@pytest.fixture
def browsers(told: House) -> Iterator[list[TestClient]]:
    """Three browsers before one instance."""
    app = create_app(told, ORIGIN)
    with ExitStack() as stack:
        yield [
            stack.enter_context(TestClient(app, ORIGIN, follow_redirects=False)) for _ in range(3)
        ]


@pytest.fixture
def babak(browsers: list[TestClient], first: Seat) -> Worker:
    """Babak, at his desk."""
    return work_at(browsers[0], first)


@pytest.fixture
def cyra(browsers: list[TestClient], second: Seat) -> Worker:
    """Cyra, at hers."""
    return work_at(browsers[1], second)


@pytest.fixture
def dara(told: House, browsers: list[TestClient]) -> Worker:
    """A third person, who looks after all boards."""
    return work_at(browsers[2], seat(told, DARA, role=Role.STEWARD))
