"""Commitments by plain forms, in three languages: filed, confirmed, judged, tracked."""

import csv
import re
from datetime import timedelta
from typing import cast
from xml.etree import ElementTree as ET

import pytest
from app import identity
from app.hearings import service
from app.hearings.model import CommitmentState
from app.kernel.clock import DAY_S
from app.records.model import Custody
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.factories import TODAY
from tests.hearings.answered import enter
from tests.hearings.hall import AVA
from tests.hearings.officials import make_official
from tests.hearings.promising import DUE, LINK, commitment, find, status
from tests.houses import advance, appoint, publish, release, submit
from tests.visitor import Form, Visitor, find_form

pytestmark = pytest.mark.slow

TYPED = {
    "text": "We will open the weir by March.",
    "owner": "The deputy minister for water",
    "measure": "The gauge at the bridge shows it.",
    "due": DUE.isoformat(),
    "theme": "Water",
}


@pytest.fixture
def opening(house: House) -> str:
    raw = factories.note(
        AVA,
        board=factories.LIVE,
        title="The river",
        text="The gauge is low. We will open the weir by March. Nous allons publier le rapport !",
    )
    submit(house, factories.card(AVA))
    publish(house, raw)
    return factories.digest_of(raw).hex()


def file_one(visitor: Visitor, post: str, house: House, **typed: str) -> str:
    """File a commitment, let readers see it, and return its digest."""
    answer = visitor.send(visitor.open_form(f"/p/{post}/promise"), **{**TYPED, **typed})
    digest = visitor.digest_after(answer)
    release(house)
    return digest


def status_form(visitor: Visitor, digest: str) -> Form:
    return visitor.open_form(f"/commitments/{digest}", f"/commitments/{digest}/status")


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
def test_citizens_file_a_promise_and_put_evidence_beside_it(
    house: House, client: TestClient, opening: str, language: str
) -> None:
    visitor = Visitor(client, language)
    visitor.join("Mina")
    thread = visitor.get(f"/t/{opening[:20]}").text
    assert f"/{language}/p/{opening}/promise" in thread

    digest = file_one(visitor, opening, house)
    path = f"/commitments/{digest}"

    assert "open the weir" in visitor.get("/commitments").text
    page = visitor.get(path).text
    assert TYPED["measure"] in page
    assert f"{path}/status" not in page
    form = visitor.open_form(path, f"{path}/evidence")
    visitor.digest_after(visitor.send(form, link=LINK, shows="not-done", text="Look at the gauge."))
    release(house)
    assert "Look at the gauge." in visitor.get(path).text
    # The link leads over the page about leaving, and nobody here opened it.
    assert (
        f"/{language}/leaving?to=https%3A%2F%2Fwater.example.org%2Fweir" in visitor.get(path).text
    )
    assert f"/{language}{path}" in visitor.get(f"/t/{opening[:20]}").text


