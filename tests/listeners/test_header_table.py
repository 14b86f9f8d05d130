"""The header table: every class of answers, method and status, on every listener."""

from collections.abc import Iterator

import pytest
from httpx import Response

from tests.listeners.ways import ADDRESS, LISTENERS, browsing
from tests.place import Place
from tests.visitor import Visitor
from tests.web.test_headers import ANSWERS, EXPECTED, require_headers

pytestmark = pytest.mark.slow

FORWARDED = {
    "Forwarded": "for=203.0.113.7;host=evil.example;proto=https",
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "203.0.113.7",
    "X-Onion": "no",
}
# What answers carry beside what all of them do.
OWN = {
    "cache-control", "cdn-cache-control", "content-encoding", "content-language", "content-length",
    "content-security-policy", "content-type", "clear-site-data", "etag", "location", "set-cookie", "vary",
    "allow", "permissions-policy", "retry-after",
}  # fmt: skip


@pytest.fixture(params=LISTENERS, scope="module")
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def reader(place: Place, kind: str) -> Iterator[Visitor]:
    """Somebody who comes in by a listener."""
    with browsing(place.visitor.client.app, LISTENERS[kind]) as visitor:
        yield visitor


def table_of(kind: str, method: str, answer: Response) -> dict[str, str]:
    """Return the headers that a listener adds or leaves out, and nothing else."""
    listener = LISTENERS[kind]
    table = dict(EXPECTED)
    if listener.is_secure:
        table["strict-transport-security"] = "max-age=31536000"
    is_page = answer.headers.get("content-type", "").startswith("text/html")
    if kind == "web" and answer.status_code == 200 and is_page and method in {"GET", "HEAD"}:
        table["onion-location"] = f"http://{ADDRESS}" + answer.request.url.raw_path.decode()
    return table


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_answer_has_the_headers_of_its_listener_and_no_other(
    place: Place, reader: Visitor, kind: str, method: str, path: str, status: int
) -> None:
    answer = reader.client.request(method, place.path(path))

    assert answer.status_code == status
    require_headers(answer)
    found = {name: value for name, value in answer.headers.items() if name not in OWN}
    table = table_of(kind, method, answer)
    del table["permissions-policy"]
    assert found == table


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"])
@pytest.mark.parametrize("path", ["/fa/", "/healthz", "/static/x/goftogu.css", "/api/v1/records"])
def test_every_method_gets_them_too(reader: Visitor, kind: str, method: str, path: str) -> None:
    answer = reader.client.request(method, path)

    for name, value in table_of(kind, method, answer).items():
        assert answer.headers[name] == value
    assert ("strict-transport-security" in answer.headers) == LISTENERS[kind].is_secure
    assert ("onion-location" in answer.headers) == (
        "onion-location" in table_of(kind, method, answer)
    )


def test_onion_location_names_the_same_page(place: Place) -> None:
    with browsing(place.visitor.client.app, LISTENERS["web"]) as visitor:
        answer = visitor.client.get("/en/b/square?sort=new")

    assert answer.headers["onion-location"] == f"http://{ADDRESS}/en/b/square?sort=new"


@pytest.mark.parametrize("name", FORWARDED)
def test_what_claims_another_way_in_has_no_effect(reader: Visitor, name: str) -> None:
    path = "/en/status"
    plain = reader.client.get(path)
    claimed = reader.client.get(path, headers={name: FORWARDED[name]})

    assert claimed.status_code == plain.status_code == 200
    assert "203.0.113.7" not in claimed.text
    assert "evil.example" not in claimed.text
    assert strip(claimed) == strip(plain)


def strip(answer: Response) -> dict[str, str]:
    """Return headers but for the length, which a fresh form token may change when compressed."""
    return {name: value for name, value in answer.headers.items() if name != "content-length"}


@pytest.mark.parametrize("asked", LISTENERS)
def test_listener_answers_to_its_own_name_alone(reader: Visitor, kind: str, asked: str) -> None:
    """The clear name on the onion's socket, the onion's on the web's, and so on."""
    (host,) = LISTENERS[asked].hosts
    answer = reader.client.get("/en/", headers={"Host": host})

    is_own = host in LISTENERS[kind].hosts
    assert answer.status_code == (200 if is_own else 421)
    assert ("strict-transport-security" in answer.headers) == LISTENERS[kind].is_secure


def test_session_of_one_listener_opens_nothing_on_another(place: Place) -> None:
    """Their cookies have names of their own, so a jar that mixes them up still sends nothing."""
    app = place.visitor.client.app
    with browsing(app, LISTENERS["onion"]) as visitor:
        answer = visitor.log_in("Ava")
        cookie = answer.headers["set-cookie"]
        token = str(visitor.client.cookies["o"])
        assert "Ava" in visitor.get("/boards").text
        visitor.log_out()
    assert cookie.startswith("o=")
    assert "Secure" not in cookie
    assert "HttpOnly; SameSite=Strict" in cookie
    with browsing(app, LISTENERS["onion"]) as visitor:
        visitor.log_in("Ava")
        token = str(visitor.client.cookies["o"])
        with browsing(app, LISTENERS["web"]) as web:
            page = web.client.get("/en/boards", headers={"Cookie": f"o={token}"})
            assert "Ava" not in page.text
        visitor.log_out()


def test_secure_listener_has_a_cookie_bound_to_it(place: Place) -> None:
    with browsing(place.visitor.client.app, LISTENERS["web"]) as visitor:
        cookie = visitor.log_in("Ava").headers["set-cookie"]
        visitor.log_out()

    assert cookie.startswith("__Host-s=")
    assert "Secure" in cookie.split("; ")
