"""Who sends forms besides the shared place's visitors."""

import pytest
from app import identity
from app.wiring import House
from starlette.testclient import TestClient

from tests.visitor import Visitor


@pytest.fixture
def steward(house: House, client: TestClient) -> Visitor:
    """Ava, who is a steward and logged in."""
    visitor = Visitor(client)
    visitor.join("Ava")
    with house.db.write() as work:
        persona = identity.find_viewer(work, client.cookies["s"])
        assert persona is not None
        identity.grant_stewardship(work, persona.fingerprint)
    return visitor
