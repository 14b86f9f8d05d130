"""Questions: what is one, where it goes, who decides, whose clock runs; through jumps of the clock."""

from dataclasses import replace
from datetime import timedelta

import pytest
from app import hearings
from app.forum import ThreadId
from app.hearings import DeclineCode, HeardQuestion, HearingState, QuestionState, rules
from app.hearings.errors import (
    AppealedBeforeError,
    CharterFixedError,
    CodeMissingError,
    HearingNotOpenError,
    IllegalChangeError,
    NoHearingError,
    NoQuestionError,
    NotTheAskerError,
    OwnDeclineError,
    QuestionLanguageError,
    QuestionsOnlyError,
    QuestionUnfitError,
)
from app.kernel.errors import AppError
from app.opinion import Vote
from app.opinion.errors import StatementKnownError, StatementUnfitError
from app.records.errors import WrongSignerError
from app.wiring import House
from hypothesis import given
from hypothesis import strategies as st

from tests import factories
from tests.hearings import hall as halls
from tests.hearings.hall import CHARTER
from tests.houses import publish, release, submit
from tests.opinion.samples import statement

pytestmark = pytest.mark.slow

DAY = timedelta(days=1)
S = QuestionState
OFFICIAL, HOST = "did:key:official", "did:key:host"
FRESH = HeardQuestion(
    post=b"q", hearing=ThreadId("t"), state=S.ASKED, code=None, why="", appeals=0,
    is_appealed=False, decliner="", asked_on=halls.TODAY, chosen="", waits_since=None,
    answer=None, answered_on=None, follow_up=None,
)  # fmt: skip
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([S.ACCEPTED, S.DECLINED]), st.sampled_from([OFFICIAL, HOST])),
        st.just(("appeal", "")),
        st.just(("choose", "")),
        st.just(("merge", "")),
        st.just(("part", "")),
        st.just(("answer", "")),
    ),
    max_size=12,
)


def step(question: HeardQuestion, what: object, signer: str) -> HeardQuestion:
    """Do one thing to a question, as the services do it."""
    if what in {S.ACCEPTED, S.DECLINED}:
        assert isinstance(what, QuestionState)
        code = DeclineCode.EXCLUDED if what is S.DECLINED else None
        return rules.decide_question(question, what, code, "", signer)
    if what == "appeal":
        rules.require_appeal(question, is_own=True)
        return replace(question, is_appealed=True)
    after = {"choose": S.WAITING, "merge": S.MERGED, "part": S.ASKED, "answer": S.ANSWERED}
    state = after[str(what)]
    rules.require_change(question.state, state)
    if what == "choose":
        question = replace(question, chosen="vote", waits_since=halls.TODAY)
    return replace(question, state=state)


@given(STEPS)
def test_whatever_is_tried_each_change_is_legal_or_refused(
    steps: list[tuple[object, str]],
) -> None:
    question, reached = FRESH, [S.ASKED]
    for what, signer in steps:
        try:
            after = step(question, what, signer)
        except AppError:
            continue
        if what == S.ACCEPTED and question.state is S.DECLINED:
            # Only by an appeal, once, and by another hand than declined it.
            assert question.is_appealed
            assert question.decliner != signer
        assert after.appeals <= 1
        assert (after.code is not None) == (after.state is S.DECLINED)
        assert bool(after.decliner) == (after.state is S.DECLINED)
        # Whatever waits was chosen, and whatever was chosen keeps its clock.
        assert after.state is not S.WAITING or after.waits_since is not None
        assert question.waits_since is None or after.waits_since == question.waits_since
        question = after
        reached.append(after.state)
    if S.ANSWERED in reached:
        assert S.WAITING in reached[: reached.index(S.ANSWERED)]


LONG = "x" * 200


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (LONG + "?", False),
        (LONG, True),
        ("Why?\n\n" + "y" * 1_000, True),
        ("Why?\n\n" + "y" * 1_001, False),
        ("See https://example.org/why?", False),
        ("…\n\nReasons", False),
        ("Why?\n\nhttps://example.org/why", True),
    ],
)
def test_question_is_a_short_line_with_reasons(house: House, text: str, *, is_one: bool) -> None:
    hall = halls.open_hall(house)
    raw = halls.question_record(house, hall, halls.AVA, text)
    if is_one:
        submit(house, raw)
        return
    with pytest.raises(QuestionUnfitError):
        submit(house, raw)
    with house.db.read() as work:
        assert not hearings.list_questions(work, hall.thread)


