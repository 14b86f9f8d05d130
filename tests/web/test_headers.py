"""What every answer carries, whatever it answers; and whom we answer at all."""

import pytest
from app.main import create_app
from app.wiring import House
from httpx import Response
from starlette.testclient import TestClient

from tests.by_hand import answer_to
from tests.place import Place
from tests.visitor import FORM, ORIGIN, SAME_ORIGIN, Visitor

EXPECTED = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

INLINE = [
    "<iframe", "<object", "<embed", "onclick=", "onload=", "javascript:", "<style", " style=",
]  # fmt: skip

# One address of every class of answers.
ANSWERS = [
    pytest.param("GET", "/", 302, id="the front door"),
    pytest.param("GET", "/fa/", 200, id="the front page"),
    pytest.param("GET", "/fa/boards", 200, id="boards"),
    pytest.param("GET", "/fa/b/square", 200, id="a board"),
    pytest.param("GET", "/fa/latest", 200, id="latest"),
    pytest.param("GET", "/fa/t/{thread}", 200, id="a thread"),
    pytest.param("GET", "/fa/t/{thread}.txt", 200, id="a thread as text"),
    pytest.param("GET", "/fa/t/{thread}/print", 200, id="a thread on paper"),
    pytest.param("GET", "/fa/t/{thread}/feed.atom", 200, id="a feed"),
    pytest.param("GET", "/fa/p/{digest}", 200, id="a post"),
    pytest.param("GET", "/fa/receipts/{digest}", 200, id="a receipt"),
    pytest.param("GET", "/receipts/{digest}.json", 200, id="a receipt for programs"),
    pytest.param("GET", "/records/{digest}", 200, id="a record"),
    pytest.param("GET", "/fa/join", 200, id="joining"),
    pytest.param("GET", "/fa/login", 200, id="logging in"),
    pytest.param("GET", "/fa/carry", 200, id="carrying"),
    pytest.param("GET", "/fa/settings", 200, id="settings"),
    pytest.param("GET", "/fa/safety", 200, id="prose"),
    pytest.param("GET", "/fa/status", 200, id="status"),
    pytest.param("GET", "/fa/transparency", 200, id="transparency"),
    pytest.param("GET", "/exit", 200, id="the way out"),
    pytest.param("GET", "/healthz", 200, id="health"),
    pytest.param("GET", "/robots.txt", 200, id="robots"),
    pytest.param("GET", "/.well-known/goftogu", 200, id="the instance's card"),
    pytest.param("GET", "/api/v1/boards", 200, id="boards for programs"),
    pytest.param("GET", "/api/v1/openapi.json", 200, id="the API's description"),
    pytest.param("GET", "/fa/b/square/new", 303, id="what needs a login"),
    pytest.param("GET", "/fa/nowhere", 404, id="no page"),
    pytest.param("GET", "/xx/boards", 404, id="no language"),
    pytest.param("GET", "/fa/t/nothing", 404, id="no thread"),
    pytest.param("GET", "/fa/boards/", 404, id="a slash too many"),
    pytest.param("GET", "/fa/b/square?page=x", 404, id="no number"),
    pytest.param("GET", f"/records/{'00' * 32}", 404, id="no record"),
    pytest.param("GET", "/static/x/nothing.js", 404, id="no file"),
    pytest.param("PUT", "/fa/boards", 405, id="another method"),
    pytest.param("POST", "/api/v1/records", 400, id="a bad record"),
    pytest.param("POST", "/fa/login", 400, id="a bad form"),
]


def ask(place: Place, visitor: Visitor, method: str, path: str) -> Response:
    """Ask for an address of the shared place."""
    answer: Response = visitor.client.request(method, place.path(path))
    return answer


def require_headers(answer: Response) -> None:
    """Check what no answer may lack."""
    for name, value in EXPECTED.items():
        assert answer.headers[name] == value
    # An empty picture stands for the icon that browsers would ask for.
    policy = answer.headers["content-security-policy"].replace("img-src 'self' data:;", "")
    for part in (
        "default-src 'none'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'",
    ):  # fmt: skip
        assert part in policy
    for part in ("unsafe", "http:", "https:", "data:", "*"):
        assert part not in policy
    assert "cache-control" in answer.headers
    for name in ("server", "x-powered-by", "date", "via"):
        assert name not in answer.headers


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
def test_answer_carries_the_security_headers_and_loads_nothing_from_elsewhere(
    place: Place, stranger: Visitor, method: str, path: str, status: int
) -> None:
    answer = ask(place, stranger, method, path)

    assert answer.status_code == status
    require_headers(answer)
    for sign in INLINE:
        assert sign not in answer.text
    for part in answer.text.split(' src="')[1:]:
        assert part.startswith("/static/")