@pytest.mark.parametrize("link", ["", "the gauge", "https://", "javascript:alert(1)", "water.org"])
def test_evidence_without_a_link_keeps_what_was_typed_and_says_what_to_do(
    house: House, client: TestClient, opening: str, link: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")
    path = f"/commitments/{file_one(visitor, opening, house)}"
    form = visitor.open_form(path, f"{path}/evidence")

    answer = visitor.send(form, link=link, shows="done", text="Look at the gauge.")

    assert answer.status_code == 400
    assert "This host opens no link; readers do." in answer.text
    assert "Look at the gauge." in answer.text
    again = find_form(answer, visitor.address(f"{path}/evidence"))
    assert (again.fields["link"], again.fields["shows"]) == (link, "done")


def test_dead_link_is_taken_unopened(
    house: House, client: TestClient, opening: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever could go out is broken: nothing notices."""

    def nobody(*_: object, **__: object) -> None:
        raise AssertionError("a request went out")

    monkeypatch.setattr("app.web.outbound.exchange", nobody)
    monkeypatch.setattr("socket.getaddrinfo", nobody)
    visitor = Visitor(client)
    visitor.join("Mina")
    path = f"/commitments/{file_one(visitor, opening, house)}"
    form = visitor.open_form(path, f"{path}/evidence")
    dead = "https://gone.invalid/404"

    visitor.digest_after(visitor.send(form, link=dead, shows="done", text="It was there."))


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("text", "", "The text is empty."),
        ("text", "w" * 601, "Shorten it to 600 characters"),
        ("owner", "", "Write who promised it"),
        ("measure", "m" * 301, "by what people will see"),
        ("due", "2026-11-20", "today or later"),
        ("due", "tomorrow", "Write the day"),
        ("due", "2027-02-30", "Write the day"),
        ("theme", "t" * 41, "at most 40 characters"),
        ("of", "ap://did:key:nobody/actor", "Choose one of the officials"),
        ("language", "xx", "Choose the language"),
    ],
)
def test_wrong_field_says_what_to_do_and_keeps_the_others(
    client: TestClient, opening: str, field: str, typed: str, sentence: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")
    form = visitor.open_form(f"/p/{opening}/promise")

    answer = visitor.send(form, **{**TYPED, field: typed})

    assert answer.status_code == 400
    assert sentence in answer.text
    kept = "owner" if field == "theme" else "theme"
    again = find_form(answer, visitor.address(f"/p/{opening}/promise"))
    assert again.fields[kept] == TYPED[kept]


def test_sentences_that_promise_are_offered_and_one_begins_the_form(
    client: TestClient, opening: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")

    page = visitor.get(f"/p/{opening}/promise").text

    assert re.findall(r"sentence=(\d)", page) == ["1", "2"]
    form = visitor.open_form(f"/p/{opening}/promise?sentence=2", f"/p/{opening}/promise")
    assert form.fields["text"].strip() == "Nous allons publier le rapport !"


def test_what_an_official_says_is_filed_under_their_name(house: House, client: TestClient) -> None:
    omid = factories.person("Omid", Custody.UNLOCKED)
    said = factories.note(omid, board=factories.LIVE, text="We will open the weir by March.")
    publish(house, factories.card(omid), said)
    make_official(house, omid)
    reader = Visitor(client)
    reader.join("Mina")

    form = reader.open_form(f"/p/{factories.digest_of(said).hex()}/promise")

    assert (form.fields["owner"], form.fields["of"]) == ("Omid", f"ap://{omid.root}/actor")


def test_official_confirms_and_changes_the_status(
    house: House, client: TestClient, opening: str
) -> None:
    official = Visitor(client)
    official.join("Omid")
    root = root_of(house, official)
    make_official(house, _as(root))
    official.log_out()
    reader = Visitor(client)
    reader.join("Mina")
    digest = file_one(reader, opening, house, of=f"ap://{root}/actor")
    assert f"/commitments/{digest}/own" not in reader.get(f"/commitments/{digest}").text
    refused = reader.post(
        reader.address(f"/commitments/{digest}/own"),
        {"token": reader.open_form(f"/p/{opening}/promise").fields["token"]},
    )
    assert refused.status_code == 403
    reader.log_out()

    official.log_in("Omid")
    page = official.open_form(f"/commitments/{digest}", f"/commitments/{digest}/own")
    assert official.send(page).status_code == 303
    form = status_form(official, digest)
    wrong = official.send(form, state="in-progress", evidence="", why="We began.")
    assert wrong.status_code == 400
    assert "This host opens no link" in wrong.text
    again = find_form(wrong, official.address(f"/commitments/{digest}/status"))
    assert again.fields["why"] == "We began."
    done = official.send(again, state="in-progress", evidence=LINK, why="We began.")
    assert done.status_code == 303
    stale = official.send(form, state="kept", evidence=LINK, why="It is open.")
    assert stale.status_code == 409
    assert "by the official" in official.get(f"/commitments/{digest}").text


def test_steward_changes_the_status_of_a_public_promise(
    house: House, client: TestClient, opening: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")
    digest = file_one(visitor, opening, house)
    appoint(house, visitor.client.cookies["s"])
    form = status_form(visitor, digest)

    done = visitor.send(form, state="broken", evidence=LINK, why="The gauge is dry.")

    assert done.status_code == 303
    page = visitor.get(f"/commitments/{digest}").text
    assert "Broken" in page
    assert "by this host" in page


def test_contested_status_says_so_until_the_host_confirms_it(
    house: House, client: TestClient, opening: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Omid")
    root = root_of(house, visitor)
    make_official(house, _as(root))
    digest = file_one(visitor, opening, house, of=f"ap://{root}/actor")
    with house.db.read() as work:
        commitment = service.commitments.get_commitment(work, bytes.fromhex(digest))
        assert commitment.owned_on is not None
    with house.db.write() as work:
        service.commitments.set_status(
            work,
            house.door,
            house.keys["instance"],
            commitment,
            CommitmentState.BROKEN,
            evidence=LINK,
            why="The gauge is dry.",
        )
    form = status_form(visitor, digest)
    assert visitor.send(form, state="kept", evidence=LINK, why="No.").status_code == 303

    told = visitor.get(f"/commitments/{digest}").text
    tracker = visitor.get("/commitments").text
    table = visitor.get("/commitments.csv").text.splitlines()
    assert "Contested: the official says so" in told
    assert "Contested: the official’s own word alone" in tracker
    assert ",kept,yes," in table[1]
    appoint(house, visitor.client.cookies["s"])
    confirming = status_form(visitor, digest)
    assert visitor.send(confirming, state="kept", evidence=LINK, why="Seen.").status_code == 303
    assert "Contested" not in visitor.get(f"/commitments/{digest}").text
    assert "Contested" not in visitor.get("/commitments").text


def test_tracker_tells_what_is_overdue_by_itself(
    house: House, client: TestClient, opening: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")
    file_one(visitor, opening, house, due=(TODAY + timedelta(days=3)).isoformat())
    visitor.log_out()
    told = []
    for days in (0, 3, 1):
        advance(house, days * DAY_S)
        told.append("Overdue for" in visitor.get("/commitments").text)

    assert told == [False, False, True]


def test_tracker_by_owner_and_theme_with_feed_and_table(
    house: House, client: TestClient, opening: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Mina")
    file_one(visitor, opening, house)
    file_one(
        visitor, opening, house, text="=cmd()", owner="The mayor", theme="Air", measure="-1 gram"
    )

    page = visitor.get("/commitments?theme=Air").text
    assert ("cmd()" in page, "open the weir" in page) == (True, False)
    by_owner = visitor.get("/commitments?owner=The+mayor").text
    assert ("cmd()" in by_owner, "open the weir" in by_owner) == (True, False)
    assert visitor.get("/commitments?owner=nobody").status_code == 404
    rows = list(csv.DictReader(visitor.get("/commitments.csv").text.splitlines()))
    assert {row["status"] for row in rows} == {"not-started"}
    assert {(row["text"], row["measure"]) for row in rows} == {
        (TYPED["text"], TYPED["measure"]),
        # What a spreadsheet would compute is text there.
        ("'=cmd()", "'-1 gram"),
    }
    feed = ET.fromstring(visitor.get("/commitments.atom?theme=Air").content)
    titles = [each.text for each in feed.iter("{http://www.w3.org/2005/Atom}title")]
    assert titles == ["Commitments", "=cmd()"]


def test_erased_commitment_stays_with_its_status_and_without_words(
    house: House, client: TestClient
) -> None:
    submit(house, factories.card(AVA))
    raw = factories.note(AVA, board=factories.LIVE, title="The river")
    publish(house, raw)
    promise = commitment(AVA, raw)
    publish(house, promise)
    submit(house, status(house.keys["instance"], promise, "broken"))
    submit(house, factories.erasure(AVA, promise))
    visitor = Visitor(client)

    page = visitor.get("/commitments").text

    assert find(house, promise).state is CommitmentState.BROKEN
    assert "Broken" in page
    for words in ("open the weir", "The gauge at the bridge", "deputy minister"):
        assert words not in page
        assert words not in visitor.get("/commitments.csv").text
        assert words not in visitor.get(f"/commitments/{factories.digest_of(promise).hex()}").text


def test_notices_ask_the_official_and_who_filed_it(house: House, client: TestClient) -> None:
    day = TODAY
    omid, ava = (factories.person(name, Custody.UNLOCKED) for name in ("Omid", "Ava"))
    submit(house, factories.card(omid), factories.card(ava))
    make_official(house, omid)
    raw = factories.note(ava, board=factories.LIVE, title="The river", day=day)
    publish(house, raw)
    promise = commitment(ava, raw, of=omid.root)
    publish(house, promise)
    path = f"/en/commitments/{factories.digest_of(promise).hex()}"
    told = []
    for days in (29, 1, 30):
        advance(house, days * DAY_S)
        told.append([path in enter(house, client, who).get("/notices").text for who in (omid, ava)])

    assert told == [[False, False], [True, True], [False, False]]
    advance(house, 30 * DAY_S)
    page = enter(house, client, omid).get("/notices").text
    assert "You promised it" in page
    assert "1 not read yet" in page
    assert "You filed it" in enter(house, client, ava).get("/notices").text


def root_of(house: House, visitor: Visitor) -> str:
    with house.db.read() as work:
        viewer = identity.find_viewer(work, visitor.client.cookies["s"])
    assert viewer is not None
    return viewer.root


class _Holder:
    """Who holds an office, by a root alone."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.name = "Omid"


def _as(root: str) -> factories.Person:
    return cast("factories.Person", _Holder(root))
