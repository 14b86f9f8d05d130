"""Who is told of a post: the personas whose posts it answers or quotes, once, when readers can see it."""

import pytest
from app import identity, worker
from app.forum.service import keeping
from app.kernel.clock import DAY_S, FixedClock
from app.wiring import House

from tests import factories
from tests.factories import id_of
from tests.houses import publish, release, submit

pytestmark = pytest.mark.slow

AVA, BABAK, CYRUS = (factories.person(name) for name in ("Ava", "Babak", "Cyrus"))


def told(house: House, person: factories.Person) -> list[str]:
    """Return the kinds of a persona's notices, newest first."""
    with house.db.write() as work:
        viewer = identity.find_viewer(work, identity.open_device_session(work, person.did))
        assert viewer is not None
        notices, _ = keeping.list_notices(work, viewer, 1)
    return [notice.kind.value for notice in notices]


def test_answer_is_told_when_readers_can_see_it_and_not_before(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, factories.card(AVA), factories.card(BABAK), opening)
    submit(house, factories.note(BABAK, reply_to=opening))
    assert told(house, AVA) == []

    release(house)

    assert told(house, AVA) == ["answer"]
    assert told(house, BABAK) == []


def test_post_that_answers_and_quotes_the_same_persona_is_told_once(house: House) -> None:
    opening, other = factories.note(AVA), factories.note(CYRUS)
    publish(house, factories.card(AVA), factories.card(CYRUS), opening, other)

    publish(house, factories.note(BABAK, reply_to=opening, quotes=[id_of(opening), id_of(other)]))

    assert told(house, AVA) == ["answer"]
    assert told(house, CYRUS) == ["quote"]


def test_own_answer_and_key_without_a_card_are_told_nothing(house: House) -> None:
    own, lone = factories.note(AVA), factories.note(BABAK)
    publish(house, factories.card(AVA), own, lone)

    publish(house, factories.note(AVA, reply_to=own), factories.note(AVA, reply_to=lone))

    assert told(house, AVA) == []


def test_quote_of_a_post_that_is_not_here_tells_nobody(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, factories.card(AVA), opening)
    elsewhere = id_of(factories.note(CYRUS))

    publish(house, factories.note(BABAK, reply_to=opening, quotes=[elsewhere]))

    assert told(house, AVA) == ["answer"]


def test_of_many_notices_the_oldest_are_forgotten(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_NOTICES", 3)
    opening, others = factories.note(AVA), factories.note(CYRUS)
    publish(house, factories.card(AVA), factories.card(CYRUS), opening, others)
    publish(house, factories.note(BABAK, reply_to=others))
    for number in range(5):
        publish(house, factories.note(BABAK, reply_to=opening, text=f"Answer {number}"))

    with house.db.write() as work:
        viewer = identity.find_viewer(work, identity.open_device_session(work, AVA.did))
        assert viewer
        notices, _ = keeping.list_notices(work, viewer, 1)

    assert [notice.post.version.text.markdown for notice in notices] == [
        "Answer 4",
        "Answer 3",
        "Answer 2",
    ]
    assert told(house, CYRUS) == ["answer"], "others keep theirs"


def test_notice_is_forgotten_after_ninety_days(house: House, clock: FixedClock) -> None:
    opening = factories.note(AVA)
    publish(house, factories.card(AVA), opening)
    publish(house, factories.note(BABAK, reply_to=opening))

    clock.advance(90 * DAY_S)
    worker.step(house, 0)
    kept = told(house, AVA)
    clock.advance(DAY_S)
    worker.step(house, 0)

    assert kept == ["answer"]
    assert told(house, AVA) == []


def test_answer_that_was_erased_before_its_tick_is_told_to_nobody(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, factories.card(AVA), factories.card(BABAK), opening)
    answer = factories.note(BABAK, reply_to=opening)

    submit(house, answer, factories.erasure(BABAK, answer))
    release(house)

    assert told(house, AVA) == []
