"""A home is gone, and a partner takes its board over: nothing is lost, and nothing comes back."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from app import forum
from app.crypto.multikey import encode_did
from app.federation import partners
from app.federation.partners import PartnerState, Right, Takeover, store
from app.federation.partners.errors import SuccessionError
from app.federation.partners.homes import Homes
from app.kernel.clock import day_of
from app.kernel.errors import AppError
from app.main import create_app
from app.records import get_public_bytes, sign_record
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.federation import neighbours
from tests.houses import publish, release, require_post, submit
from tests.opinion import booths, samples
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
WATER = factories.board_key("water")


def order(successors: Sequence[str], quorum: int) -> bytes:
    """Return who may take the board over, by the key that founded it."""
    actor = f"ap://{WATER.did}/actor"
    members = {
        "audience": actor,
        "object": actor,
        "urn:goftogu:successors": list(successors),
        "urn:goftogu:quorum": quorum,
    }
    nonce = factories.nonce()
    return sign_record(WATER.key, "Update", members, nonce=nonce, day=factories.TODAY)


def takeover_of(house: House, home: House, to: str = "") -> Takeover:
    """Return what successors sign: all that was replayed of the old log counts."""
    checkpoint = home.sequencer.published.get_checkpoint()
    return Takeover(
        board=WATER.did,
        to=to or house.door.instance_did,
        origin=checkpoint.origin,
        size=checkpoint.tree.size,
        root=checkpoint.tree.root.hex(),
    )


def take_over(house: House, takeover: Takeover, *signers: House) -> None:
    """Sign a takeover and hand it in."""
    consents = [partners.consent(each.keys["instance"], takeover) for each in signers]
    with house.db.write() as work:
        partners.take_over(work, house.door, takeover, consents)


def test_board_goes_on_at_its_successor(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    before = factories.note(AVA, board=WATER, title="Whose water?")
    publish(home, factories.card(AVA), order([house.door.instance_did], 1), before)
    neighbours.pull(house, partner, home)

    take_over(house, takeover_of(house, home), house)
    after = factories.note(BABAK, board=WATER, reply_to=before, text="Everyone's.")
    publish(house, factories.card(BABAK), after)

    assert [require_post(house, each).number for each in (before, after)] == [1, 2]
    with house.db.read() as work:
        assert get_public_bytes(work, factories.digest_of(before)) == before
        board = forum.find_board(work, did=WATER.did)
    assert board is not None
    assert board.home == house.door.instance_did


def test_readers_are_told_that_votes_of_the_old_home_are_lost(
    house: House, home: House, client: TestClient
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    opening = factories.note(AVA, board=WATER, title="Whose water?")
    publish(home, factories.card(AVA), order([house.door.instance_did], 1), opening)
    thread = booths.open_on(home, opening).thread
    publish(home, samples.statement(AVA, opening, board=WATER))
    neighbours.pull(house, partner, home)
    lost, place = "it had not published are lost", f"/t/{thread}/consultation"
    visitor = Visitor(client)
    visitor.join("Mina")
    listed = ("/", f"/b/sepidar-{WATER.slug}", f"/t/{thread}")
    for address in listed:
        assert "Votes are cast at the board’s home" in visitor.get(address).text, address

    take_over(house, takeover_of(house, home), house)
    release(house)

    page = ""
    for address in listed:
        page = visitor.get(address).text
        assert "your vote is secret" not in page
        assert "Votes are cast at the board’s home" not in page
        assert "Vote on statements" not in page
    assert "nobody can vote here any more" in page
    everything = visitor.get("/consultations").text
    assert "None is open just now" in everything
    assert "nobody can vote here any more" in everything

    for address in (place, f"{place}/ten"):
        page = client.get(visitor.address(address), follow_redirects=True).text
        assert lost in page
        assert "Rivers belong to those" in page
        assert f"/t/{thread}/vote" not in page
        assert "you can change it afterwards" not in page
    visitor.log_out()
    for address in (place, f"/t/{thread}/results"):
        page = visitor.get(address).text
        assert lost in page
        assert "The consultation is open" not in page
    with home.db.read() as work:
        successor = partners.get_partner(work, house.door.instance_did)
    neighbours.pull(home, successor, house)
    back = TestClient(create_app(home, "http://testserver")).get(f"/en/t/{thread}").text
    assert "Votes are cast at the board’s home" in back


def test_readers_are_told_where_a_board_came_from(
    house: House, home: House, client: TestClient
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, factories.card(AVA), order([house.door.instance_did], 1))
    neighbours.pull(house, partner, home)
    page, said = f"/en/b/sepidar-{WATER.slug}", "was its home until its successor took it over on"
    assert said not in client.get(page).text

    take_over(house, takeover_of(house, home), house)
    release(house)

    told = client.get(page).text
    assert said in told
    assert partner.url in told
    assert f'datetime="{day_of(house.clock.now())}"' in told
    (proof,) = re.findall(r'href="(/en/receipts/[0-9a-f]{64})"', told)
    assert client.get(proof).status_code == 200
    with home.db.read() as work:
        successor = partners.get_partner(work, house.door.instance_did)
    neighbours.pull(home, successor, house)
    back = TestClient(create_app(home, "http://testserver"))
    at_old_home = back.get(f"/en/b/{WATER.slug}").text
    assert said in at_old_home
    (record,) = re.findall(r'href="(/records/[0-9a-f]{64})"', at_old_home)
    assert back.get(record).json()["type"] == "Move"


def test_what_the_old_home_logs_later_is_void(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, factories.card(AVA), order([house.door.instance_did], 1))
    neighbours.pull(house, partner, home)
    take_over(house, takeover_of(house, home), house)
    late = factories.note(AVA, board=WATER, title="Late")

    publish(home, late)
    neighbours.pull(house, partner, home)

    with house.db.read() as work:
        assert forum.find_post(work, digest=factories.digest_of(late)) is None


@pytest.mark.parametrize("quorum", [0, 2])
def test_too_few_successors_take_nothing_over(house: House, home: House, quorum: int) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    other = encode_did(factories.board_key("other").key.public)
    publish(home, order([house.door.instance_did, other], quorum))
    neighbours.pull(house, partner, home)

    with pytest.raises(SuccessionError):
        take_over(house, takeover_of(house, home), house)


def test_stranger_takes_nothing_over(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([home.door.instance_did], 1))
    neighbours.pull(house, partner, home)

    with pytest.raises(SuccessionError):
        take_over(house, takeover_of(house, home), house)


def test_consent_is_for_one_tree_alone(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did], 1))
    neighbours.pull(house, partner, home)
    takeover = takeover_of(house, home)
    consents = [partners.consent(house.keys["instance"], takeover)]
    longer = Takeover(
        board=takeover.board,
        to=takeover.to,
        origin=takeover.origin,
        size=takeover.size + 1,
        root=takeover.root,
    )

    with house.db.write() as work, pytest.raises(AppError):
        partners.take_over(work, house.door, longer, consents)


def test_order_by_another_key_is_refused(house: House, home: House) -> None:
    forged = factories.forged(
        order([house.door.instance_did], 1), factories.SQUARE.key, lambda _: None
    )

    with pytest.raises(AppError):
        submit(home, forged)
    assert release(home) == 0


def test_what_waited_for_the_old_home_goes_into_the_new_log(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did], 1))
    neighbours.pull(house, partner, home)
    opening = factories.note(BABAK, board=WATER, title="Never handed over")
    answer = factories.note(BABAK, board=WATER, reply_to=opening)
    submit(house, factories.card(BABAK), opening, answer)
    takeover = takeover_of(house, home)

    with house.db.write() as work:
        consents = [partners.agree(work, house.door.key, house.door.instance_did, takeover)]
        brought = partners.take(work, house.door, takeover, consents)
    entries = release(house)

    assert (brought, entries) == (2, 4)  # A card, two posts, the takeover.
    assert [require_post(house, each).number for each in (opening, answer)] == [1, 2]
    with house.db.read() as work:
        assert partners.find_carried(work, factories.digest_of(opening)) is None


def test_what_waited_elsewhere_for_the_old_home_is_handed_to_the_new_one(
    house: House, home: House, tmp_path: Path
) -> None:
    relay = neighbours.found(tmp_path / "relay", house, factories.board_key("fire"))
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    there = neighbours.introduce(relay, home, "sepidar")
    neighbours.grant(
        home, neighbours.introduce(home, relay, "relay"), [WATER], Right.READ, Right.CARRY
    )
    neighbours.pull(relay, there, home)
    with relay.db.write() as work:
        partners.accept(work, relay.door, there)
    publish(home, order([house.door.instance_did], 1))
    for reader, known in ((house, partner), (relay, there)):
        neighbours.pull(reader, known, home)
    note = factories.note(BABAK, board=WATER, title="Never handed over")
    submit(relay, factories.card(BABAK), note)

    take_over(house, takeover_of(house, home), house)
    successor = neighbours.introduce(relay, house, "negar")
    neighbours.pull(relay, successor, house)
    met = neighbours.introduce(house, relay, "relay")
    neighbours.grant(house, met, [WATER], Right.READ, Right.CARRY)
    neighbours.pull(relay, successor, house)
    with relay.db.write() as work:
        partners.accept(work, relay.door, successor)
    neighbours.pull(house, met, relay)

    def post(_path: str, body: bytes) -> bytes:
        handed = partners.verify_handed(partners.parse_handed(body), house.door.instance_did)
        with house.db.write() as work:
            return partners.take_handed(work, house.door, handed).raw

    taken = partners.deliver(relay.db, relay.keys["instance"], successor, post)
    neighbours.pull(relay, successor, house)

    assert taken == 1
    assert [require_post(each, note).number for each in (house, relay)] == [1, 1]
    relay.db.close()


def test_old_home_that_is_back_leads_readers_to_the_new_one(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did], 1))
    neighbours.pull(house, partner, home)
    take_over(house, takeover_of(house, home), house)
    with home.db.read() as work:
        successor = partners.get_partner(work, house.door.instance_did)
    neighbours.pull(home, successor, house)

    with home.db.read() as work:
        line = Homes(home.door.instance_did, home.db.read).find(
            work, {"slug": "water"}, over_onion=False
        )

    assert line is not None
    assert (line.address, line.path) == ("http://reader.invalid", "/")
    with pytest.raises(AppError):
        submit(home, factories.note(AVA, board=WATER, title="Late"))


def test_what_was_left_is_taken_though_a_crash_cut_the_replay_off(
    house: House, home: House
) -> None:
    """After the record by which the home ends nobody asks it any more: what is copied must do."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did], 1))
    with home.db.write() as work:
        partners.retire(work, home.door, {WATER.did: house.door.instance_did})
    publish(home, factories.card(AVA))
    neighbours.pull(house, partner, home)
    with house.db.write() as work:
        store.set_size(work, partner.did, partners.get_replica(work, partner.did).size - 1)

    assert neighbours.find(house, partner).state is PartnerState.RETIRED
    assert neighbours.take_left(house, partner) == ["sepidar-water"]


def test_retired_home_leaves_its_board_to_the_first_successor(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did], 1))
    with home.db.write() as work:
        partners.retire(work, home.door, {WATER.did: house.door.instance_did})
    neighbours.pull(house, partner, home)

    taken = neighbours.take_left(house, partner)

    assert neighbours.find(house, partner).state is PartnerState.RETIRED
    assert taken == ["sepidar-water"]
    with house.db.read() as work:
        board = forum.find_board(work, did=WATER.did)
    assert board is not None
    assert board.home == house.door.instance_did


@pytest.mark.parametrize("quorum", [1, 2])
def test_retired_home_leaves_nothing_to_who_is_not_first_or_not_enough(
    house: House, home: House, quorum: int
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    other = encode_did(factories.board_key("other").key.public)
    publish(home, order([other, house.door.instance_did], quorum))
    with home.db.write() as work:
        partners.retire(work, home.door, {WATER.did: house.door.instance_did})
    neighbours.pull(house, partner, home)

    assert neighbours.take_left(house, partner) == []
