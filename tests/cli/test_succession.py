"""`goftogu succession`: a home is gone, and its partner takes the board over in three commands."""

import json
from pathlib import Path

import pytest
from app import forum, identity
from app.crypto.multikey import decode_did, fingerprint
from app.federation import partners
from app.identity.codec import login_proofs
from app.kernel.clock import DAY_S, SystemClock, day_of
from app.records import get_public_bytes, parse_record, verify_record
from app.wiring import House

from tests import factories
from tests.cli.command import Done, goftogu
from tests.federation import neighbours
from tests.houses import advance, publish, release, require_post, submit

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
WATER = factories.board_key("water")
TODAY = day_of(SystemClock().now())


@pytest.fixture
def house(house: House) -> House:
    """An instance on this machine's day: commands sign what they sign today."""
    advance(house, max(SystemClock().now() - house.clock.now(), 0))
    return house


def succession(house: House | None, *words: str | Path, given: bytes | str = b"") -> Done:
    """Run a command of the group."""
    return goftogu("succession", *words, given=given, data=house.settings.data if house else None)


def signed_order(*successors: House, quorum: int = 1) -> bytes:
    """Return what the board's founder signs offline."""
    dids = [each.door.instance_did for each in successors]
    done = succession(
        None, "order", *dids, "--quorum", str(quorum), given=WATER.key.seed().hex() + "\n"
    )
    assert done.code == 0, done.err
    return done.out


def listed(house: House) -> dict[str, object]:
    boards = json.loads(succession(house, "list", "--json").out)
    return next(each for each in boards if each["did"] == WATER.did)


def test_partner_takes_a_board_over_and_its_people_come_back_with_their_words(
    house: House, home: House
) -> None:
    """The fast variant of the drill (`make drill`): nobody asks the old home for anything."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    posts = [
        factories.note(AVA, board=WATER, title=f"Well {number}", day=TODAY) for number in range(9)
    ]
    publish(home, factories.card(AVA, day=TODAY), signed_order(house), *posts)
    neighbours.pull(house, partner, home)
    waiting = factories.note(AVA, board=WATER, title="On its way", day=TODAY)
    submit(house, waiting)
    home.db.close()
    before = listed(house)

    done = succession(house, "take", "sepidar-water")
    release(house)

    assert done.code == 0, done.err
    assert (before["home"], before["may"]) == ("sepidar", "1 of here")
    assert before["copied"] == before["replayed"]
    assert listed(house)["home"] == "here"
    for post in (*posts, waiting):
        assert require_post(house, post).number == 1
        with house.db.read() as work:
            verify_record(parse_record(get_public_bytes(work, factories.digest_of(post))))
    proof = login_proofs.sign_login_proof(
        AVA.seed.posting_key(),
        domain=house.door.instance_did,
        challenge="a challenge",
        expires="2099-01-01T00:00:00Z",
        day=TODAY,
    )
    assert proof
    with house.db.read() as work:
        assert identity.find_hand(work, AVA.did) == AVA.root


def test_two_successors_sign_the_same_tree(house: House, home: House, tmp_path: Path) -> None:
    other = neighbours.found(tmp_path / "other", house, factories.board_key("fire"))
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.grant(home, neighbours.introduce(home, other, "other"), [WATER], partners.Right.READ)
    there = neighbours.introduce(other, home, "sepidar")
    neighbours.pull(other, there, home)
    with other.db.write() as work:
        partners.accept(work, other.door, there)
    publish(home, signed_order(house, other, quorum=2))
    neighbours.pull(house, partner, home)
    size = str(home.sequencer.published.get_checkpoint().tree.size)
    publish(home, factories.card(AVA, day=TODAY), factories.note(AVA, board=WATER, day=TODAY))
    neighbours.pull(other, there, home)
    neighbours.introduce(other, house, "reader")

    alone = succession(house, "take", "sepidar-water")
    longer, same = tmp_path / "longer", tmp_path / "same"
    longer.write_bytes(succession(other, "consent", "sepidar-water", "--to", "reader").out)
    signed = succession(other, "consent", "sepidar-water", "--to", "reader", "--size", size)
    same.write_bytes(signed.out)
    wrong = succession(house, "take", "sepidar-water", "--consent", longer)
    done = succession(house, "take", "sepidar-water", "--consent", same)

    assert (alone.code, done.code) == (1, 0), (alone.err, done.err)
    assert "successors must sign" in alone.err
    assert wrong.code == 1
    assert "less of the old log" in wrong.err.lower()
    with house.db.read() as work:
        board = forum.find_board(work, did=WATER.did)
    assert board is not None
    assert board.home == house.door.instance_did
    other.db.close()


@pytest.mark.parametrize("typed", ["", "hello", "ab" * 31, "zz" * 32])
def test_what_is_no_board_key_signs_no_order(house: House, typed: str) -> None:
    done = succession(None, "order", house.door.instance_did, given=typed)

    assert done.code == 1
    assert done.out == b""
    assert "not a board's key" in done.err.lower()


def test_order_that_is_verified_says_who_may_take_the_board_over(house: House) -> None:
    dids = [house.door.instance_did, factories.board_key("other").did]
    order = succession(None, "order", *dids, given=WATER.key.seed().hex() + "\n").out

    shown = goftogu("verify", "-", given=order)
    (told,) = json.loads(goftogu("verify", "--json", "-", given=order).out)

    assert (told["type"], told["successors"], told["must_sign"]) == ("Update/succession", dids, 1)
    for did in dids:
        assert f"successor    {fingerprint(decode_did(did))} {did}\n".encode() in shown.out
    assert b"must sign    1 of 2\n" in shown.out


def test_order_that_asks_for_more_than_it_names_is_not_signed(house: House) -> None:
    words = ["order", house.door.instance_did, house.door.instance_did, "--quorum", "2"]

    assert succession(None, *words, given=WATER.key.seed().hex()).code == 2


def test_board_that_is_at_home_here_is_not_taken_over(house: House) -> None:
    done = succession(house, "take", "square")

    assert done.code == 2
    assert "at home here" in done.err


def test_consent_for_a_board_that_was_left_to_others_is_not_signed(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, signed_order(home))
    advance(home, DAY_S)
    neighbours.pull(house, partner, home)

    done = succession(house, "consent", "sepidar-water")

    assert done.code == 1
    assert "none of the board's successors" in done.err
