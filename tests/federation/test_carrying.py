"""A post for a partner's board, handed in here: the same bytes at its home, with our name beside."""

from collections.abc import Callable, Iterator

import pytest
from app import identity
from app.crypto.multikey import decode_did, fingerprint
from app.db import Work
from app.federation import partners
from app.federation.partners import carrying
from app.federation.partners.errors import NotGrantedError, PartnerFrozenError
from app.kernel.errors import VerificationError
from app.main import create_app
from app.records import get_public_bytes, verify_receipt
from app.records.codec import RELAY
from app.web.addresses import RefusedError
from app.wiring import House
from fastapi.testclient import TestClient

from tests import factories
from tests.federation import neighbours
from tests.houses import publish, release, require_post, submit

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")
ORIGIN = "http://127.0.0.1:8000"


@pytest.fixture
def post(home: House) -> Iterator[Callable[[str, bytes], bytes]]:
    """Hands bytes in at the home."""
    with TestClient(create_app(home, ORIGIN), ORIGIN) as client:

        def post(path: str, body: bytes) -> bytes:
            answer = client.post(f"/{path}", content=body)
            if answer.status_code not in {200, 201}:
                raise RefusedError(answer.text)
            return bytes(answer.content)

        yield post


def test_post_is_carried_home_and_comes_back(
    house: House, home: House, post: Callable[[str, bytes], bytes]
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    note = factories.note(AVA, board=WATER, title="Whose water?")

    promised = submit(house, factories.card(AVA), note)
    taken = partners.deliver(house.db, house.keys["instance"], partner, post)

    assert taken == 1
    assert verify_receipt(promised.raw)["urn:goftogu:home"] == partner.did
    with house.db.read() as work:
        carried = partners.find_carried(work, factories.digest_of(note))
    assert carried is not None
    assert carried.receipt is not None
    assert verify_receipt(carried.receipt)[RELAY] == house.door.instance_did
    release(home)
    assert require_post(home, note).author.name == "Ava"
    neighbours.pull(house, partner, home)
    assert require_post(house, note).number == 1
    for each in (house, home):
        with each.db.read() as work:
            assert get_public_bytes(work, factories.digest_of(note)) == note
    with house.db.read() as work:
        assert partners.find_carried(work, factories.digest_of(note)) is None


def test_refusal_of_the_home_is_kept_with_its_reason(
    house: House, home: House, post: Callable[[str, bytes], bytes]
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    note = factories.note(AVA, board=WATER)
    submit(house, factories.card(AVA), note)
    publish(home, factories.note(AVA, board=WATER, text="Something else."))
    reader = neighbours.find(home, neighbours.introduce(home, house, "reader"))
    with home.db.write() as work:
        partners.end(work, home.door, reader, "No more.")

    partners.deliver(house.db, house.keys["instance"], partner, post)

    with house.db.read() as work:
        carried = partners.find_carried(work, factories.digest_of(note))
    assert carried is not None
    assert carried.receipt is None
    assert carried.refusal


def handed(house: House, partner: partners.Partner, note: bytes) -> bytes:
    """Return a record as this instance hands it over."""
    carried = partners.Carried(
        digest=factories.digest_of(note),
        partner=partner.did,
        raw=note,
        author=AVA.did,
        day=factories.TODAY,
    )
    return carrying.encode_handed(house.keys["instance"], partner.did, carried, ())


def take(work: Work, home: House, body: bytes) -> None:
    """Take in what a partner hands over, at its home."""
    handed = partners.verify_handed(partners.parse_handed(body), home.door.instance_did)
    partners.take_handed(work, home.door, handed)


def test_stranger_carries_nothing(house: House, home: House) -> None:
    partner = neighbours.introduce(house, home, "sepidar")
    neighbours.introduce(home, house, "reader")
    body = handed(house, partner, factories.note(AVA, board=WATER))

    with home.db.write() as work, pytest.raises(NotGrantedError):
        take(work, home, body)


def test_frozen_partner_carries_nothing(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    body = handed(house, partner, factories.note(AVA, board=WATER))
    with home.db.write() as work:
        partners.freeze(work, partners.get_partner(work, house.door.instance_did), "It lied.")

    with home.db.write() as work, pytest.raises(PartnerFrozenError):
        take(work, home, body)


def test_what_was_handed_to_one_home_is_worth_nothing_at_another(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    body = handed(house, partner, factories.note(AVA, board=WATER))

    with pytest.raises(VerificationError):
        partners.verify_handed(partners.parse_handed(body), house.door.instance_did)


def test_author_with_many_cards_is_carried_with_all_of_them(house: House, home: House) -> None:
    """Each is built on the one before: with the first eight alone nobody knew the newest key."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    cards = [factories.card(AVA)]
    for number in range(20):
        cards.append(factories.card(AVA, after=cards[-1], name=f"Ava {number}"))
    submit(house, *cards)
    note = factories.note(AVA, board=WATER)
    submit(house, note)
    with house.db.read() as work:
        carried = partners.find_carried(work, factories.digest_of(note))
        assert carried is not None
        body = carrying._hand_over(work, house.keys["instance"], partner, carried)

    with home.db.write() as work:
        take(work, home, body)

    with home.db.read() as work:
        persona = identity.get_persona(work, fingerprint(decode_did(AVA.root)))
    assert persona.name == "Ava 19"
