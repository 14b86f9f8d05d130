"""The door for what partners carry, and what a home answers to what is carried: neither is believed."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Self

import pytest
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.db import Work
from app.federation import partners
from app.federation.folders import Folder
from app.federation.partners import Carried, carrying
from app.federation.partners.errors import NotGrantedError
from app.federation.partners.keeper import PartnerKeeper
from app.kernel.errors import VerificationError
from app.main import create_app
from app.owning import owners_of
from app.web.addresses import NetworkError, RefusedError
from app.wiring import House, folder_of
from fastapi.testclient import TestClient

from tests import factories
from tests.federation import neighbours
from tests.houses import publish, release, require_post, submit
from tests.tlog.strangers import public

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
WATER = factories.board_key("water")
STRANGER = SigningKey(sha256(b"stranger").digest())
ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def browser(home: House) -> Iterator[TestClient]:
    """Asks the home."""
    with TestClient(create_app(home, ORIGIN), ORIGIN) as client:
        yield client


class Wire:
    """A partner as it answers: its files are there, and what is posted goes where a test says."""

    def __init__(self, files: Folder, post: Any) -> None:
        self.post = post
        self.read, self.read_many, self.is_gone = files.read, files.read_many, files.is_gone

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""


def poster(browser: TestClient) -> Any:
    def post(path: str, body: bytes) -> bytes:
        answer = browser.post(f"/{path}", content=body)
        if answer.status_code >= 500:
            raise NetworkError(answer.text)
        if answer.status_code >= 400:
            raise RefusedError(answer.text)
        return bytes(answer.content)

    return post


def handed(
    by: SigningKey, home: House, note: bytes, author: str, *cards: bytes, **changed: Any
) -> bytes:
    """Return a record as an instance hands it over."""
    carried = Carried(
        digest=factories.digest_of(note),
        partner=home.door.instance_did,
        raw=note,
        author=author,
        day=factories.TODAY,
    )
    return carrying.encode_handed(by, home.door.instance_did, carried, cards)


def take(work: Work, home: House, body: bytes) -> None:
    """Take in what a partner hands over, at its home."""
    handed = partners.verify_handed(partners.parse_handed(body), home.door.instance_did)
    partners.take_handed(work, home.door, handed)


def test_receipt_for_another_record_is_no_receipt(
    house: House, home: House, browser: TestClient
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    note, other = (factories.note(AVA, board=WATER) for _ in range(2))
    submit(house, factories.card(AVA), note)
    publish(home, factories.card(AVA), other)
    promised = browser.post("/api/v1/records", content=other).content

    with pytest.raises(VerificationError):
        partners.deliver(
            house.db, house.keys["instance"], partner, lambda _path, _body: bytes(promised)
        )

    with house.db.read() as work:
        carried = partners.find_carried(work, factories.digest_of(note))
    assert carried is not None
    assert carried.receipt is None


def test_record_that_its_home_cannot_answer_keeps_no_other_waiting(
    house: House, home: House, browser: TestClient
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    notes = [factories.note(AVA, board=WATER, text=text) for text in ("one", "two", "three")]
    submit(house, factories.card(AVA), *notes)
    with house.db.read() as work:
        first = partners.store.list_carried(work, partner.did, 1)[0]
    post = poster(browser)

    def answer(path: str, body: bytes) -> bytes:
        if carrying._encode(first.raw).encode() in body:
            raise NetworkError("answered 500")
        return bytes(post(path, body))

    with Folder(public(home)) as files:
        keeper = PartnerKeeper(
            house.db,
            house.door,
            lambda _partner: Wire(files, answer),  # type: ignore[arg-type,return-value]  # as much of an address as is asked
            lambda known: owners_of(known, house.marks_key, house.settings.data),
            lambda known: folder_of(house, known),
            lambda _work: False,
        )
        for _ in range(3):
            release(home)
            with pytest.raises(NetworkError):
                keeper.keep_up(neighbours.find(house, partner))

    shown = [note for note in notes if note != first.raw]
    assert [require_post(house, note).number for note in shown] == [1, 1]


def test_stranger_fills_nobodys_bucket_with_what_anyone_can_read(
    home: House, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("app.records.routes", "app.federation.partners.routes"):
        few = __import__(place, fromlist=["x"]).RECORDS_OF_KEY._replace(most=3)
        monkeypatch.setattr(f"{place}.RECORDS_OF_KEY", few)
    note = factories.note(AVA, board=WATER)
    publish(home, factories.card(AVA), note)
    stranger = STRANGER
    body = handed(stranger, home, note, AVA.did)

    refused = {browser.post("/api/v1/carried", content=body).status_code for _ in range(6)}
    again = {browser.post("/api/v1/records", content=note).status_code for _ in range(6)}
    own = factories.note(AVA, board=WATER)

    assert (refused, again) == ({404}, {200})
    assert browser.post("/api/v1/records", content=own).status_code == 201


def test_stranger_has_nothing_verified(
    home: House, browser: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_record: object) -> None:
        raise AssertionError

    monkeypatch.setattr(carrying, "verify_record", fail)
    note = factories.note(AVA, board=WATER)
    body = handed(STRANGER, home, note, AVA.did, *[factories.card(AVA)] * 100)

    assert browser.post("/api/v1/carried", content=body).status_code in {400, 404}


def test_partner_brings_the_cards_of_the_author_alone(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    assert partner.did == home.door.instance_did
    note = factories.note(AVA, board=WATER)
    cards = factories.card(AVA), factories.card(BABAK)
    body = handed(house.keys["instance"], home, note, AVA.did, *cards)

    with home.db.write() as work, pytest.raises(NotGrantedError):
        take(work, home, body)


def test_board_of_this_instance_is_no_partners_to_carry_to(house: House, home: House) -> None:
    neighbours.befriend(house, home, "sepidar", WATER)
    body = handed(house.keys["instance"], home, factories.note(AVA), AVA.did)

    with home.db.write() as work, pytest.raises(NotGrantedError):
        take(work, home, body)


def test_name_of_a_partner_is_no_key(house: House, home: House, browser: TestClient) -> None:
    neighbours.befriend(house, home, "sepidar", WATER)
    body = handed(house.keys["instance"], home, factories.note(AVA, board=WATER), AVA.did)
    named = body.replace(encode_did(house.keys["instance"].public).encode(), b"reader")

    assert browser.post("/api/v1/carried", content=named).status_code in {400, 404}
