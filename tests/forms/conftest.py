"""Who sends forms besides the shared place's visitors."""

import pytest
from app.wiring import House
from starlette.testclient import TestClient

from tests.houses import appoint
from tests.visitor import Visitor


@pytest.fixture
def steward(house: House, client: TestClient) -> Visitor:
    """Ava, who is a steward and logged in."""
    visitor = Visitor(client)
    visitor.join("Ava")
    appoint(house, client.cookies["s"])
    return visitor
