"""What programs ask every host, at the addresses that they know."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest
from app.main import create_app
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish

AVA = factories.person("Ava")


@pytest.fixture
def client(house: House) -> TestClient:
    """A program that asks over the clear web."""
    publish(house, factories.card(AVA), factories.note(AVA, title="Whose water?"))
    return TestClient(create_app(house, "http://testserver"))


def test_nodeinfo_leads_to_a_description_without_people_in_it(client: TestClient) -> None:
    (link,) = client.get("/.well-known/nodeinfo").json()["links"]

    answer = client.get(link["href"].removeprefix("http://testserver"))

    assert link["rel"].endswith("/schema/2.1")
    document = answer.json()
    assert set(document) == {
        "version", "software", "protocols", "services", "openRegistrations", "usage", "metadata",
    }  # fmt: skip
    assert document["usage"] == {"users": {}}
    assert document["software"]["name"] == "goftogu"
    assert "set-cookie" not in answer.headers


def test_security_txt_names_a_page_that_is_there_and_a_day_to_come(client: TestClient) -> None:
    answer = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.text.splitlines())

    assert answer.headers["content-type"].startswith("text/plain")
    assert client.get(fields["Contact"].removeprefix("http://testserver")).status_code == 200
    assert date.fromisoformat(fields["Expires"][:10]) > factories.TODAY
    assert fields["Canonical"].endswith("/.well-known/security.txt")


def test_newest_threads_of_all_boards_are_a_feed(client: TestClient) -> None:
    feed = ET.fromstring(client.get("/en/latest/feed.atom").content)
    atom = "{http://www.w3.org/2005/Atom}"

    assert [entry.findtext(f"{atom}title") for entry in feed.iter(f"{atom}entry")] == [
        "Whose water?"
    ]
    assert "/en/latest/feed.atom" in client.get("/en/latest").text
