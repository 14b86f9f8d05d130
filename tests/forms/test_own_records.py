"""Taking one's records along: a file that anyone can verify without the host."""

from app import records
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import release
from tests.visitor import Visitor


def test_every_line_verifies_and_only_own_records_are_there(
    house: House, client: TestClient
) -> None:
    visitor = Visitor(client)
    visitor.join("Quiet orchard")
    posts = [visitor.open_thread(f"Title {n}", "Some\n\nlines.") for n in range(2)]
    stranger = factories.note(factories.person("Ava"))
    client.post("/api/v1/records", content=stranger)
    release(house)
    visitor.send(visitor.open_form(f"/p/{posts[0]}/erase"))

    answer = visitor.get("/keys/records.jsonl")

    found = [
        records.verify_record(records.parse_record(line)) for line in answer.content.splitlines()
    ]
    assert sorted(record.type for record in found) == ["Delete", "Note", "Person"]
    assert posts[1] in {record.digest.hex() for record in found}
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert "/keys/records.jsonl" in visitor.get("/keys").text


def test_stranger_is_led_to_the_log_in(client: TestClient) -> None:
    answer = Visitor(client).get("/keys/records.jsonl")

    assert answer.status_code == 303
    assert "/en/login?next=" in answer.headers["location"]
