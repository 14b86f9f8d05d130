"""Answers and follow-ups as records: who may give them, to what, and when."""

from dataclasses import replace
from datetime import timedelta

import pytest
from app import forum, hearings
from app.forum import Post
from app.hearings import Found, HearingState, QuestionState, Says, SpeaksAs, Told
from app.hearings.errors import (
    AnsweredError,
    AnswerUnfitError,
    CharterUnboundError,
    FollowedUpError,
    FollowUpElsewhereError,
    HearingOverError,
    NoQuestionError,
    NotChosenError,
    NotOfficialError,
    NotTheirHearingError,
    NotYetChosenError,
)
from app.hearings.rules.answers import decide_answer, tell_ratings
from app.hearings.store import hearings as hearing_store
from app.kernel.errors import AppError
from app.opinion.errors import StatementUnfitError
from app.wiring import House

from tests import factories
from tests.hearings import answered
from tests.hearings import hall as halls
from tests.hearings.answered import AVA, BABAK, OMID, answer_record, follow_up_record, today
from tests.hearings.officials import make_official
from tests.houses import advance, publish, require_post, submit

pytestmark = pytest.mark.slow


def refuse(house: House, raw: bytes, error: type[AppError]) -> None:
    """Hand a record in; it must be refused, and change nothing."""
    with pytest.raises(error):
        submit(house, raw)


def test_official_answers_and_the_clock_stops(house: House) -> None:
    hall, (first, *_) = answered.waiting_hall(house)

    post = answered.give(house, first, speaks_as="cleared", says="partly")

    question = halls.question_of(house, first)
    assert (question.state, question.answer) == (QuestionState.ANSWERED, post.digest)
    assert question.answered_on == today(house)
    answer = answered.answer_of(house, post)
    assert (answer.speaks_as, answer.says) == (SpeaksAs.CLEARED, Says.PARTLY)
    assert (answer.is_spoken, answer.is_second, answer.told) == (False, False, None)
    with house.db.read() as work:
        (exchange,) = hearings.list_exchanges(work, hearings.get_hearing(work, hall.thread))
    assert exchange.asked.digest == first.digest
    assert [shown.digest for _, shown in exchange.answers] == [post.digest]


def test_answer_by_another_key_is_refused(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)

    refuse(house, answer_record(AVA, first, day=today(house)), NotTheirHearingError)
    # Another official is nobody here either.
    make_official(house, BABAK)
    refuse(house, answer_record(BABAK, first, day=today(house)), NotTheirHearingError)

    assert halls.question_of(house, first).state is QuestionState.WAITING


