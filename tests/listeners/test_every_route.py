"""The header table once more, made from the routes themselves: one that is added later cannot escape it."""

import string
from typing import Any

import pytest
from app.main import create_app, create_staff_app
from app.settings import Settings
from app.web.limits import REQUESTS_OF_CIRCUIT
from app.wiring import House, open_house
from httpx import Response
from starlette.testclient import TestClient

from tests.forms.test_envelopes import all_routes
from tests.listeners.test_header_table import OWN, table_of
from tests.listeners.ways import LISTENERS, OnListener, browsing
from tests.place import Place
from tests.visitor import ORIGIN
from tests.web.test_headers import require_headers

pytestmark = pytest.mark.slow

METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT")
# What stands in the addresses of the shared place, and what stands nowhere.
KNOWN = {
    "language": "fa", "slug": "square", "since": "0", "path": "checkpoint", "version": "x", "name": "x.css",
    "origin_hash": "00", "mark": "x", "proposal_id": "x", "month": "2026-11", "week": "2026-11-23",
}  # fmt: skip
# A stream is not to be held back by a front, and records are to be kept as a file.
OF_SOME = {"x-accel-buffering", "content-disposition"}
# A stream of events has no end: its head alone is asked for. Others look at it live.
ENDLESS = {"/{language}/t/{thread_id}/events", "/{language}/t/{thread_id}/hearing/events"}
FRAMED = {"/{language}/t/{thread_id}/live/{since}" + end for end in ("", "/still")}


def put_right(answer: Response) -> None:
    """Check what a page that our own live page holds in a frame says instead, and put that right."""
    policy = answer.headers["content-security-policy"]
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in policy
    assert "form-action 'none'" in policy
    # Where it goes on as soon as there is something new.
    _ = answer.headers.pop("refresh", None)
    answer.headers["x-frame-options"] = "DENY"
    whole = policy.replace("frame-ancestors 'self'", "frame-ancestors 'none'")
    answer.headers["content-security-policy"] = whole.replace("-action 'none'", "-action 'self'")


def require_table(kind: str, method: str, answer: Response) -> None:
    """Check that an answer has the headers of its listener and no other."""
    told = f"{kind} {method} {answer.request.url.raw_path.decode()} {answer.status_code}"
    require_headers(answer)
    found = {name: value for name, value in answer.headers.items() if name not in OWN | OF_SOME}
    table = table_of(kind, method, answer)
    del table["permissions-policy"]
    assert found == table, told


def addresses_of(pattern: str, place: Place) -> set[str]:
    """Return an address that a route's pattern leads to, and one where nothing is."""
    names = {name for _, name, _, _ in string.Formatter().parse(pattern) if name}
    known = {**KNOWN, "thread_id": place.digest[:20], "digest": place.digest}
    unknown = dict.fromkeys(names, "nothing") | {"language": "en"}
    return {pattern.format(**{name: fill[name] for name in names}) for fill in (known, unknown)}


@pytest.mark.parametrize(
    ("kind", "who"), [*((kind, "stranger") for kind in LISTENERS), ("onion", "Ava")]
)
def test_every_route_answers_every_method_with_the_headers_of_its_listener(
    place: Place, kind: str, who: str
) -> None:
    app: Any = place.visitor.client.app
    patterns = {route.path.replace(":path}", "}") for route in all_routes(app.routes)}
    before, statuses = place.changes(), set()
    with browsing(app, LISTENERS[kind]) as visitor:
        if who == "Ava":
            visitor.log_in(who)
            before = place.changes()
        session = dict(visitor.client.cookies)
        for pattern in sorted(patterns):
            for address in addresses_of(pattern, place):
                for method in METHODS if pattern not in ENDLESS else METHODS[1:]:
                    visitor.client.cookies.clear()
                    visitor.client.cookies.update(session)
                    answer = visitor.client.request(method, address)
                    if pattern in FRAMED and answer.status_code == 200:
                        put_right(answer)
                    require_table(kind, method, answer)
                    statuses.add(answer.status_code)

    assert len(patterns) > 60
    assert statuses >= {200, 302, 303, 400, 404, 405}
    # `/exit` ends the session, as it should.
    assert who == "Ava" or place.changes() == before


@pytest.mark.parametrize("kind", LISTENERS)
def test_every_status_carries_them_too(house: House, place: Place, kind: str) -> None:
    """Those that a route alone does not lead to."""
    app, feed = place.visitor.client.app, place.path("/en/t/{thread}/feed.atom")
    site = app.state.site  # type: ignore[attr-defined]  # an ASGI app to the checker
    answers: dict[int, tuple[str, Response]] = {}

    def note(method: str, path: str, visitor: OnListener, **asked: Any) -> Response:
        answer: Response = visitor.client.request(method, path, **asked)
        answers[answer.status_code] = method, answer
        return answer

    with browsing(app, LISTENERS[kind]) as visitor:
        tag = note("GET", feed, visitor).headers["etag"]
        note("GET", feed, visitor, headers={"If-None-Match": tag})
        note("POST", "/en/carry", visitor, content=b"x" * 300_000)
        note("POST", "/en/login", visitor, data={"token": "made up"})
        note("GET", "/en/", visitor, headers={"Host": "evil.example"})
    with browsing(app, LISTENERS[kind], circuit=[*LISTENERS].index(kind)) as visitor:
        for _ in range(REQUESTS_OF_CIRCUIT.most):
            site.circuits.count([*LISTENERS].index(kind), site.clock.now())
        note("GET", "/en/boards", visitor)
    broken = create_app(house, ORIGIN)
    broken.state.tally = None
    with browsing(broken, LISTENERS[kind]) as visitor:
        note("GET", "/en/transparency", visitor)
    reading = Settings(data=house.settings.data, database_url="", origin="", read_only=True)
    quiet = open_house(reading, clock=place.clock)
    with browsing(create_app(quiet, ORIGIN), LISTENERS[kind]) as visitor:
        note("POST", "/en/login", visitor, data={"name": "Ava"})
    quiet.db.close()

    assert answers.keys() == {200, 304, 403, 413, 421, 429, 500, 503}
    for method, answer in answers.values():
        require_table(kind, method, answer)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("path", ["/metrics", "/healthz", "/nowhere"])
def test_operators_numbers_carry_them_too(house: House, method: str, path: str) -> None:
    origin = "http://127.0.0.1:9100"
    with TestClient(create_staff_app(house, origin), origin) as client:
        answer = client.request(method, path)

    require_table("staff", method, answer)
