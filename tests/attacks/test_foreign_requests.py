"""Forms of other sites, planted cookies, foreign hosts, links that lead away, keys that were revoked."""

from urllib.parse import quote, urlencode, urlsplit

import pytest
from app.kernel.clock import FixedClock
from app.main import create_app
from app.web.forms import safe_path
from app.wiring import House
from fastapi import FastAPI
from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.forms.test_envelopes import FROM_ELSEWHERE, Attack, all_routes
from tests.houses import release, submit
from tests.place import Place
from tests.visitor import FORM, ORIGIN, SAME_ORIGIN, Visitor, app_of

# The doors that take no form: what they take is signed, and no cookie means anything to them.
WITHOUT_FORMS = {
    "/api/v1/records", "/api/v1/carried", "/api/v1/files", "/api/v1/thread-names", "/api/v1/ballots", "/api/v1/votes", "/api/v1/sides", "/witness/add-checkpoint",
}  # fmt: skip

# Places that are not this site, however they are spelled.
AWAY = [
    "http://evil.example", "https://evil.example/", "//evil.example", "///evil.example",
    "////evil.example", "/\\evil.example", "\\\\evil.example", "\\/evil.example", "/\\/evil.example",
    "http:evil.example", "http:/evil.example", "https:evil.example", "http:\\\\evil.example",
    "HTTP://EVIL.EXAMPLE", "hTTps://evil.example", "ftp://evil.example", "evil.example",
    "evil.example/en/boards", "@evil.example", "testserver@evil.example", "//testserver@evil.example",
    "http://testserver@evil.example", "http://testserver.evil.example", "http://testserver:80@evil.example",
    "//evil.example/testserver", "//evil.example#testserver", "//evil.example?testserver",
    "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd",
    "blob:http://evil.example/x", "about:blank", "view-source:http://evil.example",
    "\thttp://evil.example", " http://evil.example", "/\t/evil.example", "/\n/evil.example",
    "/\r/evil.example", "/\r\nLocation: http://evil.example", "\x00//evil.example", "/\x00/evil.example",
    "\u3000//evil.example", "/\u200b/evil.example", "/\u2044/evil.example\u202e", "/\u2028/evil.example",
    "/ /evil.example\x7f", "/\x0b/evil.example", "http://xn--evil-xyz.example", "http://[::1]", "http://2130706433",
    "//evil.example:80", "//evil.example%00", "//%65vil.example", "/\\\\evil.example", "/.\\evil.example",
    "/en:evil", "/http://evil.example", "/https:evil.example", "http://abcdefghijklmnop.onion", "?http://evil.example",
    "#//evil.example", "../../evil.example", ".//evil.example", "", "/exit", "/exit?x",
]  # fmt: skip

# Paths of this site, strange as they are: a browser stays here.
HERE = ["/en/boards", "/fa/search?q=a:b&day=//x", "/%2f%2fevil.example", "/%5cevil.example", "/@evil.example", "/.//evil.example"]  # fmt: skip

HOSTS = [
    "evil.example", "testserver.evil.example", "evil.example:80", "testserver:81", "testserver.",
    "TESTSERVER", "testserver@evil.example", "evil.example@testserver", "testserver#evil.example",
    "testserver/evil", "a/b?c=", "testserver, evil.example", "127.0.0.1", "localhost", "[::1]", "0.0.0.0",
    "", " ", "testserver\t", "xn--testserver", "testserver:", "testserver:0", "testserver:80", "http://testserver",
    "abcdefghijklmnopqrstuvwxyz234567abcdefghijklmnopqrstuvwxyz.onion",
]  # fmt: skip


def post_routes(app: FastAPI) -> list[str]:
    """Return every address of an application that takes a POST."""
    return sorted(
        {route.path for route in all_routes(app.routes) if "POST" in (route.methods or set())}
    )


