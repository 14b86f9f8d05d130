"""Panel duty: who is drawn, how often, what is kept of it, and what a drawn persona's ballot is."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from app import identity, opinion, worker
from app.identity import BallotKind
from app.identity.model import Limit
from app.kernel.clock import DAY_S, FixedClock
from app.opinion import rules, store
from app.opinion.model import Conversation, ConversationState
from app.wiring import House

from tests import factories
from tests.factories import Person
from tests.houses import SeededRandomness, advance, invite, read_rows, submit
from tests.opinion.booths import open_booth
from tests.opinion.samples import change

pytestmark = pytest.mark.slow

PEOPLE = [factories.person(f"Person {number}") for number in range(44)]


def settle(house: House, count: int = 44, statements: int = 5) -> Conversation:
    invite(house, *PEOPLE[:count])
    return open_booth(house, statements)[1]


def drawn(house: House, conversation: Conversation) -> list[Person]:
    with house.db.read() as work:
        key = house.marks_key
        return [p for p in PEOPLE if opinion.is_drawn(work, key, p.root, conversation)]


def duties(house: House) -> list[tuple[bytes, str, str]]:
    """Return the rows of panel duty as they lie in their table."""
    rows = []
    for table, row in read_rows(house):
        if table == "panel_duty":
            mark = row["mark"]
            assert isinstance(mark, bytes)
            rows.append((mark, str(row["week"]), str(row["conversation"])))
    return rows


def take(house: House, person: Person, conversation: Conversation) -> BallotKind:
    """Let a persona vote for the first time, or again; return what its ballot says of it."""
    key = house.keys["instance"]
    with house.db.write() as work:
        named = identity.ballot_keys(work, conversation.record_id)
        is_drawn = opinion.is_drawn(work, house.marks_key, person.root, conversation)
        ballot = identity.find_usable_ballot(
            work, person.root, person.key, conversation.record_id
        ) or identity.take_ballot(
            work, key, person.root, person.key,
            identity.sign_own_ballot(
                work, key, person.root, person.key, conversation.record_id,
                named=named, is_invited=is_drawn,
            ),
            named=named, is_invited=is_drawn,
        )  # fmt: skip
    return ballot.kind


def test_a_quarter_of_those_who_are_answered_for_is_drawn_once_a_week(house: House) -> None:
    conversation = settle(house)
    worker.draw_panels(house)
    first = drawn(house, conversation)
    worker.draw_panels(house)

    assert len(first) == 11
    assert drawn(house, conversation) == first
    assert len(duties(house)) == 11


@pytest.mark.parametrize(("count", "statements"), [(9, 5), (44, 4)])
def test_nobody_is_drawn_from_few_or_for_little(house: House, count: int, statements: int) -> None:
    conversation = settle(house, count, statements)
    worker.draw_panels(house)

    assert drawn(house, conversation) == []
    assert duties(house) == []


def test_no_persona_that_nobody_answers_for_or_that_may_only_read_is_drawn(house: House) -> None:
    strangers = PEOPLE[20:40]
    submit(house, *(factories.card(person) for person in strangers))
    conversation = settle(house, 12)
    limit(house, *PEOPLE[:2])
    worker.draw_panels(house)

    assert drawn(house, conversation) == PEOPLE[2:12]
    assert len(duties(house)) == 10


def limit(house: House, *people: Person) -> None:
    with house.db.write() as work:
        for person in people:
            identity.limit_persona(work, person.root, Limit(act=b"act", until=None))


def test_fewer_than_ten_who_may_vote_are_not_drawn(house: House) -> None:
    settle(house, 12)
    limit(house, *PEOPLE[:3])
    worker.draw_panels(house)

    assert duties(house) == []


def test_nobody_is_drawn_more_than_twice_a_week(house: House) -> None:
    invite(house, *PEOPLE[:12])
    asked = [open_booth(house, 5)[1] for _ in range(4)]
    worker.draw_panels(house)

    times = Counter(person.root for one in asked for person in drawn(house, one))

    assert times
    assert max(times.values()) == rules.PANELS_OF_ONE


def test_next_week_draws_others_under_other_marks(house: House, clock: FixedClock) -> None:
    conversation = settle(house)
    worker.draw_panels(house)
    first, before = drawn(house, conversation), set(duties(house))
    clock.advance(7 * DAY_S)
    worker.draw_panels(house)

    assert set(drawn(house, conversation)) > set(first)
    marks = Counter(row[0] for row in duties(house))
    assert max(marks.values()) == 1
    clock.advance(7 * DAY_S)
    with house.db.write() as work:
        opinion.forget_old_panels(work)
    assert not before & set(duties(house))
    assert not set(drawn(house, conversation)) >= set(first)


def test_lot_follows_the_seed_alone(house: House) -> None:
    """The same randomness draws the same people, and other randomness others."""
    conversation, found = settle(house), []
    for seed in (1, 1, 2):
        with house.db.write() as work:
            seeded = replace(work, randomness=SeededRandomness(seed))
            opinion.draw_panels(seeded, house.marks_key, house.door.instance_did)
        found.append(drawn(house, conversation))
        with house.db.write() as work:
            store.remove_panels(work, factories.TODAY + timedelta(weeks=1))

    assert found[0] == found[1] != found[2]


def test_closing_forgets_who_was_drawn(house: House) -> None:
    conversation = settle(house)
    worker.draw_panels(house)
    change(house, conversation, state=ConversationState.CLOSED)
    with house.db.write() as work:
        opinion.forget_old_panels(work)

    assert duties(house) == []


def test_worker_draws_and_forgets_by_itself(house: House) -> None:
    conversation = settle(house)
    worker.step(house, 0)
    assert len(drawn(house, conversation)) == 11
    change(house, conversation, state=ConversationState.CLOSED)
    advance(house, 3_600)

    worker.step(house, 0)

    assert duties(house) == []


def test_database_names_nobody_who_was_drawn(house: House) -> None:
    settle(house)
    worker.draw_panels(house)

    rows = duties(house)

    told = repr(rows) + repr([mark.hex() for mark, *_ in rows])
    assert len(rows) == 11
    for person in PEOPLE:
        assert person.root not in told
        assert person.did not in told


def test_lists_tell_a_persona_what_it_was_drawn_for(house: House) -> None:
    conversation = settle(house)
    worker.draw_panels(house)
    person = drawn(house, conversation)[0]
    others = [each for each in PEOPLE if each not in drawn(house, conversation)]

    with house.db.read() as work:
        assert opinion.list_drawn(work, house.marks_key, person.root) == [conversation]
        assert opinion.list_drawn(work, house.marks_key, others[0].root) == []
        assert opinion.list_drawn(work, bytes(32), person.root) == []


def test_ballot_of_whom_the_lot_drew_says_so_and_no_other(house: House) -> None:
    """Whoever had voted before keeps the ballot that they have."""
    conversation = settle(house)
    assert take(house, PEOPLE[0], conversation) is BallotKind.VOUCHED
    seed = 0
    while PEOPLE[0] not in (found := drawn(house, conversation)):
        with house.db.write() as work:
            store.remove_panels(work, factories.TODAY + timedelta(weeks=1))
            seeded = replace(work, randomness=SeededRandomness(seed := seed + 1))
            opinion.draw_panels(seeded, house.marks_key, house.door.instance_did)
    other = next(each for each in PEOPLE if each not in found)

    assert take(house, PEOPLE[0], conversation) is BallotKind.VOUCHED
    assert take(house, found[1], conversation) is BallotKind.INVITED
    assert take(house, other, conversation) is BallotKind.VOUCHED


def test_whom_nobody_answers_for_any_more_is_not_invited(house: House) -> None:
    conversation = settle(house)
    worker.draw_panels(house)
    assert drawn(house, conversation)
    with house.db.write() as work:
        identity.freeze_cohort(work, "2026-11")

    assert drawn(house, conversation) == []


@pytest.mark.parametrize(
    ("people", "size"), [(0, 0), (9, 0), (10, 10), (40, 10), (44, 11), (800, 200), (10**6, 200)]
)
def test_size_of_a_panel(people: int, size: int) -> None:
    assert rules.panel_size(people) == size
