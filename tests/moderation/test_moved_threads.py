"""A thread that a desk moved: whose desks look after it, and which board pages name beside it."""

import pytest
from app import forum
from app.moderation import service, store
from app.moderation.model import Action, ActionKind, Role, Subject, SubjectKind
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.houses import publish
from tests.moderation.desks import Seat, decision, post_subject, report, seat
from tests.moderation.samples import REASONS
from tests.visitor import Visitor

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
OPENING = factories.note(AVA, title="Water", text="Where does the water go?", tags=())
ANSWER = factories.note(BABAK, reply_to=OPENING, text="Into the pistachios.")
SUBJECT = Subject(kind=SubjectKind.THREAD, name=factories.digest_of(OPENING).hex()[:20])
SQUARE, LIVE = factories.SQUARE.did, factories.LIVE.did


@pytest.fixture
def desk(house: House) -> Seat:
    """A desk of all boards, before a thread of the square."""
    for raw in (factories.card(AVA), factories.card(BABAK), OPENING, ANSWER):
        publish(house, raw)
    return seat(house, factories.person("Cyra"), role=Role.STEWARD)


def move(house: House, desk: Seat) -> Action:
    """Move the thread to the live board."""
    with house.db.write() as work:
        wanted = decision(ActionKind.MOVE, target=LIVE)
        done = service.act_on(work, house.door, desk.at(house), SUBJECT, wanted)
    assert isinstance(done, Action)
    return done


def undo(house: House, desk: Seat, moved: Action) -> None:
    with house.db.write() as work:
        service.undo(work, house.door, desk.at(house), [moved.digest], REASONS)


def test_cases_of_a_moved_thread_wait_for_the_desks_of_the_board_it_stands_on(
    house: House, desk: Seat
) -> None:
    """Those of the board that it left cannot act on it any more."""
    report(house, ANSWER, AVA)
    moved = move(house, desk)

    assert boards_of_open(house) == {ANSWER: LIVE}
    undo(house, desk, moved)
    assert boards_of_open(house) == {ANSWER: SQUARE}


def test_what_is_reported_in_a_moved_thread_waits_for_the_desks_of_its_new_board(
    house: House, desk: Seat, client: TestClient
) -> None:
    move(house, desk)
    visitor = Visitor(client)
    visitor.join("Dara")

    path = f"/p/{factories.digest_of(ANSWER).hex()}/report"
    sent = visitor.send(visitor.open_form(path), do="send", rule="threat")

    assert sent.status_code == 303
    assert boards_of_open(house) == {ANSWER: LIVE}


def boards_of_open(house: House) -> dict[bytes, str]:
    """Return the boards whose desks are given the open cases, by the posts that these are about."""
    with house.db.read() as work:
        cases = store.list_open(work, boards=None, rule=None, offset=0, limit=9)
    return {
        raw: case.board
        for raw in (OPENING, ANSWER)
        for case in cases
        if case.subject == post_subject(raw)
    }


def test_pages_say_the_board_that_a_moved_thread_stands_on(
    house: House, desk: Seat, client: TestClient
) -> None:
    move(house, desk)
    with house.db.read() as work:
        board = forum.find_board(work, did=LIVE)
    assert board is not None

    for path in ("/en/search?q=pistachios", f"/en/persona/{BABAK.mark.replace(' ', '')}"):
        items = client.get(path).text.partition('<ol class="items">')[2]
        assert f"<li>{board.name['en']}</li>" in items
