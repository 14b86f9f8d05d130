"""Pages of a partner's board: whose it is, how fresh, what is carried and what is done at home."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from app import forum, wiring
from app.federation import partners
from app.federation.partners import store
from app.furnishing import build_site
from app.kernel import strict_json
from app.kernel.strict_json import Json
from app.main import create_app
from app.web.addresses import RefusedError
from app.web.at_home import AT_HOME, CARRIED, KEPT_HERE, READ_HERE
from app.web.tokens import encode_bytes
from app.wiring import House
from fastapi.testclient import TestClient
from starlette.testclient import TestClient as Browser

from tests import factories
from tests.federation import neighbours
from tests.forms.test_envelopes import all_routes
from tests.houses import publish, release, require_post
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")
NOTE = factories.note(AVA, board=WATER, title="Whose water?")
DIGEST = factories.digest_of(NOTE).hex()


@pytest.fixture
def home(house: House, tmp_path: Path) -> Iterator[House]:
    """Another instance, with a thread about water that is read here."""
    home = neighbours.found(tmp_path / "home", house, WATER)
    publish(home, factories.card(AVA), NOTE)
    neighbours.pull(house, neighbours.befriend(house, home, "sepidar", WATER), home)
    yield home
    home.db.close()


@pytest.fixture
def reader(house: House, home: House) -> Iterator[Visitor]:
    """Somebody with a name here and a browser without scripts."""
    assert home is not house
    app = create_app(house, ORIGIN)
    with Browser(app, ORIGIN, follow_redirects=False) as client:
        visitor = Visitor(client)
        visitor.join("Babak")
        yield visitor


@pytest.fixture
def post(home: House) -> Iterator[Callable[[str, bytes], bytes]]:
    """Hands bytes in at the home."""
    with TestClient(create_app(home, ORIGIN), ORIGIN) as client:

        def post(path: str, body: bytes) -> bytes:
            answer = client.post(f"/{path}", content=body)
            if answer.status_code not in {200, 201}:
                problem = answer.json()
                raise RefusedError(problem["title"], problem=problem["code"])
            return bytes(answer.content)

        yield post


def thread_of(house: House) -> str:
    """Return the thread's id."""
    return str(require_post(house, NOTE).thread)


def test_page_says_whose_board_it_is_and_leads_there(house: House, reader: Visitor) -> None:
    for path in ("/b/sepidar-water", f"/t/{thread_of(house)}", f"/p/{DIGEST}"):
        page = reader.get(path).text

        assert "This board’s home is the host" in page, path
        there = path.replace("sepidar-water", "water")
        assert f'href="http://sepidar.invalid/en{there}"' in page
        assert "It was last brought up to date on" in page
        assert f'action="/en/p/{DIGEST}/rate"' not in page
    assert "home is the host" not in reader.get("/b/square").text


def test_reader_over_tor_is_led_to_the_onion_address(house: House, home: House) -> None:
    onion = f"{'a' * 55}d.onion"
    wiring.announce_onion(home, onion)
    release(home)
    neighbours.pull(house, partner_of(house), home)
    site = build_site(house)

    with house.db.read() as work:
        places = [
            site.find_home(work, {"slug": "sepidar-water"}, over_onion=over_onion)
            for over_onion in (True, False)
        ]
        own = site.find_home(work, {"slug": "square"}, over_onion=True)

    addresses = [place.address for place in places if place is not None]
    assert addresses == [f"http://{onion}", "http://sepidar.invalid"]
    assert own is None


def test_what_counts_at_home_is_done_there(house: House, reader: Visitor) -> None:
    thread = thread_of(house)
    for path in (f"/p/{DIGEST}/report", f"/t/{thread}/report", f"/t/{thread}/vote"):
        answer = reader.get(path)

        assert answer.status_code == 403, path
        assert "This is done at the board’s home" in answer.text
        assert f'href="http://sepidar.invalid/en{path}"' in answer.text
    token = reader.open_form("/b/sepidar-water", "/logout").fields["token"]
    for path in (f"/p/{DIGEST}/rate", f"/p/{DIGEST}/report", f"/t/{thread}/vote"):
        answer = reader.post(f"/en{path}", {"token": token, "helps": "yes"})
        assert answer.status_code == 403, path
        assert "This is done at the board’s home" in answer.text
    sent: Json = {"thread": thread, "secret": encode_bytes(bytes(32)), "votes": {"1": "agree"}}
    told = reader.client.post("/api/v1/votes", content=strict_json.encode(sent))
    assert (told.status_code, told.json()["code"]) == (403, "made-at-home")


