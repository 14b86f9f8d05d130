"""Who is told of a post: the personas whose posts it answers or quotes, once, when readers can see it."""

from app import identity
from app.forum.service import keeping
from app.wiring import House

from tests import factories
from tests.factories import id_of
from tests.houses import publish, release, submit

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


def test_answer_that_was_erased_before_its_tick_is_told_to_nobody(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, factories.card(AVA), factories.card(BABAK), opening)
    answer = factories.note(BABAK, reply_to=opening)

    submit(house, answer, factories.erasure(BABAK, answer))
    release(house)

    assert told(house, AVA) == []
