"""Boards are taken over by whom their key named last, once, and from the log that was named."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import pytest
from app import forum
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.federation import partners
from app.federation.partners.errors import SuccessionError
from app.kernel import strict_json
from app.kernel.clock import DAY_S
from app.kernel.errors import AppError
from app.records import sign_record
from app.wiring import House

from tests import factories
from tests.attacks import lying
from tests.federation import neighbours
from tests.federation.test_succession import WATER, take_over, takeover_of
from tests.houses import advance, publish, submit

pytestmark = pytest.mark.slow

SQUARE, TODAY = factories.SQUARE, factories.TODAY


def order(
    successors: Sequence[str], quorum: int, *, of: factories.BoardKey = WATER, day: date = TODAY
) -> bytes:
    """Return who may take a board over, by the key that founded it."""
    actor = f"ap://{of.did}/actor"
    members = {
        "audience": actor,
        "object": actor,
        "urn:goftogu:successors": list(successors),
        "urn:goftogu:quorum": quorum,
    }
    return sign_record(of.key, "Update", members, nonce=factories.nonce(), day=day)


def home_of(house: House, board: factories.BoardKey = WATER) -> str:
    with house.db.read() as work:
        found = forum.find_board(work, did=board.did)
    assert found is not None
    return found.home


def words_of(raw: bytes) -> str:
    return str(strict_json.decode(raw))


def test_order_that_was_replaced_gives_nobody_the_board(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    new = order([], 0, day=TODAY + timedelta(days=1))
    tries = (order([house.door.instance_did], 1) for _ in range(1000))
    # Both come in one replay: whatever else they are sorted by, the former one would be the last.
    former = next(
        each
        for each in tries
        if factories.digest_of(each) > factories.digest_of(new) and words_of(each) > words_of(new)
    )
    publish(home, former)
    advance(home, DAY_S)
    publish(home, new)
    neighbours.pull(house, partner, home)

    with pytest.raises(SuccessionError):
        take_over(house, takeover_of(house, home), house)


def test_older_order_that_somebody_kept_replaces_none(home: House) -> None:
    publish(home, order([], 0))
    kept = order([encode_did(SigningKey(bytes(32)).public)], 1)

    with pytest.raises(SuccessionError):
        submit(home, kept)


@pytest.mark.parametrize("is_of_this_log", [False, True], ids=["its tree", "the tree of this log"])
def test_board_of_this_instance_is_taken_over_from_this_log_alone(
    house: House, home: House, *, is_of_this_log: bool
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(house, order([partner.did], 1, of=SQUARE))
    takeover = replace(takeover_of(home, home), board=SQUARE.did, to=partner.did)
    if is_of_this_log:
        # Under the name of another log.
        ours = takeover_of(house, house)
        takeover = replace(takeover, size=ours.size, root=ours.root)
    members = {
        **takeover.members(),
        "urn:goftogu:consents": [partners.consent(home.keys["instance"], takeover)],
    }
    move = sign_record(home.keys["instance"], "Move", members, nonce=factories.nonce(), day=TODAY)

    lying.log(home, move)
    neighbours.pull(house, partner, home)

    assert home_of(house, SQUARE) == house.door.instance_did


def test_takeover_that_is_used_again_moves_nothing(house: House, home: House) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did], 1))
    neighbours.pull(house, partner, home)
    takeover = takeover_of(house, home)
    take_over(house, takeover, house)

    with pytest.raises(AppError):
        take_over(house, takeover, house)


def test_takeover_of_a_board_that_went_back_is_worth_nothing_again(
    house: House, home: House
) -> None:
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    publish(home, order([house.door.instance_did, partner.did], 1))
    neighbours.pull(house, partner, home)
    take_over(house, takeover_of(house, home), house)
    with house.db.write() as work:
        board = forum.find_board(work, did=WATER.did)
        assert board is not None
        forum.move_home(work, board, partner.did)

    with pytest.raises(AppError):
        take_over(house, takeover_of(house, home), house)
