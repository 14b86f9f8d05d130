"""What a home promised of a carried record: it breaks its word if its log lacks it, and only then."""

from contextlib import nullcontext

import pytest
from app.crypto.multikey import encode_digest
from app.federation import partners
from app.federation.partners import Partner, PartnerState, carrying, store
from app.kernel.clock import DAY_S, Instant
from app.kernel.errors import VerificationError
from app.moderation.model import ActionKind
from app.records.codec import sign_receipt
from app.wiring import House

from tests import factories
from tests.federation import neighbours
from tests.houses import advance, find_post, publish, release, submit
from tests.moderation.desks import act, seat

pytestmark = pytest.mark.slow

AVA, CYRA = factories.person("Ava"), factories.person("Cyra")
WATER = factories.board_key("water")


@pytest.fixture
def partner(house: House, home: House) -> Partner:
    """The home, as the instance knows it, which reads its board and carries to it."""
    partner = neighbours.befriend(house, home, "sepidar", WATER)
    neighbours.pull(house, partner, home)
    return partner


def hand_over(house: House, home: House, note: bytes) -> None:
    """Hand a waiting record over, and keep the home's receipt."""
    with house.db.read() as work:
        carried = partners.find_carried(work, factories.digest_of(note))
        assert carried is not None
        body = carrying._hand_over(
            work, house.keys["instance"], partners.get_partner(work, "sepidar"), carried
        )
    with home.db.write() as work:
        handed = partners.verify_handed(partners.parse_handed(body), home.door.instance_did)
        receipt = partners.take_handed(work, home.door, handed).raw
    with house.db.write() as work:
        store.set_delivered(work, factories.digest_of(note), receipt)


def hide(home: House, note: bytes) -> None:
    """Let a desk of the home keep a post from readers."""
    act(home, seat(home, CYRA, boards=(WATER.did,)), note, ActionKind.HIDE)
    release(home)


def pull_days_later(house: House, partner: Partner, home: House) -> PartnerState:
    """Keep up, now and when the promise is long past; return what is thought of the home."""
    neighbours.pull(house, partner, home)
    advance(house, 3 * DAY_S)
    neighbours.pull(house, partner, home)
    with house.db.read() as work:
        assert store.list_promised(work, partner.did) == []
    return neighbours.find(house, partner).state


def test_post_that_was_hidden_before_it_was_copied_was_logged(
    house: House, home: House, partner: Partner
) -> None:
    note = factories.note(AVA, board=WATER)
    publish(home, factories.card(CYRA))
    submit(house, factories.card(AVA), note)
    hand_over(house, home, note)
    release(home)
    hide(home, note)

    assert pull_days_later(house, partner, home) is PartnerState.ACTIVE


def test_author_of_a_hidden_post_cannot_part_two_hosts(
    house: House, home: House, partner: Partner
) -> None:
    """Its entry is behind what was replayed, and its receipt is days old."""
    note = factories.note(AVA, board=WATER)
    publish(home, *map(factories.card, (AVA, CYRA)), note)
    hide(home, note)
    neighbours.pull(house, partner, home)
    assert find_post(house, note) is None
    advance(house, 3 * DAY_S)

    submit(house, note)
    hand_over(house, home, note)

    assert pull_days_later(house, partner, home) is PartnerState.ACTIVE


def test_post_that_came_when_the_board_could_be_read_no_more_was_logged(
    house: House, home: House, partner: Partner
) -> None:
    advance(house, 364 * DAY_S)
    note = factories.note(AVA, board=WATER)
    submit(house, factories.card(AVA), note)
    hand_over(house, home, note)
    advance(house, DAY_S)
    release(home)

    assert pull_days_later(house, partner, home) is PartnerState.ACTIVE


@pytest.mark.parametrize(
    ("days", "further", "is_promise"),
    [(2, "", True), (400, "", False), (2, factories.board_key("third").did, False)],
    ids=["as agreed", "for the year after", "of handing it on"],
)
def test_what_is_no_promise_to_log_it_soon_is_none(
    house: House, home: House, partner: Partner, days: int, further: str, *, is_promise: bool
) -> None:
    """By one for the year 9999 a home could drop what it likes; one of a relay it never breaks."""
    note = factories.note(AVA, board=WATER)
    submit(house, factories.card(AVA), note)
    digest = factories.digest_of(note)
    receipt = sign_receipt(
        home.keys["instance"],
        digest=encode_digest(digest),
        kind="Note",
        include_by=Instant(house.clock.now() + days * DAY_S),
        home=further,
    )

    with nullcontext() if is_promise else pytest.raises(VerificationError):
        partners.deliver(house.db, house.keys["instance"], partner, lambda *_: receipt)

    with house.db.read() as work:
        carried = partners.find_carried(work, digest)
    assert carried is not None
    assert (carried.receipt is not None) is is_promise
    assert not carried.refusal