@pytest.mark.slow
@pytest.mark.parametrize("attack", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE.keys())
def test_every_form_refuses_what_another_site_sends(place: Place, attack: Attack) -> None:
    """Whatever address is added later is tried too: they are found in the application."""
    before = place.changes()
    envelope = attack(place.token, place.others_token)
    found = post_routes(app_of(place.visitor.client))
    assert len(found) > 10

    for pattern in set(found) - WITHOUT_FORMS:
        path = pattern.format(
            language="en",
            slug="square",
            thread_id=place.digest[:20],
            digest=place.digest,
            mark="2" * 16,
            proposal_id="2" * 20,
        )
        answer = place.visitor.client.post(path, content=envelope.body, headers=envelope.headers)

        assert answer.status_code == 403, path
        assert "set-cookie" not in answer.headers, path
        assert "location" not in answer.headers, path
    assert place.changes() == before


@pytest.mark.parametrize("path", sorted(WITHOUT_FORMS))
def test_door_of_programs_gives_a_cookie_no_power(place: Place, path: str) -> None:
    before = place.changes()

    answer = place.visitor.client.post(
        path, content=b"{}", headers={"Origin": "http://evil.example"}
    )

    assert answer.status_code == 400
    assert "set-cookie" not in answer.headers
    assert "access-control-allow-origin" not in answer.headers
    assert place.changes() == before


def leave_and_log_in_over(visitor: Visitor, planted: str) -> Response:
    """Log out, and log in again in a browser in which somebody has put a session."""
    visitor.log_out()
    visitor.client.cookies.clear()
    visitor.client.cookies.set("s", planted)
    answer = visitor.log_in("Ava")
    assert answer.status_code == 303
    return answer


@pytest.mark.parametrize("planted", ["A" * 43, "planted", "x" * 4000, "é".encode().hex()])
def test_planted_session_is_nobody_before_and_after_the_log_in(
    client: TestClient, planted: str
) -> None:
    """An attacker who knows the cookie before the log-in knows nothing after it."""
    visitor = Visitor(client)
    visitor.join("Ava")

    answer = leave_and_log_in_over(visitor, planted)

    token = answer.headers["set-cookie"].split(";")[0].removeprefix("s=")
    assert token != planted
    assert is_logged_in(client, token)
    assert not is_logged_in(client, planted)


def test_session_of_an_attacker_dies_when_somebody_logs_in_over_it(client: TestClient) -> None:
    """Login CSRF's other half: the attacker's own valid session, planted in another browser."""
    visitor = Visitor(client)
    visitor.join("Mallory")
    planted = str(client.cookies["s"])
    client.cookies.clear()
    visitor.join("Ava")

    leave_and_log_in_over(visitor, planted)

    assert not is_logged_in(client, planted)


def is_logged_in(client: TestClient, token: str) -> bool:
    """Return whether a cookie opens a page of a persona."""
    client.cookies.clear()
    answer = client.get("/en/keys", headers={"Cookie": f"s={token}"})
    return bool(answer.status_code == 200)


@pytest.mark.parametrize("path", AWAY)
def test_path_that_leads_away_is_not_followed(path: str) -> None:
    assert safe_path(path, fallback="/fallback") == "/fallback"


@pytest.mark.parametrize("path", HERE)
def test_path_of_this_site_is_followed(path: str) -> None:
    assert safe_path(path, fallback="/fallback") == path


@pytest.mark.slow
def test_log_in_never_leads_away(clock: FixedClock, client: TestClient) -> None:
    """Also where `next` came by the address, and was written into the form by the page."""
    visitor = Visitor(client)
    visitor.join("Ava")
    for number, path in enumerate(AWAY):
        if "\0" in path:
            continue
        visitor.client.cookies.clear()
        clock.advance(600)
        form = visitor.open_form(f"/login?next={quote(path)}", "/login")
        typed = {} if number % 2 else {"next": path}

        answer = visitor.send(form, name="Ava", passphrase="four unrelated words", **typed)

        assert answer.status_code == 303, path
        place = urlsplit(answer.headers["location"])
        assert (place.scheme, place.netloc) == ("", ""), path
        assert place.path.startswith("/en/"), path


