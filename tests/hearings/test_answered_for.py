"""An office that two attest keeps its holder off probation, as long as it holds and no longer."""

import pytest
from app import hearings, identity
from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.identity.errors import PostsOfDayError
from app.identity.routes.probation import POSTS_OF_DAY, Probation
from app.kernel.clock import DAY_S
from app.web.limits import Gate
from app.wiring import House

from tests import factories
from tests.factories import TODAY
from tests.hearings.officials import attest, believe_both, end, offer
from tests.hearings_records import MINISTRY, UNIVERSITY
from tests.houses import advance, publish, submit

KAVE = factories.person("Kave")


@pytest.fixture
def known(house: House) -> House:
    """A house that knows Kave, whom nobody invited, and believes both attesters."""
    submit(house, factories.card(KAVE))
    believe_both(house)
    return house


def is_new(house: House) -> bool:
    """Return whether Kave is on probation; the list of all others says the same."""
    with house.db.read() as work:
        found = identity.is_on_probation(work, KAVE.root)
        assert found is (KAVE.root not in identity.list_answered_for(work))
        # By the key that posts as well.
        assert identity.is_on_probation(work, KAVE.did) is found
    return found


def test_two_signatures_lift_probation_and_one_does_not(known: House) -> None:
    office = offer(KAVE)
    assert is_new(known)
    submit(known, office)
    assert is_new(known)
    submit(known, attest(office))
    assert not is_new(known)


def test_expiry_brings_probation_back_by_itself(known: House) -> None:
    until = TODAY.replace(day=TODAY.day + 3)
    office = offer(KAVE, until=until)
    submit(known, office, attest(office))
    advance(known, 2 * DAY_S)
    assert not is_new(known)
    advance(known, DAY_S)
    assert is_new(known)


@pytest.mark.parametrize("key", [MINISTRY, UNIVERSITY], ids=["ministry", "university"])
def test_office_that_ends_or_that_nobody_believes_answers_for_nobody(
    known: House, key: SigningKey
) -> None:
    office = offer(KAVE)
    submit(known, office, attest(office))
    submit(known, end(office, key=key))
    assert is_new(known)
    again = offer(KAVE)
    submit(known, again, attest(again))
    assert not is_new(known)
    with known.db.write() as work:
        hearings.doubt(work, encode_did(key.public))
    assert is_new(known)


def test_one_office_of_two_goes_on_answering(known: House) -> None:
    first, second = offer(KAVE), offer(KAVE, title="Spokesman")
    submit(known, first, attest(first), second, attest(second))
    submit(known, end(first, key=MINISTRY))
    assert not is_new(known)


def test_officials_post_as_those_do_who_were_invited(known: House) -> None:
    """The limits of newcomers are counted at the door of the pages."""
    door = known.door.guarded(Probation(Gate(), known.door.instance_did))

    opening = factories.note(factories.person("Ava"), title="Water")
    publish(known, opening)

    def post() -> None:
        with known.db.write() as work:
            door.submit(work, factories.note(KAVE, reply_to=opening))

    for _ in range(POSTS_OF_DAY.most):
        post()
    with pytest.raises(PostsOfDayError):
        post()
    office = offer(KAVE)
    submit(known, office, attest(office))
    post()
