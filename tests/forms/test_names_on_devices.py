"""A name for one thread that a device makes: what its page carries, and what a plain form does not do."""

import re

import pytest
from app import identity
from app.forum.routes import hands
from app.identity import rules, store
from app.web.error_pages import sentences_of
from app.web.tokens import encode_bytes
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.crypto import issuers
from tests.forms.languages import CODES, LANGUAGES
from tests.forms.test_writing import log_in_device
from tests.houses import count_records, open_all_issuers, publish, submit
from tests.visitor import Form, Visitor, find_form

DARA = factories.person("Dara")
OPENING = factories.note(DARA, title="Water", text="Where does it go?")
REPLY = f"/t/{factories.digest_of(OPENING).hex()[:20]}/reply"
OFFER = "data-thread-name "


@pytest.fixture
def dara(house: House, client: TestClient) -> Visitor:
    """Somebody with their key on their device, whom somebody answers for."""
    submit(house, factories.card(DARA))
    publish(house, OPENING)
    with house.db.write() as work:
        open_all_issuers(house, work, issuers.KEY)
        store.add_invited(work, DARA.root, "2026-11")
    visitor = Visitor(client)
    log_in_device(visitor, house, DARA)
    return visitor


def take_all(house: House) -> None:
    with house.db.write() as work:
        for _ in range(rules.NAMES_A_MONTH):
            store.count_one_name_taken(work, DARA.root, "2026-11")


def test_page_carries_what_the_device_makes_a_name_with(house: House, dara: Visitor) -> None:
    page = dara.get(REPLY)

    attributes = dict(re.findall(r'data-(\w+)="([^"]*)"', page.text.split(OFFER)[1].split(">")[0]))
    with house.db.read() as work:
        issuer = identity.find_name_issuer(work)
    assert issuer is not None
    assert attributes["issuer"] == encode_bytes(issuer.key.raw)
    assert attributes["month"] == "2026-11"
    assert attributes["instance"] == house.door.instance_did
    assert re.findall(r'src="/static/[0-9a-f]+/([a-z-]+\.js)"', page.text) == ["thread-name.js"]
    assert "connect-src 'self'" in page.headers["content-security-policy"]


@pytest.mark.parametrize("code", CODES)
def test_without_scripts_the_page_says_what_a_name_takes(dara: Visitor, code: str) -> None:
    page = Visitor(dara.client, code).get(REPLY).text

    said = LANGUAGES[code].gettext("To answer under a new name for this thread alone, your browser makes that name, which takes scripts.")  # fmt: skip
    assert f'<p class="hint" data-plain>{said}' in page
    # Its words reach this host signed, and by no form that could ask.
    unasked = LANGUAGES[code].gettext("Nobody asks you there whether it holds somebody’s private data: look yourself before you sign.")  # fmt: skip
    assert unasked in page
    box = page.index('id="device-hand"')
    assert "<div data-offer hidden>" in page[:box]
    assert "checked" not in page[box:].split(">")[0]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("do", ["preview", "send", "keep"])
def test_plain_form_does_nothing_with_the_tick(
    house: House, dara: Visitor, do: str, code: str
) -> None:
    """Never under one's own name where the other was asked for, also with a good record in it."""
    visitor, before = Visitor(dara.client, code), count_records(house)
    record = factories.note(DARA, reply_to=OPENING, text="One.").decode()

    answer = visitor.send(visitor.open_form(REPLY), do=do, text="One.", record=record, hand="thread")  # fmt: skip

    assert answer.status_code == 400
    refusal = hands._NO_DRAFT if do == "keep" else hands._ON_DEVICE
    assert LANGUAGES[code].gettext(refusal) in answer.text
    assert find_form(answer, f"/{code}{REPLY}").fields["text"] == "One."
    assert count_records(house) == before


def test_box_stays_where_all_names_are_taken(house: House, dara: Visitor) -> None:
    """The name of this thread may be among them, which the device alone can find out."""
    take_all(house)

    assert OFFER in dara.get(REPLY).text


def test_box_is_for_replies_and_not_for_drafts(house: House, dara: Visitor) -> None:
    dara.send(dara.open_form(REPLY), do="keep", text="Kept.")
    drafts = dara.get("/drafts").text
    address = re.search(r'href="/en(/t/[^"]+draft=[^"]+)"', drafts)
    assert address is not None

    for path in (address[1].replace("&amp;", "&"), "/b/square/new"):
        assert OFFER not in dara.get(path).text


def test_persona_on_probation_is_offered_none(house: House, dara: Visitor) -> None:
    babak = factories.person("Babak")
    submit(house, factories.card(babak))
    log_in_device(dara, house, babak)

    assert OFFER not in dara.get(REPLY).text


@pytest.mark.parametrize("code", CODES)
def test_refusal_to_sign_is_a_sentence_in_the_readers_language(
    house: House, dara: Visitor, code: str
) -> None:
    take_all(house)
    visitor = Visitor(dara.client, code)
    token = visitor.open_form("/settings").fields["token"]

    answer = visitor.send(Form(f"/{code}/keys/thread-name", {"token": token}), blinded="00" * 256)

    assert answer.status_code != 200
    assert answer.headers["content-type"].startswith("text/plain")
    sentences = sentences_of("thread-names-taken", answer.status_code)
    assert answer.text == ". ".join(map(LANGUAGES[code].gettext, sentences))
