"""Declined questions are read, and voters are asked about them no more; an appeal brings them back."""

import pytest
from app import opinion
from app.forum import ThreadId
from app.hearings import DeclineCode, QuestionState
from app.hearings.maths import read_rows
from app.opinion import Vote
from app.opinion.errors import NoStatementError
from app.wiring import House
from starlette.testclient import TestClient

from tests.hearings import hall as halls
from tests.hearings.hall import Hall
from tests.houses import release
from tests.visitor import Visitor

pytestmark = pytest.mark.slow

DECLINED = DeclineCode.NOT_COMPETENT


def asked(house: House, hall: Hall) -> list[int]:
    """Return the numbers of questions that a voter is asked about next, all of them."""
    with house.db.read() as work:
        conversation = opinion.get_conversation(work, hall.thread)
        found = opinion.ask_next(work, conversation, {}, None, 10)
    return sorted(each.number for each in found)


def test_declined_question_is_read_and_not_voted_on(house: House, client: TestClient) -> None:
    hall = halls.open_hall(house)
    posts = halls.ask_some(house, hall, 3)
    visitor, path = Visitor(client), f"/t/{hall.thread}"
    visitor.join("Mina")
    assert "dam number 1" in visitor.get(f"{path}/consultation/ten").text
    assert asked(house, hall) == [1, 2, 3]
    halls.decide(house, hall, posts[1], QuestionState.DECLINED, DECLINED)
    release(house)

    assert asked(house, hall) == [1, 3]
    conversation = halls.conversation_of(house, hall)
    with house.db.write() as work, pytest.raises(NoStatementError):
        opinion.cast_votes(work, conversation, "a ballot", {2: Vote.AGREE})
    said = visitor.client.get(f"/api/v1/consultations/{hall.thread}").json()
    assert [each["number"] for each in said["statements"]] == [1, 3]
    assert "dam number 1" not in visitor.get(f"{path}/consultation/ten").text
    assert "dam number 1" in visitor.get(f"{path}/hearing/questions").text
    assert "dam number 1" in visitor.get(f"/p/{posts[1].digest.hex()}").text

    halls.appeal(house, posts[1])
    assert asked(house, hall) == [1, 3], "until somebody else decides"
    halls.decide_as_host(house, hall, posts[1], QuestionState.ACCEPTED)
    assert asked(house, hall) == [1, 2, 3]


def test_merged_questions_count_under_their_umbrella_and_go_with_it(house: House) -> None:
    hall = halls.open_hall(house)
    posts = halls.ask_some(house, hall, 3)
    halls.put_votes(house, hall, [{2: Vote.AGREE}] * 12)
    halls.merge(house, hall, n2=1)
    assert asked(house, hall) == [1, 3]
    halls.decide(house, hall, posts[0], QuestionState.DECLINED, DECLINED)
    assert asked(house, hall) == [3]
    halls.appeal(house, posts[0])
    halls.decide_as_host(house, hall, posts[0], QuestionState.ACCEPTED)
    assert asked(house, hall) == [1, 3]
    waiting = halls.choose(house, hall)
    assert posts[0].digest in {each.digest for each in waiting}
    rows = read_rows(halls.hearing_of(house, hall).tallies)
    told = {(question, counted): counts for question, _, counted, counts in rows}
    assert told[posts[0].record_id, "own"] == ("<10",) * 4
    assert told[posts[0].record_id, "together"] == ("<10", "<10", "10", "10"), "twelve, by fives"


def test_question_that_is_declined_after_the_vote_keeps_its_figures(house: House) -> None:
    hall, (first, *_) = halls.chosen_hall(house)
    halls.decide(house, hall, first, QuestionState.DECLINED, DECLINED)
    with house.db.read() as work:
        numbers = {each.post for each in opinion.list_asked(work, ThreadId(hall.thread))}
    assert first.digest in numbers