def test_it_is_asked_in_a_language_of_the_charter_and_once(house: House) -> None:
    hall = halls.open_hall(house)
    french = halls.question_record(house, hall, halls.AVA, "Pourquoi ?", language="fr")
    with pytest.raises(QuestionLanguageError):
        submit(house, french)
    halls.ask(house, hall, halls.AVA, "Where does it go?\n\nIt was here.")
    again = halls.question_record(house, hall, halls.BABAK, "where does it GO")
    with pytest.raises(StatementKnownError):
        submit(house, again)


def test_thread_of_a_hearing_takes_no_statements_and_others_no_questions(house: House) -> None:
    hall = halls.open_hall(house)
    with pytest.raises(QuestionsOnlyError):
        submit(house, statement(halls.AVA, hall.opening))
    elsewhere = factories.note(halls.AVA, board=factories.LIVE, title="Elsewhere")
    publish(house, elsewhere)
    question = halls.question_record(
        house, halls.Hall(elsewhere, "", halls.OMID), halls.AVA, "Why?"
    )
    with pytest.raises(NoHearingError):
        submit(house, question)


def test_questions_stay_as_they_were_voted_on(house: House) -> None:
    hall = halls.open_hall(house)
    raw = halls.question_record(house, hall, halls.AVA, "Where does it go?")
    publish(house, raw)
    with pytest.raises(StatementUnfitError):
        submit(house, factories.update(halls.AVA, raw, text="Who drank it?"))


def test_nobody_asks_before_it_opens_or_once_it_chooses(house: House) -> None:
    hall = halls.bound_hall(house)
    with pytest.raises(HearingNotOpenError):
        submit(house, halls.question_record(house, hall, halls.AVA, "Where does it go?"))
    halls.go_to(house, CHARTER.opens_on)
    halls.keep(house)
    halls.ask(house, hall, halls.AVA, "Where does it go?")
    # The day has come, and no keeper has looked yet.
    halls.go_to(house, CHARTER.chooses_on)
    with pytest.raises(HearingNotOpenError):
        submit(house, halls.question_record(house, hall, halls.BABAK, "And the lake?"))


def test_declined_question_is_read_and_appealed_once(house: House) -> None:
    hall = halls.open_hall(house)
    post = halls.ask(house, hall, halls.AVA, "Where does it go?")
    with pytest.raises(CodeMissingError):
        halls.decide(house, hall, post, S.DECLINED)
    halls.decide(house, hall, post, S.DECLINED, DeclineCode.SECURITY)
    for raw in (
        halls.appeal_record(house, post, halls.BABAK),
        halls.appeal_record(house, post, halls.AVA, appeals=False),
    ):
        with pytest.raises(NotTheAskerError):
            submit(house, raw)
    with pytest.raises(NoQuestionError):
        submit(house, halls.appeal_record(house, post, halls.AVA, board=factories.SQUARE.did))
    with pytest.raises(IllegalChangeError):
        halls.decide_as_host(house, hall, post, S.ACCEPTED)
    halls.appeal(house, post)
    with pytest.raises(AppealedBeforeError):
        halls.appeal(house, post)
    with pytest.raises(OwnDeclineError):
        halls.decide(house, hall, post, S.ACCEPTED)
    halls.decide_as_host(house, hall, post, S.DECLINED, DeclineCode.EXCLUDED)
    declined = halls.question_of(house, post)
    assert (declined.state, declined.code) == (S.DECLINED, DeclineCode.EXCLUDED)
    with pytest.raises(AppealedBeforeError):
        halls.appeal(house, post)


def test_appeal_that_succeeds_lets_the_old_clock_run_on(house: House) -> None:
    hall, (first, *_) = halls.chosen_hall(house)
    halls.go_to(house, CHARTER.chooses_on + 2 * DAY)
    halls.decide(house, hall, first, S.DECLINED, DeclineCode.NOT_COMPETENT)
    halls.appeal(house, first)
    halls.decide_as_host(house, hall, first, S.ACCEPTED)
    question = halls.question_of(house, first)
    assert question.state is S.WAITING
    assert question.waits_since == CHARTER.chooses_on