def test_reply_is_carried_and_its_receipt_tells_how_far_it_is(
    house: House, home: House, reader: Visitor, post: Callable[[str, bytes], bytes]
) -> None:
    partner = neighbours.find(house, partner_of(house))
    path = f"/t/{thread_of(house)}/reply"
    digest = reader.digest_after(reader.send_post(path, text="Everyone’s."))

    promised = reader.get(f"/receipts/{digest}").text
    partners.deliver(house.db, house.keys["instance"], partner, post)
    taken = reader.get(f"/receipts/{digest}").text
    release(home)
    neighbours.pull(house, partner, home)
    shown = reader.get(f"/receipts/{digest}").text

    assert "promises to hand it to" in promised
    assert "signed a receipt that names this host" in taken
    assert "Readers can see it now" in shown
    assert "holds it." in shown
    assert "Everyone’s." in reader.get(f"/t/{thread_of(house)}").text


def test_what_authors_sign_in_other_forms_is_carried_in_an_order_that_the_home_takes(
    house: House, home: House, reader: Visitor, post: Callable[[str, bytes], bytes]
) -> None:
    partner = partner_of(house)
    opened = reader.digest_after(
        reader.send_post("/b/sepidar-water/new", title="Wells", text="Who dug them?")
    )
    reader.digest_after(reader.send_post(f"/p/{opened}/revise", text="Who digs them?"))
    noted = reader.digest_after(
        reader.send(
            reader.open_form(f"/p/{DIGEST}/context"),
            text="See https://water.example/levels for the levels.",
            do="send",
        )
    )
    reader.digest_after(reader.send(reader.open_form(f"/p/{opened}/erase")))

    # Of the post and its revision nothing is left to hand over once it is erased.
    with house.db.read() as work:
        assert partners.find_carried(work, bytes.fromhex(opened)) is None
    partners.deliver(house.db, house.keys["instance"], partner, post)
    release(home)
    neighbours.pull(house, partner, home)

    assert "Readers can see it now" in reader.get(f"/receipts/{noted}").text
    with home.db.read() as work:
        found = forum.find_post(work, digest=bytes.fromhex(opened))
    assert found is None or found.erased_on


def test_refusal_is_told_to_its_author_with_the_words(
    house: House, home: House, reader: Visitor, post: Callable[[str, bytes], bytes]
) -> None:
    partner = neighbours.find(house, partner_of(house))
    path = f"/t/{thread_of(house)}/reply"
    digest = reader.digest_after(reader.send_post(path, text="Everyone’s."))
    with home.db.write() as work:
        partners.end(work, home.door, partners.get_partner(work, "reader"), "No more.")

    partners.deliver(house.db, house.keys["instance"], partner, post)

    told = reader.get(f"/receipts/{digest}").text
    assert "The board’s home did not take it" in told
    assert "Nothing is exchanged with this board’s host now" in told
    assert "Everyone’s.</textarea>" in told
    reader.log_out()
    stranger = reader.get(f"/receipts/{digest}")
    assert "Everyone’s." not in stranger.text


@pytest.mark.parametrize("is_delivered", [False, True])
def test_author_is_told_that_nothing_is_handed_to_a_frozen_home(
    house: House,
    reader: Visitor,
    post: Callable[[str, bytes], bytes],
    *,
    is_delivered: bool,
) -> None:
    partner = partner_of(house)
    path = f"/t/{thread_of(house)}/reply"
    digest = reader.digest_after(reader.send_post(path, text="Everyone’s."))
    if is_delivered:
        partners.deliver(house.db, house.keys["instance"], partner, post)

    with house.db.write() as work:
        partners.freeze(work, partner, "split-view: two histories")

    told = reader.get(f"/receipts/{digest}").text
    assert "Nothing is exchanged with this board’s host now" in told
    assert "promises to hand it to" not in told
    assert "refused it" not in told
    assert "Everyone’s.</textarea>" in told


def test_reader_is_not_sent_to_a_host_that_was_wound_down(house: House, reader: Visitor) -> None:
    with house.db.write() as work:
        store.put_partner(work, replace(partner_of(house), state=partners.PartnerState.RETIRED))
        work.changed.add(partners.PARTNERS)

    page = reader.get("/b/sepidar-water").text

    assert "That host was wound down" in page
    assert "are made there" not in page


def partner_of(house: House) -> partners.Partner:
    """Return the home as this instance knows it."""
    with house.db.read() as work:
        return partners.get_partner(work, "sepidar")


def test_every_form_of_a_board_is_carried_or_done_at_home_or_kept_here(house: House) -> None:
    routes = all_routes(create_app(house, ORIGIN).routes)
    of_boards = tuple(f"/{{language}}/{part}/" for part in ("b", "t", "p", "commitments"))
    forms = {route.path for route in routes if "POST" in (route.methods or ())}
    on_boards = {path for path in forms if path.startswith(of_boards)}

    assert on_boards <= CARRIED | AT_HOME | KEPT_HERE
    assert not CARRIED & AT_HOME
    assert READ_HERE <= AT_HOME
    assert {route.path for route in routes} >= CARRIED | AT_HOME | KEPT_HERE
