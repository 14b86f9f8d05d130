"""Logging in and out over HTTP: passphrases, proofs for one challenge of one instance, cookies, and ways out."""

import re
from datetime import timedelta
from html import unescape

import pytest
from app.identity.codec.login_proofs import sign_login_proof
from app.kernel.clock import MINUTE_S, FixedClock
from app.main import create_app
from app.settings import Settings
from app.wiring import House, open_house
from httpx import Response
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import LANGUAGES, by_turns
from tests.houses import submit
from tests.place import DARA, Place
from tests.visitor import ORIGIN, Visitor, find_form

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
WRONG = (
    "No name here has this passphrase. Look at both again; capital letters count."
    " If the keys were revoked, come back with the twelve words."
)
NO_PROOF = "The proof does not hold, or is too old. Make a new one for the challenge below."


@pytest.fixture
def visitor(stranger: Visitor) -> Visitor:
    """Somebody without a session, where Dara has a card with a key on her device."""
    return stranger


@pytest.fixture
def own_visitor(house: House, client: TestClient) -> Visitor:
    """The same in an instance of one's own, whose clock may be moved."""
    submit(house, factories.card(DARA))
    return Visitor(client)


def challenge_of(visitor: Visitor) -> dict[str, str]:
    """Return what the login page asks a device to sign."""
    found = re.findall(r'data-(domain|challenge|expires)="([^"]*)"', visitor.get("/login").text)
    return {name: unescape(value) for name, value in found}


def prove(
    visitor: Visitor, person: factories.Person = DARA, changes: dict[str, str] | None = None
) -> bytes:
    """Return a proof for the page's challenge, with some of its options changed."""
    asked = {**challenge_of(visitor), **(changes or {})}
    return sign_login_proof(person.key, day=factories.TODAY, **asked)


def hand_in(visitor: Visitor, proof: bytes, **fields: str) -> Response:
    """Send the login form for keys."""
    form = visitor.open_form("/login", "/login/key")
    return visitor.send(form, proof=proof.decode(), **fields)


def is_in(answer: Response) -> bool:
    """Return whether an answer hands a session out."""
    return answer.status_code == 303 and "set-cookie" in answer.headers


def test_proof_for_the_pages_challenge_logs_in(visitor: Visitor) -> None:
    assert is_in(hand_in(visitor, prove(visitor)))
    assert "/persona/" in visitor.get("/persona").headers["location"]


def test_proof_can_be_pasted(visitor: Visitor) -> None:
    proof = prove(visitor).decode()

    assert is_in(hand_in(visitor, b"", pasted=f"\n {proof} \r\n"))


def test_proof_used_again_is_refused(own_visitor: Visitor, clock: FixedClock) -> None:
    """Whoever reads a proof on its way must not be able to log in with it."""
    clock.advance(14 * MINUTE_S)
    proof = prove(own_visitor)
    assert is_in(hand_in(own_visitor, proof))

    for _ in range(14):
        own_visitor.client.cookies.clear()
        assert not is_in(hand_in(own_visitor, proof))
        clock.advance(MINUTE_S)


def test_proof_that_is_too_old_is_refused(own_visitor: Visitor, clock: FixedClock) -> None:
    proof = prove(own_visitor)

    clock.advance(16 * MINUTE_S)

    assert not is_in(hand_in(own_visitor, proof))


def test_proof_for_another_instance_is_refused(visitor: Visitor) -> None:
    """A host must not be able to log in elsewhere with what its visitors sign for it."""
    elsewhere = BABAK.root

    assert not is_in(hand_in(visitor, prove(visitor, changes={"domain": elsewhere})))


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"challenge": ""}, id="no challenge"),
        pytest.param({"challenge": "A" * 54}, id="a challenge made up"),
        pytest.param({"domain": ""}, id="no domain"),
        pytest.param({"domain": "testserver"}, id="a host as domain"),
        pytest.param({"expires": "2030-01-01T00:00:00Z"}, id="a later end"),
        pytest.param({"expires": "2020-01-01T00:00:00Z"}, id="an earlier end"),
        pytest.param({"expires": "never"}, id="no end"),
    ],
)
def test_proof_of_anything_else_is_refused(visitor: Visitor, changes: dict[str, str]) -> None:
    assert not is_in(hand_in(visitor, prove(visitor, changes=changes)))


def test_challenge_of_another_process_is_refused(place: Place, visitor: Visitor) -> None:
    """The key of challenges is drawn at each start."""
    app = create_app(place.house, ORIGIN)
    with TestClient(app, ORIGIN, follow_redirects=False) as other:
        proof = prove(Visitor(other))

    assert not is_in(hand_in(visitor, proof))


def test_key_of_nobody_does_not_log_in(visitor: Visitor) -> None:
    assert not is_in(hand_in(visitor, prove(visitor, BABAK)))


def test_revoked_key_does_not_log_in(house: House, own_visitor: Visitor) -> None:
    card = factories.card(BABAK)
    revoked = [factories.key_line(BABAK, state="revoked")]
    submit(house, card, factories.card(BABAK, after=card, keys=revoked))

    assert not is_in(hand_in(own_visitor, prove(own_visitor, BABAK)))


