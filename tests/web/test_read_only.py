"""A host that only reads: every page as ever, every form and the API refused, nothing written."""

from collections.abc import Iterator

import pytest
from app import worker
from app.kernel.clock import FixedClock
from app.main import create_app
from app.settings import Settings
from app.wiring import House, open_house
from starlette.testclient import TestClient

from tests import factories
from tests.houses import LONG_ENOUGH_S, publish, read_rows, submit
from tests.visitor import ORIGIN, Visitor

AVA = factories.person("Ava")
OPENING = factories.note(AVA, title="Water", text="Where does the water go?")
WORDS = "words that took an hour"


@pytest.fixture
def ava(house: House, client: TestClient) -> Visitor:
    """Ava, who logged in while the host still wrote."""
    publish(house, OPENING)
    visitor = Visitor(client)
    visitor.join("Ava")
    return visitor


@pytest.fixture
def quiet(house: House, ava: Visitor, clock: FixedClock) -> Iterator[House]:
    """The same instance, started anew as one that only reads."""
    data = house.settings.data
    found = open_house(Settings(data=data, database_url="", origin="", read_only=True), clock=clock)
    yield found
    found.db.close()


@pytest.fixture
def reader(quiet: House, ava: Visitor) -> Iterator[Visitor]:
    """Ava's browser in front of it, with the cookie from before."""
    with TestClient(create_app(quiet, ORIGIN), ORIGIN, follow_redirects=False) as client:
        client.cookies.update(ava.client.cookies)
        yield Visitor(client)


def thread() -> str:
    """Return the address of the thread that is there."""
    return f"/t/{factories.digest_of(OPENING).hex()[:20]}"


@pytest.mark.parametrize(
    "path", ["/", "/boards", "/b/square", "/status", "/search?q=water", "/b/square/new"]
)
def test_pages_are_read_as_before(reader: Visitor, path: str) -> None:
    assert reader.get(path).status_code == 200
    assert "Where does the water go?" in reader.get(thread()).text


def test_form_is_refused_and_gives_the_words_back(quiet: House, reader: Visitor) -> None:
    before = read_rows(quiet)

    answer = reader.send_post("/b/square/new", title="Rain", text=WORDS)

    assert answer.status_code == 503
    assert WORDS in answer.text
    assert "only reads now" in answer.text
    assert read_rows(quiet) == before


def test_form_that_was_open_at_the_restart_gives_the_words_back(
    ava: Visitor, reader: Visitor
) -> None:
    form = ava.open_form("/b/square/new")

    answer = reader.send(form, do="send", title="Rain", text=WORDS)

    assert answer.status_code == 503
    assert WORDS in answer.text


@pytest.mark.parametrize("path", ["/join", "/login"])
def test_joining_and_logging_in_are_refused(quiet: House, reader: Visitor, path: str) -> None:
    before = read_rows(quiet)
    reader.client.cookies.clear()

    answer = reader.send(reader.open_form(path), name="Babak", passphrase="four unrelated words")

    assert answer.status_code == 503
    assert read_rows(quiet) == before


@pytest.mark.parametrize("path", ["/b/square/new", "/carry", "/login", "/join", "/restore"])
def test_forms_say_so_before_anybody_types(ava: Visitor, reader: Visitor, path: str) -> None:
    notice = "This host only reads for a while"

    assert notice in reader.get(path).text
    assert notice not in ava.get(path).text
    assert notice not in reader.get("/search").text


def test_api_is_refused_with_a_problem(quiet: House, reader: Visitor) -> None:
    before = read_rows(quiet)

    answer = reader.client.post("/api/v1/records", content=factories.note(AVA))

    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "read-only"
    assert read_rows(quiet) == before


def test_logging_out_takes_the_cookie_and_writes_nothing(quiet: House, reader: Visitor) -> None:
    before = read_rows(quiet)

    answer = reader.log_out()

    assert answer.status_code == 303
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert read_rows(quiet) == before


def test_leaving_takes_the_cookie_and_writes_nothing(quiet: House, reader: Visitor) -> None:
    before = read_rows(quiet)

    answer = reader.client.get("/exit")

    assert answer.status_code == 200
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert read_rows(quiet) == before


def test_worker_ticks_nothing(house: House, quiet: House, clock: FixedClock) -> None:
    submit(house, factories.note(AVA, title="Rain"))
    clock.advance(LONG_ENOUGH_S)
    before = read_rows(quiet)

    worker.step(quiet, 0)

    assert read_rows(quiet) == before
