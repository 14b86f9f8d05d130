"""Where stewards look after boards: everywhere, until they have a way in of their own; then only there."""

import re
from dataclasses import replace
from typing import Any

import pytest
from app import identity, wiring
from app.main import create_app
from app.onion import State, Status
from app.wiring import House

from tests.houses import release
from tests.listeners.ways import ADDRESS, LISTENERS, browsing
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.slow

STAFF = LISTENERS["staff"]
PAGES = (
    "/boards/manage",
    "/boards/manage/new",
    "/boards/manage/square",
    "/reach/edit",
    "/sponsors/edit",
)


@pytest.fixture
def app(house: House) -> Any:
    settings = house.settings.model_copy(update={"staff_origin": STAFF.origin})
    return create_app(replace(house, settings=settings), ORIGIN)


def appoint(house: House, visitor: Visitor) -> None:
    """Let Ava be a steward."""
    visitor.join("Ava")
    release(house)
    visitor.log_in("Ava")
    mark = visitor.client.get(visitor.client.get("/en/persona").headers["location"])
    found = str(mark.url).rpartition("/")[2]
    with house.db.write() as work:
        identity.grant_stewardship(work, found)


@pytest.mark.parametrize("kind", ["web", "onion"])
def test_readers_listeners_have_no_staff_pages(house: House, app: Any, kind: str) -> None:
    listener = replace(LISTENERS[kind], has_staff_pages=False)
    with browsing(app, listener) as visitor:
        appoint(house, visitor)
        token = visitor.open_form("/b/square/new").fields["token"]

        assert [visitor.get(path).status_code for path in PAGES] == [404] * len(PAGES)
        for path in ("/boards/manage/move", *PAGES[1:]):
            answer = visitor.post(f"/en{path}", {"token": token, "slug": "square", "do": "up"})
            assert answer.status_code == 404
        assert "/boards/manage" not in visitor.get("/boards").text
        assert "/reach/edit" not in visitor.get("/reach").text


def test_staff_listener_has_them(house: House, app: Any) -> None:
    with browsing(app, STAFF) as visitor:
        appoint(house, visitor)

        assert [visitor.get(path).status_code for path in PAGES] == [200] * len(PAGES)
        assert "/boards/manage" in visitor.get("/boards").text
        assert "/reach/edit" in visitor.get("/reach").text
        assert visitor.client.cookies.get("staff")


def test_web_listener_of_such_an_instance_has_none(house: House, app: Any) -> None:
    """Without an `Entry`, as `serve` runs it."""
    from starlette.testclient import TestClient

    with TestClient(app, ORIGIN, follow_redirects=False) as client:
        visitor = Visitor(client)
        appoint(house, visitor)
        assert visitor.get("/boards/manage").status_code == 404


@pytest.mark.parametrize("kind", ["web", "onion"])
def test_readers_listeners_do_not_say_how_the_onion_is_doing(
    house: House, app: Any, kind: str
) -> None:
    wiring.announce_onion(house, ADDRESS)
    app.state.tell_onion = lambda: Status(state=State.PUBLISHED, introduction_points=3)
    with browsing(app, replace(LISTENERS[kind], has_staff_pages=False)) as visitor:
        appoint(house, visitor)
        assert section_of(visitor) == ""


def test_stewards_alone_see_how_the_onion_is_doing(house: House, app: Any) -> None:
    """Every state in a sentence of its own, with what the descriptor says."""
    wiring.announce_onion(house, ADDRESS)
    now = {"state": State.STARTING}
    app.state.tell_onion = lambda: Status(state=now["state"], introduction_points=3, effort=41)
    sentences = set()
    with browsing(app, STAFF) as visitor:
        assert section_of(visitor) == ""
        appoint(house, visitor)
        for now["state"] in State:
            section = section_of(visitor)
            assert re.findall(r'<dd class="num">([^<]+)</dd>', section) == ["3", "41"]
            sentences |= set(re.findall(r'<p class="prose">([^<]+)</p>', section))

    assert len(sentences) == len(State)


def test_stewards_are_told_where_tor_alone_knows(house: House, app: Any) -> None:
    with browsing(app, STAFF) as visitor:
        appoint(house, visitor)
        assert section_of(visitor) == "", "there is no onion service"
        wiring.announce_onion(house, ADDRESS)
        section = section_of(visitor)

    assert "by its own configuration" in section
    assert "<dd" not in section


def section_of(visitor: Visitor) -> str:
    """Return what the page about the host says of its onion service."""
    return visitor.get("/status").text.partition('id="onion"')[2].partition("</section>")[0]


@pytest.mark.parametrize("kind", ["web", "onion"])
def test_readers_listeners_have_no_desks(app: Any, kind: str) -> None:
    """As if they were nowhere, whoever asks and whatever is sent."""
    listener = replace(LISTENERS[kind], has_staff_pages=False)
    with browsing(app, listener) as visitor:
        nowhere = visitor.get("/nowhere").text.replace("/nowhere", "/desk")
        for path in ("", "/login", "/case", "/grouped", "/proposals", "/acts", "/appeals"):
            answer = visitor.get(f"/desk{path}")
            assert answer.status_code == 404
            assert answer.text == nowhere.replace("/desk", f"/desk{path}")
        for path in ("/login", "/begin", "/logout", "/claim", "/case", "/grouped", "/acts"):
            assert visitor.post(f"/en/desk{path}", {"number": "1"}).status_code == 404


def test_staff_listener_has_desks(app: Any) -> None:
    with browsing(app, STAFF) as visitor:
        assert visitor.get("/desk/login").status_code == 200
        assert visitor.get("/desk").headers["location"] == "/en/desk/login"
