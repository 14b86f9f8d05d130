"""A hearing from its charter to the choice, as records change it."""

from datetime import timedelta
from hashlib import sha256

import pytest
from app import hearings, opinion, records
from app.crypto.multikey import decode_digest, encode_digest
from app.hearings import HearingState, QuestionState
from app.hearings.model import DeclineCode
from app.opinion import ConversationState, ResultsShown, Vote
from app.wiring import House

from tests.hearings import hall as halls
from tests.hearings.counting import read_log

pytestmark = pytest.mark.slow


def test_a_hearing_is_offered_bound_and_open_on_its_day(house: House) -> None:
    hall = halls.offer_hall(house)
    assert halls.hearing_of(house, hall).state is HearingState.OFFERED
    halls.bind(house, hall)
    halls.keep(house)
    bound = halls.hearing_of(house, hall)
    assert (bound.state, bound.bound_on) == (HearingState.BOUND, halls.TODAY)
    halls.go_to(house, halls.CHARTER.opens_on)
    halls.keep(house)
    assert halls.hearing_of(house, hall).state is HearingState.OPEN
    conversation = halls.conversation_of(house, hall)
    assert conversation.results is ResultsShown.CLOSED
    assert conversation.until == halls.CHARTER.chooses_on - timedelta(days=1)


def test_questions_are_chosen_by_vote_and_by_lot(house: House) -> None:
    hall = halls.open_hall(house)
    posts = halls.ask_some(house, hall, 6)
    halls.decide(house, hall, posts[0], QuestionState.ACCEPTED)
    halls.decide(house, hall, posts[5], QuestionState.DECLINED, DeclineCode.EXCLUDED)
    liked = {number: Vote.AGREE if number in {2, 4} else Vote.DISAGREE for number in range(1, 7)}
    halls.put_votes(house, hall, [liked] * 20, "invited")
    waiting = halls.choose(house, hall)
    hearing = halls.hearing_of(house, hall)
    assert hearing.state is HearingState.CHOSEN
    by = {post.digest: halls.question_of(house, post).chosen for post in posts}
    assert {number for number, post in enumerate(posts, 1) if by[post.digest] == "vote"} == {2, 4}
    assert sorted(by.values()) == ["", "", "", "lot", "vote", "vote"]
    assert len(waiting) == 3
    assert posts[5].digest not in {post.digest for post in waiting}
    assert halls.conversation_of(house, hall).state is ConversationState.CLOSED
    clocks = {halls.question_of(house, post).waits_since for post in waiting}
    assert clocks == {halls.CHARTER.chooses_on}


def test_anybody_makes_the_choice_again_from_the_log(house: House) -> None:
    hall = halls.open_hall(house)
    halls.ask_some(house, hall, 6)
    halls.choose(house, hall)
    hearing = halls.hearing_of(house, hall)
    with house.db.read() as work:
        closing = halls.conversation_of(house, hall).head
        size = records.find_place(work, closing) + 1
        root = house.sequencer.published.root_at(size)
        parts = parts_of(house, hall)
        chosen = hearings.choose_from(hearing.charter, hearing.tallies, root, hearing.head, parts)
        waiting = {each.post for each in hearings.list_questions(work, hall.thread) if each.chosen}
        ids = {each.record_id: each.post for each in opinion.list_statements(work, hearing.thread)}
    assert hearing.seed == root.hex()
    assert {ids[each.question] for each in chosen} == waiting
    # The lot by hand: the order of hashes of the seed and the question.
    seed = sha256(root + hearing.head + parts).digest()
    best = [each.question for each in chosen if each.by == "vote"]
    left = sorted(set(ids) - set(best), key=lambda each: sha256(seed + each.encode()).digest())
    assert [each.question for each in chosen if each.by == "lot"] == left[:1]


def parts_of(house: House, hall: halls.Hall) -> bytes:
    """Return what went into a lot beside the log, from the log's records alone."""
    log = read_log(house)
    hearing = halls.hearing_of(house, hall)
    event = next(each for each in log if each["id"] == hearing.record_id)
    (choice,) = [each for each in log if "urn:goftogu:chosen" in each]
    (draw,) = [each for each in log if "urn:goftogu:draws" in each]
    secret = bytes.fromhex(choice["urn:goftogu:secret"])
    assert event["urn:goftogu:lot"] == encode_digest(sha256(secret).digest())
    assert choice["urn:goftogu:drawn"] == draw["digest"]
    assert draw["object"]["digestMultibase"] == encode_digest(
        halls.conversation_of(house, hall).head
    )
    return secret + decode_digest(draw["digest"])


def test_merged_questions_keep_their_tallies(house: House) -> None:
    hall = halls.open_hall(house)
    posts = halls.ask_some(house, hall, 3)
    halls.merge(house, hall, n2=1)
    assert halls.question_of(house, posts[1]).state is QuestionState.MERGED
    halls.put_votes(house, hall, [{1: Vote.AGREE, 2: Vote.AGREE}] * 15)
    halls.put_votes(house, hall, [{2: Vote.AGREE}] * 15, first=100)
    # Whoever voted on both is counted with the vote on the one that stays.
    halls.put_votes(house, hall, [{1: Vote.DISAGREE, 2: Vote.AGREE}] * 10, first=200)
    halls.choose(house, hall)
    rows = [line.split(",") for line in halls.hearing_of(house, hall).tallies.splitlines()[1:]]
    told = {(row[1], row[2]): row[5] for row in rows}
    assert told[posts[0].digest.hex(), "own"] == "15"
    assert told[posts[1].digest.hex(), "own"] == "40"
    assert told[posts[0].digest.hex(), "together"] == "30"
    assert (posts[1].digest.hex(), "together") not in told
    assert halls.question_of(house, posts[1]).state is QuestionState.MERGED
    assert halls.question_of(house, posts[0]).state is QuestionState.WAITING
