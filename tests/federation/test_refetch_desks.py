"""After an old backup: what desks did since is done again, and what they hid is not erased by that."""

from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
from app import forum, records
from app.crypto.escrow import open_by_one
from app.moderation import service, store
from app.moderation.files import set_legal_contact
from app.moderation.model import Action, ActionKind, Proposal
from app.wiring import House

from tests import factories
from tests.factories import digest_of
from tests.federation.hosts import mirror
from tests.federation.test_erasures import first_card
from tests.federation.test_refetch import Accident, refetched
from tests.houses import publish, release, require_post, submit, tick
from tests.moderation.desks import Seat, act, seat
from tests.moderation.samples import REASONS

pytestmark = pytest.mark.slow

AVA, BABAK, CYRA, DARA = (factories.person(name) for name in ("Ava", "Babak", "Cyra", "Dara"))
POST = factories.note(AVA, title="Qanats", text="They are old and deep.")


@pytest.fixture
def accident(house: House, tmp_path: Path) -> Iterator[Accident]:
    """An instance that will have one."""
    publish(house, *map(first_card, (AVA, BABAK, CYRA, DARA)))
    accident = Accident(house, tmp_path)
    yield accident
    accident.house.db.close()


@pytest.fixture
def desks(accident: Accident) -> list[Seat]:
    """Two desks, which are in the backup."""
    seats = [seat(accident.house, person) for person in (CYRA, DARA)]
    release(accident.house)
    return seats


def hide(house: House, desk: Seat) -> bytes:
    done = act(house, desk, POST, ActionKind.HIDE)
    assert isinstance(done, Action)
    release(house)
    return done.digest


def undo(house: House, desk: Seat, digest: bytes) -> None:
    with house.db.write() as work:
        service.undo(work, house.door, desk.at(house), [digest], REASONS)


def test_hidden_since_the_backup_is_hidden_again_and_can_come_back(
    accident: Accident, desks: list[Seat]
) -> None:
    publish(accident.house, POST)
    accident.back_up()
    hidden = hide(accident.house, desks[0])

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert (found.refused, found.erased) == (0, 0)
    post = require_post(house, POST)
    assert (post.is_hidden, post.erased_on, post.act) == (True, None, hidden)
    undo(house, desks[0], hidden)
    assert require_post(house, POST).version.text.markdown == "They are old and deep."


def test_what_waited_in_the_backup_and_was_hidden_since_can_come_back(
    accident: Accident, desks: list[Seat]
) -> None:
    submit(accident.house, POST)
    accident.back_up()
    release(accident.house)
    hidden = hide(accident.house, desks[0])

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert (found.refused, found.erased) == (0, 0)
    assert require_post(house, POST).is_hidden
    undo(house, desks[0], hidden)
    assert require_post(house, POST).version.text.title == "Qanats"


def test_hidden_before_the_backup_is_not_erased_by_what_a_copy_lacks(
    accident: Accident, desks: list[Seat]
) -> None:
    publish(accident.house, POST)
    hide(accident.house, desks[0])
    accident.back_up()
    publish(accident.house, factories.note(BABAK, reply_to=POST))

    house = accident.lose()
    refetched(house, accident.mirror)

    assert require_post(house, POST).is_hidden
    with house.db.read() as work:
        assert records.list_withheld(work, [digest_of(POST)]) == {digest_of(POST): POST}


def test_hidden_and_given_back_since_the_backup_can_be_read(
    accident: Accident, desks: list[Seat]
) -> None:
    accident.back_up()
    publish(accident.house, POST)
    undo(accident.house, desks[0], hide(accident.house, desks[0]))
    accident.house.publisher.give_back()
    release(accident.house)

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert (found.refused, found.erased) == (0, 0)
    assert require_post(house, POST).has_words
    assert require_post(house, POST).version.text.title == "Qanats"


def test_written_and_hidden_since_the_backup_is_lost_and_its_answers_are_not(
    accident: Accident, desks: list[Seat]
) -> None:
    accident.back_up()
    answer = factories.note(BABAK, reply_to=POST, text="How deep?")
    publish(accident.house, POST)
    publish(accident.house, answer)
    hidden = hide(accident.house, desks[0])

    house = accident.lose()
    refetched(house, accident.mirror)

    post = require_post(house, POST)
    assert (post.has_words, post.act, post.act_rule) == (False, hidden, "threat")
    assert require_post(house, answer).version.text.markdown == "How deep?"
    assert not submit(house, POST).is_new


def test_erased_by_two_desks_since_the_backup_stays_erased(
    accident: Accident, desks: list[Seat]
) -> None:
    publish(accident.house, POST)
    accident.back_up()
    proposed = act(accident.house, desks[0], POST, ActionKind.ERASE)
    assert isinstance(proposed, Proposal)
    with accident.house.db.write() as work:
        at = desks[1].at(accident.house)
        done = service.second(work, accident.house.door, at, proposed.id)
    release(accident.house)

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert (found.refused, found.erased) == (0, 0)
    assert require_post(house, POST).erased_on is not None
    assert require_post(house, POST).act == done.digest
    with house.db.read() as work:
        assert forum.find_best(work, "qanats", forum.Facets(), before=None) == []
    tick(house)
    mirror(accident.mirror, house.settings.data / "public")


def test_quarantined_since_the_backup_is_sealed_again(
    accident: Accident, desks: list[Seat]
) -> None:
    contact = pyrage.x25519.Identity.generate()
    set_legal_contact(accident.data, str(contact.to_public()))
    publish(accident.house, POST)
    accident.back_up()
    act(accident.house, desks[0], POST, ActionKind.QUARANTINE)
    release(accident.house)

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert (found.refused, found.erased) == (0, 0)
    assert require_post(house, POST).is_hidden
    with house.db.read() as work:
        assert records.list_withheld(work, [digest_of(POST)]) == {digest_of(POST): b""}
        sealed = service.get_sealed(work, digest_of(POST))
    assert open_by_one(sealed.box, str(contact)) == POST


def test_desk_opened_and_closed_since_the_backup_is_there_and_nobody_logs_in(
    accident: Accident, desks: list[Seat]
) -> None:
    publish(accident.house, POST)
    accident.back_up()
    opened = [seat(accident.house, person) for person in (CYRA, BABAK)]
    hidden = hide(accident.house, opened[0])
    with accident.house.db.write() as work:
        number = opened[1].desk.number
        service.revoke_desk(work, accident.house.door, number, "They left.", "en")
    release(accident.house)

    house = accident.lose()
    found = refetched(house, accident.mirror)

    assert (found.refused, found.erased) == (0, 0)
    assert require_post(house, POST).act == hidden
    with house.db.read() as work:
        listed = store.list_desks(work)
        told = {desk.did: desk.ends_on for desk in listed}
        assert all(not store.find_desk_login(work, desk.number) for desk in listed[len(desks) :])
    assert told[opened[0].desk.did] == opened[0].desk.ends_on
    assert told[opened[1].desk.did] < opened[1].desk.ends_on