@pytest.mark.parametrize("host", HOSTS)
def test_foreign_host_is_not_answered(stranger: Visitor, host: str) -> None:
    for path in ("/", "/en/boards", "/healthz", "/static/x/y", "/api/v1/openapi.json"):
        answer = stranger.client.get(path, headers={"Host": host})

        assert answer.status_code == 421, path
        assert "location" not in answer.headers
        assert "evil" not in answer.text


def test_two_hosts_are_not_answered(stranger: Visitor) -> None:
    answer = stranger.client.get("/", headers=[("Host", "testserver"), ("Host", "evil.example")])

    assert answer.status_code == 421


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Proto", "X-HTTP-Method-Override"],
)  # fmt: skip
def test_forwarded_headers_change_nothing(stranger: Visitor, name: str) -> None:
    plain = stranger.client.get("/en/keys")

    answer = stranger.client.get("/en/keys", headers={name: "evil.example"})

    assert (answer.status_code, answer.headers["location"]) == (303, plain.headers["location"])


def statuses_of_acts(visitor: Visitor, cookie: str, digest: str) -> dict[str, int]:
    """Try everything that somebody who is logged in can do; return how each was answered."""
    client = visitor.client
    client.cookies.clear()
    client.cookies.set("s", cookie)
    token = visitor.open_form("/settings").fields["token"]
    found = {}
    for path in (
        "/keys/passphrase", "/keys/sessions", "/b/square/new", f"/t/{digest[:20]}/reply",
        f"/p/{digest}/revise", f"/p/{digest}/erase",
    ):  # fmt: skip
        fields = {"token": token, "do": "send", "title": "Mine", "text": "Mine", "language": "en"}
        body = urlencode(fields)
        headers = {"Content-Type": FORM, **SAME_ORIGIN}
        found[path] = client.post(f"/en{path}", content=body, headers=headers).status_code
    return found


@pytest.mark.parametrize("ending", ["logged out", "words", "idle"])
def test_ended_session_can_do_nothing(
    house: House, clock: FixedClock, client: TestClient, ending: str
) -> None:
    visitor = Visitor(client)
    words = visitor.join("Ava")
    digest = visitor.open_thread("Water", "Where does it go?")
    release(house)
    cookie = visitor.log_in("Ava").headers["set-cookie"].split(";")[0].removeprefix("s=")
    if ending == "logged out":
        visitor.log_out()
    elif ending == "words":
        answer = visitor.send(visitor.open_form("/revoke"), words=words)
        assert answer.status_code == 200
    else:
        clock.advance(400 * 24 * 3600)
    before = visitor.get(f"/t/{digest[:20]}").text.count("<article")

    assert set(statuses_of_acts(visitor, cookie, digest).values()) == {403}
    release(house)

    client.cookies.clear()
    assert visitor.get(f"/t/{digest[:20]}").text.count("<article") == before
    if ending == "words":
        assert visitor.log_in("Ava").status_code == 403


def test_revoked_key_signs_nothing_that_the_door_takes(house: House, client: TestClient) -> None:
    ava = factories.person("Ava")
    first = factories.card(ava)
    post = factories.note(ava)
    submit(house, first, post)
    release(house)
    revoked = factories.card(ava, after=first, keys=[factories.key_line(ava, state="revoked")])
    submit(house, revoked)
    late = {
        "post": factories.note(ava, text="afterwards"),
        "answer": factories.note(ava, reply_to=post, text="afterwards"),
        "revision": factories.update(ava, post, text="afterwards"),
        "erasure": factories.erasure(ava, post),
        "card by the posting key": factories.forged(
            factories.card(ava, after=revoked), ava.key, lambda document: None
        ),
    }

    for what, raw in late.items():
        answer = client.post("/api/v1/records", content=raw)
        assert answer.status_code in {400, 403, 409}, what
    assert Visitor(client).get("/latest").text.count("afterwards") == 0


def test_application_for_attacks_has_the_doors_of_programs(house: House) -> None:
    """So that the exceptions above stay addresses that are really there."""
    assert set(post_routes(create_app(house, ORIGIN))) >= WITHOUT_FORMS