def test_strangers_decide_nothing(house: House) -> None:
    hall = halls.open_hall(house)
    post = halls.ask(house, hall, halls.AVA, "Where does it go?")
    hearing, code = halls.hearing_of(house, hall), DeclineCode.OFFENSIVE
    with house.db.write() as work:
        raw = hearings.sign_decision(work, halls.BABAK.key, hearing, post, S.DECLINED, code)
    with pytest.raises(WrongSignerError):
        submit(house, raw)


def test_merged_ones_are_parted_again_but_declined_ones_never_merged(house: House) -> None:
    hall = halls.open_hall(house)
    posts = halls.ask_some(house, hall, 3)
    halls.merge(house, hall, n2=1)
    halls.merge(house, hall)
    assert halls.question_of(house, posts[1]).state is S.ASKED
    halls.decide(house, hall, posts[2], S.DECLINED, DeclineCode.NOT_A_QUESTION)
    with pytest.raises(IllegalChangeError):
        halls.merge(house, hall, n3=1)
    assert halls.question_of(house, posts[2]).state is S.DECLINED
    # Once voting is over, nobody moves votes from one question to another.
    halls.go_to(house, CHARTER.chooses_on)
    with pytest.raises(CharterFixedError):
        halls.merge(house, hall, n2=1)


@pytest.mark.parametrize("away", [0, 1, 3, 30])
def test_host_that_was_away_does_what_is_due_when_it_is_back(house: House, away: int) -> None:
    hall = halls.open_hall(house, replace(CHARTER, lot=0))
    halls.ask_some(house, hall, 2)
    back = CHARTER.chooses_on + away * DAY
    halls.go_to(house, back)
    for _ in range(2):
        halls.keep(house)
        release(house)
    hearing = halls.hearing_of(house, hall)
    assert hearing.state is HearingState.CHOSEN
    with house.db.read() as work:
        clocks = {each.waits_since for each in hearings.list_questions(work, hall.thread)}
    # A clock begins when the question is chosen, and not before anybody could know of it.
    assert clocks == {back}


def test_hearing_whose_days_passed_unopened_can_be_offered_anew(house: House) -> None:
    hall = halls.bound_hall(house)
    halls.go_to(house, CHARTER.chooses_on)
    halls.keep(house)
    assert halls.hearing_of(house, hall).state is HearingState.BOUND
    later = replace(
        CHARTER,
        opens_on=CHARTER.chooses_on + DAY,
        chooses_on=CHARTER.chooses_on + 3 * DAY,
    )
    with house.db.write() as work:
        hearing = hearings.get_hearing(work, hall.thread)
        hearings.change_charter(work, house.door, hearing, later)
    assert halls.hearing_of(house, hall).state is HearingState.OFFERED
    halls.bind(house, hall)
    halls.go_to(house, later.opens_on)
    halls.keep(house)
    assert halls.hearing_of(house, hall).state is HearingState.OPEN


def test_clock_that_is_set_back_undoes_and_repeats_nothing(house: House) -> None:
    hall, waiting = halls.chosen_hall(house)
    before = halls.hearing_of(house, hall)
    halls.go_to(house, CHARTER.opens_on)
    halls.keep(house)
    halls.go_to(house, CHARTER.chooses_on + 5 * DAY)
    halls.keep(house)
    assert halls.hearing_of(house, hall) == before
    assert halls.question_of(house, waiting[0]).waits_since == CHARTER.chooses_on


def test_votes_decide_though_a_crowd_that_came_likes_another(house: House) -> None:
    hall = halls.open_hall(house, replace(CHARTER, top=1, lot=0))
    posts = halls.ask_some(house, hall, 2)
    halls.put_votes(house, hall, [{1: Vote.AGREE, 2: Vote.DISAGREE}] * 15, "invited")
    halls.put_votes(house, hall, [{1: Vote.DISAGREE, 2: Vote.AGREE}] * 200, first=500)
    (chosen,) = halls.choose(house, hall)
    assert chosen.digest == posts[0].digest