@pytest.mark.parametrize("path", ["/fa/join", "/fa/login"])
def test_page_that_signs_runs_our_own_script_and_no_other(stranger: Visitor, path: str) -> None:
    answer = stranger.client.get(path)

    policy = answer.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert answer.text.count("<script") == 1


@pytest.mark.parametrize(
    "path", ["/fa/", "/fa/boards", "/fa/t/{thread}", "/fa/safety", "/fa/transparency"]
)
def test_page_that_is_read_runs_no_script(place: Place, stranger: Visitor, path: str) -> None:
    answer = ask(place, stranger, "GET", path)

    assert "script-src" not in answer.headers["content-security-policy"]
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "testserver.evil.example",
        "evil.example:80",
        "testserver:8080",
        "testserver@evil.example",
        "localhost",
        "127.0.0.1",
        "TESTSERVER.",
        "testserver, evil.example",
        "\u0074estserver\u3002",
    ],
)
def test_request_for_another_host_is_turned_away(stranger: Visitor, host: str) -> None:
    """A page built from a made-up host would carry it into links, caches and letters."""
    for path in ("/", "/fa/login", "/api/v1/boards", "/static/x/y", "/nowhere"):
        answer = stranger.client.get(path, headers={"Host": host.encode()})

        assert answer.status_code == 421
        assert "evil" not in answer.text
        require_headers(answer)


@pytest.mark.parametrize("hosts", [[], [b"testserver", b"evil.example"], [b"testserver"] * 2])
def test_request_without_exactly_one_host_is_turned_away(house: House, hosts: list[bytes]) -> None:
    """No client library sends these, so the request is made by hand."""
    app = create_app(house, ORIGIN)

    sent = answer_to(app, "/fa/", b"/fa/", headers=[(b"host", host) for host in hosts])

    assert sent[0]["status"] == 421


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.example"},
        {"X-Forwarded-Proto": "https"},
        {"X-Forwarded-For": "203.0.113.7"},
        {"Forwarded": "for=203.0.113.7;host=evil.example;proto=https"},
        {"X-Original-URL": "/fa/settings"},
        {"X-HTTP-Method-Override": "POST"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_forwarded_headers_change_nothing(stranger: Visitor, headers: dict[str, str]) -> None:
    plain, forged = (stranger.client.get("/fa/boards", headers=said) for said in ({}, headers))

    def body(answer: Response) -> str:
        return answer.text.split("<main")[1].split("</main>")[0]

    assert forged.status_code == 200
    assert body(forged) == body(plain)
    assert "strict-transport-security" not in forged.headers
    assert "evil" not in forged.text


def test_body_over_the_cap_is_refused(stranger: Visitor) -> None:
    answer = stranger.client.post(
        "/en/carry",
        content=b"record=" + b"x" * 9_000_000,
        headers={"Content-Type": FORM, **SAME_ORIGIN},
    )

    assert answer.status_code == 413
    require_headers(answer)


def test_crash_shows_nothing_of_its_inside(house: House) -> None:
    """A page says that it is our fault; the traceback stays with us."""
    with house.db.write() as work:
        work.session.connection().exec_driver_sql("DROP TABLE version")
    app = create_app(house, ORIGIN)

    with TestClient(app, ORIGIN, raise_server_exceptions=False) as client:
        answer = client.get("/fa/t/00000000000000000000")
        front = client.get("/fa/")

    for found in (answer, front):
        require_headers(found)
        for word in ("Traceback", "sqlite", "SELECT", "version", "app/"):
            assert word not in found.text.split("<main")[1]


@pytest.mark.parametrize(
    "path",
    [
        "/fa/../../etc/passwd",
        "/static/x/../../../pyproject.toml",
        "/static/x/..%2f..%2fpyproject.toml",
        "/fa/%2e%2e/%2e%2e/etc/passwd",
        "/fa/about%00",
        "/fa/%ff",
        "/fa/t/%ff.txt",
        "/records/%2e%2e",
        "/" + "a" * 5000,
        "/fa//",
    ],
)
def test_odd_address_is_not_found(stranger: Visitor, path: str) -> None:
    answer = stranger.client.get(path)

    assert answer.status_code == 404
    require_headers(answer)


def test_page_over_tls_says_to_stay_there(house: House) -> None:
    origin = "https://testserver"

    with TestClient(create_app(house, origin), origin) as client:
        answer = client.get("/fa/")

    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize("path", ["/docs", "/redoc", "/openapi.json"])
def test_framework_shows_no_pages_of_its_own(stranger: Visitor, path: str) -> None:
    """They would load scripts from elsewhere."""
    assert stranger.client.get(path).status_code == 404
