"""Imported posts: pages name the first author and the day, and search finds the words."""

from app.records import sign_record
from app.records.model import CUSTODY, IMPORTED, Custody
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish
from tests.visitor import Visitor


def test_page_names_the_first_author_and_search_finds_the_words(
    client: TestClient, house: House
) -> None:
    members = {
        "audience": f"ap://{factories.SQUARE.did}/actor",
        "contentMap": {"en": "The qanat is dry."},
        "mediaType": "text/markdown",
        "name": "Water",
        CUSTODY: Custody.INSTANCE.value,
        IMPORTED: {"author": "Old Hand", "day": "2009-06-15", "source": "A forum"},
    }
    key = house.keys["instance"]
    publish(house, sign_record(key, "Note", members, nonce=factories.nonce(), day=factories.TODAY))

    visitor = Visitor(client)
    boards = visitor.get("/search?q=qanat").text
    path = boards.split("/en/p/")[1].split('"')[0].split("#")[0]
    page = visitor.get(f"/p/{path}").text

    assert "Imported: written by <bdi>Old Hand</bdi>" in page
    assert "A forum" in page
    assert "2009-06-15" in page
