"""Appeals on both databases: the table itself keeps whoever acted from answering, and all but one answer."""

from threading import Barrier, Thread

import pytest
from app.moderation.model import Action, ActionKind
from app.wiring import House
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from tests import factories
from tests.houses import publish
from tests.moderation.desks import Seat, act, seat
from tests.moderation.test_appeals import appeal
from tests.moderation.test_telling import AVA, BABAK, CYRA, DARA, POST

_DECIDE = text(
    "UPDATE appeal SET decider = :mark, outcome = 'upheld' WHERE action = :action AND outcome IS NULL"
)


@pytest.fixture
def seats(house: House) -> list[Seat]:
    """Three desks before a post; the first one hid it, and its author appealed."""
    cards = [factories.card(person) for person in (AVA, BABAK, CYRA, DARA)]
    publish(house, *cards, POST)
    return [seat(house, person) for person in (BABAK, CYRA, DARA)]


@pytest.fixture
def hidden(house: House, seats: list[Seat]) -> Action:
    found = act(house, seats[0], POST, ActionKind.HIDE)
    assert isinstance(found, Action)
    appeal(house, found)
    return found


def decide(house: House, at: Seat, action: Action) -> int:
    """Write an answer past the program; returns how many rows it changed."""
    with house.db.engine.begin() as connection:
        values = {"mark": at.desk.person, "action": action.digest}
        return connection.execute(_DECIDE, values).rowcount


def test_table_refuses_an_answer_by_whoever_acted(
    house: House, seats: list[Seat], hidden: Action
) -> None:
    with pytest.raises(IntegrityError, match="other_person"):
        decide(house, seats[0], hidden)

    assert decide(house, seats[1], hidden) == 1


def test_of_two_answers_at_once_one_counts(house: House, seats: list[Seat], hidden: Action) -> None:
    """Through connections of their own, which no lock of the program keeps apart."""
    together, changed = Barrier(2), list[int]()

    def answer(at: Seat) -> None:
        together.wait()
        changed.append(decide(house, at, hidden))

    threads = [Thread(target=answer, args=(at,)) for at in seats[1:]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(changed) == [0, 1]


def test_whoever_acted_never_wins_the_race(house: House, seats: list[Seat], hidden: Action) -> None:
    together, refused, changed = Barrier(2), list[str](), list[int]()

    def answer(at: Seat) -> None:
        together.wait()
        try:
            changed.append(decide(house, at, hidden))
        except IntegrityError as error:
            refused.append(str(error.orig))

    threads = [Thread(target=answer, args=(at,)) for at in seats[:2]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with house.db.engine.connect() as connection:
        decider = connection.execute(text("SELECT decider FROM appeal")).scalar_one()
    assert decider == seats[1].desk.person
    # It came first and was refused, or second and found it answered.
    assert (changed.count(1), len(refused) + changed.count(0)) == (1, 1)
