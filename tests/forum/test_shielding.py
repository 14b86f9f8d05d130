"""A shield lets only those answer whom its persona answered; muting folds up for one persona alone."""

from datetime import timedelta

import pytest
from app import forum, identity
from app.forum.errors import ShieldedError, TooManyMutedError
from app.forum.service import shielding
from app.identity.model import Viewer
from app.kernel.clock import DAY_S, day_of
from app.records.model import Custody
from app.wiring import House

from tests import factories
from tests.factories import Person
from tests.houses import advance, publish, read_rows, release, submit

pytestmark = pytest.mark.slow

AVA, BABAK, CYRA = (factories.person(name) for name in ("Ava", "Babak", "Cyra"))
OPENING = factories.note(AVA, title="Water", text="Where does it go?")
FROM_BABAK = factories.note(BABAK, reply_to=OPENING, text="Into the pistachios.")


def viewer_of(person: Person) -> Viewer:
    return Viewer(
        root=person.root, name=person.name, fingerprint=person.mark, posting_did=person.did,
        custody=Custody.DEVICE, has_unlocked=False,
    )  # fmt: skip


@pytest.fixture
def shielded(house: House) -> House:
    """Ava opened a thread, Babak answered, and Ava put her shield up."""
    publish(house, *(factories.card(person) for person in (AVA, BABAK, CYRA)), OPENING)
    publish(house, FROM_BABAK)
    with house.db.write() as work:
        shielding.raise_shield(work, viewer_of(AVA))
    return house


def answer(house: House, by: Person, to: bytes = OPENING) -> bytes:
    raw = factories.note(by, reply_to=to, text="An answer.", day=day_of(house.clock.now()))
    submit(house, raw)
    return raw


def test_stranger_does_not_answer_who_has_a_shield(shielded: House) -> None:
    with pytest.raises(ShieldedError):
        answer(shielded, BABAK)


def test_who_was_answered_may_answer(shielded: House) -> None:
    publish(shielded, factories.note(AVA, reply_to=FROM_BABAK, text="All of it?"))

    answer(shielded, BABAK)

    with pytest.raises(ShieldedError):
        answer(shielded, CYRA)


def test_answer_that_waits_or_was_erased_opens_nothing(shielded: House) -> None:
    """While it waits nobody may learn of it."""
    hers = factories.note(AVA, reply_to=FROM_BABAK, text="All of it?")
    submit(shielded, hers)
    with pytest.raises(ShieldedError):
        answer(shielded, BABAK)
    release(shielded)
    publish(shielded, factories.erasure(AVA, hers))

    with pytest.raises(ShieldedError):
        answer(shielded, BABAK)


def test_others_in_the_thread_can_be_answered_and_she_answers_herself(shielded: House) -> None:
    answer(shielded, CYRA, FROM_BABAK)
    answer(shielded, AVA)


def test_name_for_one_thread_is_somebody_whom_she_never_answered(shielded: House) -> None:
    publish(shielded, factories.note(AVA, reply_to=FROM_BABAK, text="All of it?"))

    with pytest.raises(ShieldedError):
        answer(shielded, factories.person("Lone"))


def test_shield_ends_by_itself_after_seven_days(shielded: House) -> None:
    advance(shielded, 6 * DAY_S)
    with shielded.db.write() as work:
        forum.forget_ended_shields(work)
    with pytest.raises(ShieldedError):
        answer(shielded, BABAK)

    advance(shielded, DAY_S)
    answer(shielded, BABAK)
    with shielded.db.write() as work:
        forum.forget_ended_shields(work)

    assert "shield" not in {table for table, _ in read_rows(shielded)}


def test_shield_that_is_taken_down_is_gone(shielded: House) -> None:
    with shielded.db.write() as work:
        shielding.lower_shield(work, viewer_of(AVA))

    answer(shielded, BABAK)

    assert "shield" not in {table for table, _ in read_rows(shielded)}


def test_shield_is_there_from_its_first_day(shielded: House) -> None:
    with shielded.db.read() as work:
        until = shielding.find_shield(work, AVA.root)
        assert until == day_of(work.now) + timedelta(days=7)
        assert shielding.find_shield(work, BABAK.root) is None


def test_what_the_log_holds_comes_back_in_spite_of_a_shield(shielded: House) -> None:
    raw = factories.note(BABAK, reply_to=OPENING, text="It was taken in before.")
    with shielded.db.write() as work:
        work.logged.add(factories.digest_of(raw))
        shielded.door.submit(work, raw)

    release(shielded)


def test_muted_give_no_notices(house: House) -> None:
    publish(house, *(factories.card(person) for person in (AVA, BABAK, CYRA)), OPENING)
    with house.db.write() as work:
        shielding.mute(work, viewer_of(AVA), BABAK.root)
        shielding.mute(work, viewer_of(AVA), BABAK.root)

    publish(house, factories.note(BABAK, reply_to=OPENING, text="Hear me."))
    with house.db.read() as work:
        assert forum.count_unread(work, AVA.root) == 0
    publish(house, factories.note(CYRA, reply_to=OPENING, text="I know."))

    with house.db.read() as work:
        assert forum.count_unread(work, AVA.root) == 1


def test_nobody_mutes_themselves_or_more_than_the_list_holds(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(house, *(factories.card(person) for person in (AVA, BABAK, CYRA)))
    monkeypatch.setattr(shielding, "MOST_MUTED", 1)
    with house.db.write() as work:
        shielding.mute(work, viewer_of(AVA), AVA.root)
        assert shielding.list_muted(work, AVA.root) == []
        shielding.mute(work, viewer_of(AVA), BABAK.root)
        with pytest.raises(TooManyMutedError):
            shielding.mute(work, viewer_of(AVA), CYRA.root)
        assert not shielding.has_muted(work, BABAK.root, AVA.root)


def test_who_leaves_takes_the_shield_and_the_list_along(shielded: House) -> None:
    with shielded.db.write() as work:
        shielding.mute(work, viewer_of(AVA), BABAK.root)
        identity.erase_persona(work, shielded.door, AVA.seed, factories.TODAY)
        forum.forget_kept(work, AVA.root)

    assert {"shield", "muted"} & {table for table, _ in read_rows(shielded)} == set()