def test_root_key_does_not_log_in(visitor: Visitor) -> None:
    """The root stays on paper: nothing may ask for it."""
    asked = challenge_of(visitor)

    proof = sign_login_proof(DARA.root_key, day=factories.TODAY, **asked)

    assert not is_in(hand_in(visitor, proof))


def test_proof_by_another_key_in_anothers_name_is_refused(visitor: Visitor) -> None:
    proof = prove(visitor, BABAK)

    stolen = proof.replace(BABAK.did.encode(), DARA.did.encode())
    stolen = stolen.replace(BABAK.did[8:].encode(), DARA.did[8:].encode())

    assert not is_in(hand_in(visitor, stolen))


BAD_PROOFS = [
    pytest.param("", id="nothing"),
    pytest.param("{}", id="an empty object"),
    pytest.param("سلام", id="no JSON"),
    pytest.param("[" * 30_000, id="nested to break parsers"),
    pytest.param('{"proof":' * 5_000, id="objects to break parsers"),
    pytest.param(factories.note(AVA).decode(), id="a post"),
    pytest.param(factories.card(AVA).decode(), id="a card"),
]


@pytest.mark.parametrize(("proof", "code"), by_turns(BAD_PROOFS))
def test_bad_proof_is_explained_and_stores_nothing(place: Place, proof: str, code: str) -> None:
    before = place.changes()
    visitor = Visitor(place.visitor.client, code)
    form = visitor.open_form("/login", "/login/key")

    answer = visitor.send(form, proof=proof)

    assert answer.status_code in {400, 403, 429}
    assert f'<html lang="{code}"' in answer.text
    assert LANGUAGES[code].gettext(NO_PROOF) in answer.text
    assert "set-cookie" not in answer.headers
    assert place.changes() == before


def test_flipping_bits_of_a_proof_is_refused(visitor: Visitor) -> None:
    proof = prove(visitor)

    for position in range(0, len(proof), 37):
        changed = proof[:position] + bytes([proof[position] ^ 1]) + proof[position + 1 :]
        assert not is_in(hand_in(visitor, changed))


WRONG_LOGINS = [
    pytest.param("Ava", "four unrelated word", id="a wrong passphrase"),
    pytest.param("Nobody", "four unrelated words", id="an unknown name"),
    pytest.param("", "", id="nothing"),
    pytest.param("x" * 50_000, "y" * 50_000, id="much"),
    pytest.param("\u202eavA", "four unrelated words", id="tricks of direction"),
]


@pytest.mark.parametrize(("name", "passphrase", "code"), by_turns(WRONG_LOGINS))
def test_wrong_name_and_wrong_passphrase_get_the_same_answer(
    place: Place, name: str, passphrase: str, code: str
) -> None:
    before = place.changes()
    visitor = Visitor(place.visitor.client, code)

    answer = visitor.send(visitor.open_form("/login"), name=name, passphrase=passphrase)

    form = find_form(answer, f"/{code}/login")
    assert answer.status_code == 403
    assert LANGUAGES[code].gettext(WRONG) in answer.text
    assert form.fields["passphrase"] == ""
    assert "set-cookie" not in answer.headers
    assert place.changes() == before


