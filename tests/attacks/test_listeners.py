"""The corpora of foreign hosts, forms and links at what they had not reached: the staff listener, redirects, old tokens."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlencode

import pytest
from app.kernel.clock import FixedClock
from app.main import create_app, create_staff_app
from app.wiring import House
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from tests.attacks.test_foreign_requests import AWAY, HOSTS, statuses_of_acts
from tests.by_hand import answer_to
from tests.forms.test_envelopes import FROM_ELSEWHERE, Attack
from tests.houses import release
from tests.place import Place
from tests.visitor import FORM, ORIGIN, SAME_ORIGIN, Visitor

pytestmark = pytest.mark.slow

STAFF = "http://127.0.0.1:9"
PATHS = ("/metrics", "/healthz", "/")
FORWARDED = {
    "Forwarded": "for=203.0.113.7;host=evil.example;proto=https",
    "X-Forwarded-For": "203.0.113.7",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-HTTP-Method-Override": "POST",
    "X-Original-URL": "/en/boards",
    "X-Rewrite-URL": "/en/boards",
}
_leads = re.compile(r'(?:href|action|src)="([^"]*)"')
# A browser that finds no icon in the page would ask for one: ours is nothing at all.
_out = re.compile(r"(?!data:,$)(//|/\\|\w+:)")


@pytest.fixture(scope="module")
def staff(place: Place) -> Iterator[TestClient]:
    """The operator's program in front of the staff listener."""
    app = create_staff_app(place.house, STAFF)
    with TestClient(app, STAFF, follow_redirects=False) as client:
        yield client


@pytest.mark.parametrize("host", [*HOSTS, "127.0.0.1:8", "localhost.evil.example:9"])
def test_staff_listener_answers_no_foreign_host(staff: TestClient, host: str) -> None:
    """Also a name that somebody lets lead to the operator's own machine (DNS rebinding)."""
    for path in PATHS:
        answer = staff.get(path, headers={"Host": host})

        assert answer.status_code == 421
        assert "goftogu_" not in answer.text
        assert "location" not in answer.headers


@pytest.mark.parametrize("attack", FROM_ELSEWHERE.values(), ids=FROM_ELSEWHERE.keys())
def test_staff_listener_takes_nothing_and_gives_other_sites_nothing(
    place: Place, staff: TestClient, attack: Attack
) -> None:
    before = place.changes()
    envelope = attack(place.token, place.others_token)
    for path in PATHS:
        answers = [
            staff.request(method, path, content=envelope.body, headers=envelope.headers)
            for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS")
        ]
        assert {answer.status_code for answer in answers} <= {404, 405}, path
        for found in (*answers, staff.get(path, headers=envelope.headers)):
            assert not {"set-cookie", "access-control-allow-origin"} & set(found.headers)
            assert found.headers["cross-origin-resource-policy"] == "same-origin"
    assert place.changes() == before


@pytest.mark.parametrize("name", FORWARDED)
def test_forwarded_headers_change_nothing_for_staff(staff: TestClient, name: str) -> None:
    answer = staff.get("/healthz", headers={name: FORWARDED[name]})

    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("before", ["", "/", "/en/", "/en/boards/", "/exit?next=", "/?next="])
def test_no_address_is_answered_with_a_way_out(
    place: Place, staff: TestClient, before: str
) -> None:
    """Neither a redirect nor a link of the page leads away, however the address is spelled."""
    apps = {ORIGIN: place.visitor.client.app, STAFF: staff.app}
    for origin, app in apps.items():
        for away in AWAY:
            for path in (f"{before}{away}", f"{before}{quote(away, safe='')}"):
                status, headers, page = ask(app, origin, "/" + path.removeprefix("/"))

                assert status < 500, path
                leads = [headers.get("location", "/"), *_leads.findall(page)]
                assert [to for to in leads if _out.match(to)] == [], path


def ask(app: Any, origin: str, target: str) -> tuple[int, Headers, str]:
    """Ask for an address as it stands in the first line; no client library sends all of these."""
    path, _, query = target.partition("?")
    sent = answer_to(
        app,
        unquote(path),
        path.encode(),
        query_string=query.encode(),
        headers=[(b"host", origin[7:].encode())],
        server=("127.0.0.1", 9),
    )
    body = b"".join(message.get("body", b"") for message in sent)
    return sent[0]["status"], Headers(raw=sent[0]["headers"]), body.decode()


def test_form_of_settings_never_leads_away(place: Place) -> None:
    for away in AWAY:
        if "\0" in away:
            continue
        fields = {"token": place.token, "theme": "dark", "next": away}
        answer = place.visitor.post("/en/settings", fields)

        assert answer.status_code == 303, away
        assert answer.headers["location"] == "/en/", away


def test_token_of_another_process_is_refused(place: Place) -> None:
    """As after a restart: its page is shown again with what was typed, and nothing was done."""
    app = create_app(place.house, ORIGIN)
    before = place.changes()
    with TestClient(app, ORIGIN, follow_redirects=False) as restarted:
        restarted.cookies = place.visitor.client.cookies
        answer = restarted.post(
            "/en/b/square/new",
            content=urlencode({"token": place.token, "do": "send", "text": "typed before"}),
            headers={"Content-Type": FORM, **SAME_ORIGIN},
        )

    assert answer.status_code == 403
    assert "typed before" in answer.text
    assert place.changes() == before


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["elsewhere", "passphrase", "words", "exit", "erased"])
def test_session_that_was_ended_otherwise_can_do_nothing(
    house: House, clock: FixedClock, client: TestClient, ending: str
) -> None:
    """A stolen cookie is worth nothing once its owner does any of these in her own browser."""
    visitor = Visitor(client)
    words = visitor.join("Ava")
    digest = visitor.open_thread("Water", "Where does it go?")
    release(house)
    stolen = str(client.cookies["s"])
    if ending != "exit":
        client.cookies.clear()
        assert visitor.log_in("Ava").status_code == 303
    end(visitor, ending, words)
    before = visitor.get(f"/t/{digest[:20]}").text.count("<article")

    assert set(statuses_of_acts(visitor, stolen, digest).values()) == {403}
    release(house)

    client.cookies.clear()
    assert visitor.get(f"/t/{digest[:20]}").text.count("<article") == before


def end(visitor: Visitor, ending: str, words: str) -> None:
    """End all other sessions of a persona in one of the ways that end them."""
    if ending == "elsewhere":
        answer = visitor.send(visitor.open_form("/keys", "/keys/sessions"))
    elif ending == "passphrase":
        form = visitor.open_form("/keys", "/keys/passphrase")
        old, new = "four unrelated words", "five other unrelated words"
        answer = visitor.send(form, passphrase=old, new_passphrase=new)
    elif ending == "words":
        form = visitor.open_form("/restore")
        answer = visitor.send(form, name="Ava", words=words, passphrase="four other words")
    elif ending == "exit":
        answer = visitor.client.get("/exit")
    else:
        answer = visitor.send(visitor.open_form("/erase-me"), name="Ava", words=words)
    assert answer.status_code in {200, 303}, answer.text
