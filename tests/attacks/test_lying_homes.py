"""A partner's log says what it likes: nothing in it reaches what is at home here, or elsewhere."""

from dataclasses import replace
from datetime import timedelta

import pytest
from app import hearings, identity, records
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did, encode_digest
from app.federation import partners
from app.federation.partners import Right
from app.federation.partners.errors import ForeignEntryError
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.moderation import codec, list_desks
from app.moderation.model import ActionKind, Ground, Named, Role
from app.records import parse_record, sign_record
from app.records.model import ACT, PREVIOUS
from app.records.model import REASONS as REASONS_MEMBER
from app.wiring import House

from tests import acts, factories
from tests.attacks import lying
from tests.federation import neighbours
from tests.hearings import officials
from tests.hearings_records import MINISTRY
from tests.houses import find_post, publish, release, require_post, submit
from tests.moderation import desks

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
WATER = factories.board_key("water")
SQUARE = factories.SQUARE
# By the rules: what a host does by its own law binds nobody else anyway.
REASONS = replace(acts.REASONS, ground=Ground.RULE, law="", until=None)


def signed(key: SigningKey, kind: str, members: dict[str, object]) -> bytes:
    return sign_record(key, kind, members, nonce=factories.nonce(), day=factories.TODAY)


def about(raw: bytes) -> Named:
    return Named(id=factories.id_of(raw), digest=factories.digest_of(raw))


@pytest.mark.parametrize("said_of", ["its own board", "its house"])
def test_partner_hides_and_erases_nothing_that_is_at_home_here(
    house: House, home: House, said_of: str
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    ours = factories.note(AVA)
    publish(house, factories.card(AVA), ours)
    audience = WATER.did if said_of == "its own board" else partner.did
    key = home.keys["instance"]
    hide = signed(key, "Remove", acts.act_members(ActionKind.HIDE, audience, about(ours), REASONS))
    erase = acts.act_members(ActionKind.ERASE, audience, about(ours), REASONS)

    lying.log(home, hide, signed(key, "Delete", codec.propose(erase, acts.DESK)))
    neighbours.pull(house, partner, home)

    post = require_post(house, ours)
    assert not post.is_hidden
    assert post.erased_on is None


def test_key_that_is_no_desk_of_the_partner_hides_nothing_on_its_board(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    theirs = factories.note(AVA, board=WATER)
    publish(home, factories.card(AVA), theirs)
    members = acts.act_members(ActionKind.HIDE, WATER.did, about(theirs), REASONS)

    lying.log(home, signed(BABAK.key, "Remove", members))
    neighbours.pull(house, partner, home)

    assert not require_post(house, theirs).is_hidden


def test_partner_closes_no_desk_here(house: House, home: House) -> None:
    """Which its own key may do by itself, to its own."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    seat = desks.seat(house, BABAK)
    with house.db.read() as work:
        (offer,) = [
            parse_record(raw)
            for _, raw in records.list_by_signers(work, [house.door.instance_did], "Offer")
        ]
    members: dict[str, object] = {
        "audience": f"ap://{WATER.did}/actor",
        "object": [codec.named_members(Named(id=offer.id, digest=offer.digest))],
        REASONS_MEMBER: codec.encode_reasons(REASONS),
        ACT: ActionKind.CLOSE_DESK.value,
    }

    lying.log(home, signed(home.keys["instance"], "Undo", members))
    neighbours.pull(house, partner, home)

    with house.db.read() as work:
        assert [desk.ends_on for desk in list_desks(work)] == [seat.desk.ends_on]


def test_partner_limits_nobody_here(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(house, factories.card(AVA))
    members = {
        "audience": f"ap://{partner.did}/actor",
        "object": f"ap://{AVA.root}/actor",
        REASONS_MEMBER: codec.encode_reasons(REASONS),
        ACT: "limit",
    }

    lying.log(home, signed(home.keys["instance"], "Block", codec.propose(members, acts.DESK)))
    neighbours.pull(house, partner, home)

    with house.db.read() as work:
        assert identity.find_limit(work, AVA.root) is None


@pytest.mark.parametrize("role", [Role.STEWARD, Role.MODERATOR])
def test_desk_of_a_partner_is_no_desk_here(house: House, home: House, role: Role) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    ours = factories.note(AVA)
    publish(house, factories.card(AVA), ours)
    boards = () if role is Role.STEWARD else (SQUARE.did,)
    publish(home, factories.card(BABAK))
    seat = desks.seat(home, BABAK, role=role, boards=boards)
    release(home)
    neighbours.pull(house, partner, home)

    act = signed(
        seat.key, "Remove", acts.act_members(ActionKind.HIDE, SQUARE.did, about(ours), REASONS)
    )
    with pytest.raises(AppError):
        submit(house, act)

    assert not require_post(house, ours).is_hidden


def test_partner_that_calls_a_post_erased_before_it_comes_keeps_nobody_from_writing(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    ours = factories.note(AVA)
    bait = factories.note(BABAK, board=WATER)
    named = encode_digest(factories.digest_of(ours))
    erasure = factories.forged(
        factories.erasure(BABAK, bait),
        BABAK.key,
        lambda document: document.update({PREVIOUS: named}),
    )

    lying.log_as_erased(home, [factories.digest_of(ours)], by=erasure)
    neighbours.pull(house, partner, home)
    publish(house, factories.card(AVA), ours)

    assert require_post(house, ours).number == 1


def test_offer_of_a_board_that_is_not_the_partners_is_worth_nothing(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    ours = factories.note(AVA)
    submit(house, factories.card(AVA), ours)
    with home.db.read() as work:
        until = day_of(work.now) + timedelta(days=365)
    offer = partners.codec.offer_members(
        house.door.instance_did, {SQUARE.did: frozenset({Right.READ, Right.CARRY})}, until
    )
    lying.log(home, signed(home.keys["instance"], "Offer", offer))
    neighbours.pull(house, partner, home)
    with house.db.write() as work:
        partners.accept(work, house.door, neighbours.find(house, partner))

    lying.log(home, ours)
    with pytest.raises(ForeignEntryError):
        neighbours.pull(house, partner, home)

    waiting = find_post(house, ours)
    assert waiting is not None
    assert waiting.number is None
    release(house)
    assert require_post(house, ours).number == 1


def test_one_id_with_two_texts_stops_no_other_record(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    here = factories.note(AVA, text="This is here.")
    there = factories.forged(
        here,
        AVA.key,
        lambda document: document.update(
            {"audience": f"ap://{WATER.did}/actor", "contentMap": {"en": "This is there."}}
        ),
    )
    other = factories.note(BABAK, board=WATER)
    card = factories.card(AVA)
    publish(house, card, here)
    publish(home, card, factories.card(BABAK), there, other)

    replayed = neighbours.pull(house, partner, home)

    assert require_post(house, other).author.name == "Babak"
    assert replayed.set_aside == 1


def test_key_that_is_doubted_here_makes_no_officials_by_way_of_a_partner(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(house, factories.card(AVA))
    officials.believe_both(house)
    with house.db.write() as work:
        hearings.doubt(work, encode_did(MINISTRY.public))
    offered = officials.offer(AVA)

    lying.log(home, offered, officials.attest(offered))
    neighbours.pull(house, partner, home)

    with house.db.read() as work:
        assert hearings.find_office(work, AVA.root) is None