@pytest.mark.slow
def test_guessing_a_passphrase_is_slowed_down_and_for_one_name_only(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    visitor.join("Babak")
    visitor.client.cookies.clear()

    statuses = [visitor.log_in("Ava", f"guess number {n}").status_code for n in range(11)]

    assert statuses == [403] * 10 + [429]
    assert visitor.log_in("Ava").status_code == 429
    assert visitor.log_in("Babak").status_code == 303
    clock.advance(5 * MINUTE_S)
    visitor.client.cookies.clear()
    assert visitor.log_in("Ava").status_code == 303


LOCAL = ["/en/boards", "/fa/t/x?page=2", "/en/b/square?sort=new#top"]
AWAY = [
    "https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "evil.example",
    "javascript:alert(1)", "data:text/html,x", "/\t/evil.example", "/\n/evil.example", "\t//evil.example",
    " //evil.example", "/x\r\nSet-Cookie: s=1", "/x\u2028", "http:/evil.example", "", "/exit", "/a:b",
]  # fmt: skip


@pytest.mark.parametrize("path", LOCAL)
def test_next_leads_to_a_page_of_ours(place: Place, path: str) -> None:
    answer = place.visitor.send(place.visitor.open_form("/settings"), next=path)

    assert answer.headers["location"] == path


@pytest.mark.parametrize("path", AWAY)
def test_next_does_not_lead_away(place: Place, path: str) -> None:
    """An open redirect would let a stranger's link begin at our address."""
    sent = place.visitor.send(place.visitor.open_form("/settings"), next=path)
    shown = place.visitor.client.get("/en/settings", params={"next": path})

    assert sent.headers["location"] == "/en/"
    assert find_form(shown, "/en/settings").fields["next"] == "/en/"


@pytest.mark.parametrize("path", AWAY)
def test_login_does_not_lead_away(visitor: Visitor, path: str) -> None:
    shown = visitor.client.get("/en/login", params={"next": path})
    assert find_form(shown, "/en/login").fields["next"] == ""

    assert hand_in(visitor, prove(visitor), next=path).headers["location"] == "/en/boards"


def test_page_that_needs_a_login_is_opened_after_it(visitor: Visitor) -> None:
    asked = visitor.get("/b/square/new")
    assert asked.status_code == 303
    assert asked.headers["location"] == "/en/login?next=/en/b/square/new"

    form = find_form(visitor.client.get(asked.headers["location"]), "/en/login/key")
    answer = visitor.send(form, proof=prove(visitor).decode())

    assert answer.headers["location"] == "/en/b/square/new"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_theme_is_remembered(place: Place, theme: str) -> None:
    answer = place.visitor.send(place.visitor.open_form("/settings"), theme=theme)

    assert answer.status_code == 303
    assert f"theme={theme};" in answer.headers["set-cookie"]
    assert "Max-Age=31536000" in answer.headers["set-cookie"]
    place.visitor.client.cookies.delete("theme")


@pytest.mark.parametrize("theme", ["", "purple", "dark\r\nX: y", "x" * 5000, '"><script>'])
def test_unknown_theme_is_the_systems_own(place: Place, theme: str) -> None:
    answer = place.visitor.send(place.visitor.open_form("/settings"), theme=theme)

    assert "theme=;" in answer.headers["set-cookie"]
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert "x" not in answer.headers


def test_session_cookie_ends_with_the_browser_and_is_for_us_alone(visitor: Visitor) -> None:
    cookie = hand_in(visitor, prove(visitor)).headers["set-cookie"]

    assert re.fullmatch(r"s=[\w-]{86}; Path=/; HttpOnly; SameSite=Strict", cookie)


def test_session_cookie_over_tls_is_bound_to_tls_and_host(house: House) -> None:
    submit(house, factories.card(DARA))
    origin = "https://sepidar.example"
    settings = Settings(data=house.settings.data, database_url="", origin=origin)
    secure = open_house(settings, clock=house.clock)

    with TestClient(create_app(secure, ORIGIN), origin, follow_redirects=False) as client:
        visitor = Visitor(client)
        form = visitor.open_form("/login", "/login/key")
        proof = prove(visitor).decode()
        answer = visitor.post(form.action, {**form.fields, "proof": proof}, Origin=origin)
        page = visitor.get("/boards")
    secure.db.close()

    assert re.fullmatch(
        r"__Host-s=[\w-]{86}; Path=/; HttpOnly; SameSite=Strict; Secure",
        answer.headers["set-cookie"],
    )
    assert page.headers["strict-transport-security"] == "max-age=31536000"


def test_login_replaces_a_planted_session(house: House, client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.join("Mallory")
    planted = client.cookies["s"]
    submit(house, factories.card(DARA))

    hand_in(visitor, prove(visitor))

    assert client.cookies["s"] != planted
    client.cookies.set("s", planted)
    assert visitor.get("/persona").headers["location"] == "/en/login"


@pytest.mark.parametrize("leave", ["/exit", "/logout"])
def test_leaving_ends_the_session_on_the_server(visitor: Visitor, leave: str) -> None:
    hand_in(visitor, prove(visitor))
    kept = visitor.client.cookies["s"]

    answer = visitor.client.get("/exit") if leave == "/exit" else visitor.log_out()

    assert "s=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0" in answer.headers["set-cookie"]
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    visitor.client.cookies.set("s", kept)
    assert visitor.get("/persona").headers["location"] == "/en/login"


def test_exit_shows_a_page_that_names_nothing(visitor: Visitor) -> None:
    answer = visitor.client.get("/exit")

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    for word in ("goftogu", "گفتگو", "forum", "/en/", "/fa/", 'href="/', "stylesheet", "script"):
        assert word not in answer.text.lower()


def test_exit_embedded_by_another_site_wipes_no_keys(visitor: Visitor) -> None:
    hand_in(visitor, prove(visitor))

    answer = visitor.client.get("/exit", headers={"Sec-Fetch-Site": "cross-site"})

    assert "clear-site-data" not in answer.headers


def test_log_in_expects_the_days_that_proofs_are_made_on(visitor: Visitor) -> None:
    """The day inside a proof is the device's; a clock that is a day off must not keep its owner out."""
    asked = challenge_of(visitor)

    for days in (-1, 1):
        day = factories.TODAY + timedelta(days=days)
        proof = sign_login_proof(DARA.key, day=day, **asked)
        asked = challenge_of(visitor)
        assert is_in(hand_in(visitor, proof))


def test_log_in_with_a_key_ends_the_session_before_it(own_visitor: Visitor, house: House) -> None:
    """Somebody may have planted it, and would be logged in as well."""
    own_visitor.join("Ava")
    planted = dict(own_visitor.client.cookies)

    assert is_in(hand_in(own_visitor, prove(own_visitor)))

    own_visitor.client.cookies.clear()
    own_visitor.client.cookies.update(planted)
    assert "/login" in own_visitor.get("/persona").headers["location"]
