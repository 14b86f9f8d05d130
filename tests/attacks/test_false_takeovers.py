"""A takeover names the last tree of the old log that counts: the very one, or it moves nothing."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from app import forum
from app.federation import partners
from app.federation.partners import Right, Takeover
from app.federation.partners.errors import SuccessionError
from app.records import sign_record
from app.wiring import House

from tests import factories
from tests.attacks import lying
from tests.federation import neighbours
from tests.federation.test_succession import WATER, order, take_over, takeover_of
from tests.houses import find_post, publish, release, require_post

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")


@pytest.fixture
def third(house: House, tmp_path: Path) -> Iterator[House]:
    """A third instance, which reads what the other two publish."""
    third = neighbours.found(tmp_path / "third", house, factories.board_key("fire"))
    yield third
    third.db.close()


def home_of(house: House) -> str:
    with house.db.read() as work:
        board = forum.find_board(work, did=WATER.did)
    assert board is not None
    return board.home


def signed_move(house: House, takeover: Takeover) -> bytes:
    """Return a takeover as a new home without scruples signs it."""
    consents = [partners.consent(house.keys["instance"], takeover)]
    members = {**takeover.members(), "urn:goftogu:consents": consents}
    key = house.keys["instance"]
    return sign_record(key, "Move", members, nonce=factories.nonce(), day=factories.TODAY)


@pytest.mark.parametrize(
    "change",
    [
        lambda true: replace(true, root="00" * 32),
        lambda true: replace(true, size=10_000),
        lambda true: replace(true, size=1),
    ],
    ids=["another root", "more than there is", "less, with the root of more"],
)
def test_successor_takes_nothing_over_by_a_tree_that_the_log_never_had(
    house: House, home: House, change: Callable[[Takeover], Takeover]
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, factories.card(AVA), order([house.door.instance_did], 1))
    neighbours.pull(house, partner, home)
    false = change(takeover_of(house, home))

    with pytest.raises(SuccessionError):
        take_over(house, false, house)

    assert home_of(house) == partner.did


def test_successor_takes_nothing_over_that_it_has_not_read_to_the_end(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did], 1))
    neighbours.pull(house, partner, home)
    publish(home, factories.card(AVA), factories.note(AVA, board=WATER))

    with pytest.raises(SuccessionError):
        take_over(house, takeover_of(house, home), house)


def test_home_is_not_robbed_by_a_tree_that_it_never_signed(house: House, home: House) -> None:
    reader = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did], 1))
    neighbours.pull(house, reader, home)
    longer = replace(takeover_of(house, home), size=10_000)
    lying.log(house, signed_move(house, longer))

    with home.db.read() as work:
        successor = partners.get_partner(work, house.door.instance_did)
    neighbours.pull(home, successor, house)

    assert home_of(home) == home.door.instance_did


def test_partner_with_a_copy_follows_no_takeover_that_rewrites_the_past(
    house: House, home: House, third: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.grant(home, neighbours.introduce(home, third, "third"), [WATER], Right.READ)
    there = neighbours.introduce(third, home, "sepidar")
    neighbours.pull(third, there, home)
    with third.db.write() as work:
        partners.accept(work, third.door, there)
    publish(home, order([house.door.instance_did], 1))
    for reader, known in ((house, partner), (third, there)):
        neighbours.pull(reader, known, home)
    false = replace(takeover_of(house, home), root="ab" * 32)
    lying.log(house, signed_move(house, false))

    neighbours.pull(third, neighbours.introduce(third, house, "successor"), house)

    assert home_of(third) == home.door.instance_did


def test_partner_that_was_behind_still_gets_what_counts_and_nothing_later(
    house: House, home: House, third: House
) -> None:
    """It hears of the takeover first, and copies the rest of the old log afterwards."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.grant(home, neighbours.introduce(home, third, "third"), [WATER], Right.READ)
    there = neighbours.introduce(third, home, "sepidar")
    neighbours.pull(third, there, home)
    with third.db.write() as work:
        partners.accept(work, third.door, there)
    publish(home, order([house.door.instance_did], 1))
    neighbours.pull(third, there, home)
    before = factories.note(AVA, board=WATER, title="Before")
    publish(home, factories.card(AVA), before)
    neighbours.pull(house, partner, home)
    take_over(house, takeover_of(house, home), house)
    release(house)
    neighbours.pull(third, neighbours.introduce(third, house, "successor"), house)
    late = factories.note(AVA, board=WATER, title="Late")
    publish(home, late)

    neighbours.pull(third, there, home)

    assert home_of(third) == house.door.instance_did
    assert require_post(third, before).author.name == "Ava"
    assert find_post(third, late) is None


def test_what_a_seized_home_signs_moves_its_board_nowhere(house: House, home: House) -> None:
    """Who has the home's keys is no successor, and cannot take the board back."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did], 1))
    neighbours.pull(house, partner, home)
    takeover = takeover_of(house, home)
    take_over(house, takeover, house)
    back = replace(takeover, to=home.door.instance_did, size=takeover.size + 1)
    lying.log(home, signed_move(home, back))

    neighbours.pull(house, partner, home)

    assert home_of(house) == house.door.instance_did