def test_answer_after_the_office_has_expired_is_refused(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    advance(house, int(timedelta(days=366).total_seconds()))

    refuse(house, answer_record(OMID, first, day=today(house)), NotOfficialError)
    # Nor does a record that says an earlier day.
    early = today(house) - timedelta(days=1)
    with pytest.raises(AppError):
        submit(house, answer_record(OMID, first, day=early - timedelta(days=360)))


def test_answer_without_a_bound_charter_is_refused(house: House) -> None:
    hall, (first, *_) = answered.waiting_hall(house)
    with house.db.write() as work:
        hearing_store.set_state(work, hall.thread, HearingState.OFFERED, bound_on=None)

    refuse(house, answer_record(OMID, first, day=today(house)), CharterUnboundError)


def test_answer_before_the_choice_is_refused_and_would_steer_votes(house: House) -> None:
    hall = halls.offer_hall(house, answered.CHARTER, OMID)
    halls.bind(house, hall)
    halls.go_to(house, answered.CHARTER.opens_on)
    halls.keep(house)
    publish(house, factories.card(AVA, day=today(house)))
    asked = halls.ask(house, hall, AVA, "Where does it go?")

    refuse(house, answer_record(OMID, asked, day=today(house)), NotYetChosenError)


def test_question_that_was_not_chosen_takes_an_ordinary_reply_only(house: House) -> None:
    hall, (first,) = answered.waiting_hall(house, 3, replace(answered.CHARTER, top=1))
    with house.db.read() as work:
        others = [each for each in hearings.list_questions(work, hall.thread) if not each.chosen]
    left = _post(house, others[0].post)
    assert halls.question_of(house, left).state is not QuestionState.WAITING

    refuse(house, answer_record(OMID, left, day=today(house)), NotChosenError)
    publish(
        house, factories.note(OMID, board=factories.LIVE, reply_to=left.record_id, day=today(house))
    )

    assert halls.question_of(house, left).answer is None
    assert halls.question_of(house, first).state is QuestionState.WAITING


def test_live_evening_takes_up_what_nobody_chose(house: House) -> None:
    charter = replace(answered.CHARTER, top=1, is_live=True)
    hall, (first,) = answered.waiting_hall(house, 3, charter)
    with house.db.read() as work:
        left = next(
            each for each in hearings.list_questions(work, hall.thread) if each.post != first.digest
        )
    post = _post(house, left.post)

    answered.give(house, post, is_spoken=True)

    question = halls.question_of(house, post)
    # It counts in no share of the chosen.
    assert (question.state, question.chosen) == (QuestionState.ANSWERED, "")


def test_second_answer_is_refused_and_a_correction_stays_visible(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    raw = answer_record(OMID, first, "In May.", day=today(house))
    publish(house, raw)

    refuse(house, answer_record(OMID, first, "In June.", day=today(house)), AnsweredError)
    publish(house, factories.update(OMID, raw, text="In June.", day=today(house)))

    post = require_post(house, raw)
    assert (post.version.number, post.version.text.markdown) == (2, "In June.")
    assert halls.question_of(house, first).answer == post.digest
    assert answered.answer_of(house, post).speaks_as is SpeaksAs.POSITION


def test_whoever_asked_follows_up_once_and_the_clock_runs_again(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    answer = answered.give(house, first)
    day = today(house)

    refuse(house, follow_up_record(BABAK, answer, day=day), FollowUpElsewhereError)
    refuse(house, follow_up_record(AVA, first, day=day), NoQuestionError)
    once = answered.ask_again(house, answer, AVA)

    question = halls.question_of(house, first)
    assert (question.state, question.follow_up) == (QuestionState.FOLLOWED_UP, once.digest)
    assert question.waits_since == today(house)
    refuse(house, follow_up_record(AVA, answer, "And?", day=today(house)), FollowedUpError)
    second = answered.give(house, once, "In March of next year.")
    assert halls.question_of(house, first).state is QuestionState.SETTLED
    assert answered.answer_of(house, second).is_second
    refuse(house, answer_record(OMID, once, day=today(house)), AnsweredError)
    refuse(house, follow_up_record(AVA, second, "And?", day=today(house)), FollowUpElsewhereError)


def test_follow_up_keeps_its_words(house: House) -> None:
    _, (first, *_) = answered.waiting_hall(house)
    raw = follow_up_record(AVA, answered.give(house, first), day=today(house))
    publish(house, raw)

    refuse(
        house,
        factories.update(AVA, raw, text="Something else?", day=today(house)),
        StatementUnfitError,
    )


def test_answer_says_as_what_it_is_given_and_answers_a_question(house: House) -> None:
    hall, (first, *_) = answered.waiting_hall(house)
    day = today(house)

    refuse(house, answer_record(OMID, first, speaks_as="", day=day), AnswerUnfitError)
    refuse(house, answer_record(OMID, first, says="", day=day), AnswerUnfitError)
    opening = require_post(house, hall.opening)
    refuse(house, answer_record(OMID, opening, day=day), NoQuestionError)


def test_closed_hearing_takes_nothing_more(house: House) -> None:
    hall, (first, second, *_) = answered.waiting_hall(house)
    answer = answered.give(house, first)
    with house.db.write() as work:
        day = answered.CHARTER.opens_on
        hearing_store.set_state(work, hall.thread, HearingState.CLOSED, bound_on=day)

    refuse(house, answer_record(OMID, second, day=today(house)), HearingOverError)
    refuse(house, follow_up_record(AVA, answer, day=today(house)), HearingOverError)


@pytest.mark.parametrize("state", list(QuestionState))
def test_only_questions_that_wait_are_answered(house: House, state: QuestionState) -> None:
    hall, (first, *_) = answered.waiting_hall(house, 1)
    hearing = halls.hearing_of(house, hall)
    question = replace(halls.question_of(house, first), state=state)

    if state is QuestionState.WAITING:
        assert decide_answer(hearing, question, first.digest) == (QuestionState.ANSWERED,)
    else:
        with pytest.raises(NotChosenError):
            decide_answer(hearing, question, first.digest)


def test_nothing_is_told_under_ten_and_then_by_tens(house: House) -> None:
    told: Told | None = None
    for people in range(1, 10):
        assert told_of(people, None) is None
    told = told_of(10, told)
    assert told is not None
    assert told.people == 10
    for people in range(11, 20):
        assert told_of(people, told) is told
    again = told_of(20, told)
    assert again is not None
    assert again.people == 20


def told_of(people: int, before: Told | None) -> Told | None:
    return tell_ratings({Found.ANSWERED: people}, before)


def _post(house: House, digest: bytes) -> Post:
    with house.db.read() as work:
        return forum.get_post(work, digest)
