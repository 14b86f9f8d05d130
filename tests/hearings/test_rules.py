"""What holds of hearings: states, charters, the quota, commitments."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from app.forum import ThreadId
from app.hearings import rules
from app.hearings.errors import (
    AimOpenError,
    CharterFixedError,
    CharterUnfitError,
    EvidenceMissingError,
    IllegalChangeError,
)
from app.hearings.model import (
    Aim,
    AimVerdict,
    Charter,
    Commitment,
    CommitmentState,
    DeclineCode,
    Hearing,
    HearingState,
    Promise,
    QuestionState,
    Tally,
    Verdict,
)
from app.hearings.rules import commitments as promises
from app.listening.maths import survival
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 12, 1)
AIM = Aim(text="A date for the dam's report", measure="It is published")
CHARTER = Charter(
    opens_on=DAY,
    chooses_on=DAY + timedelta(5),
    ends_on=DAY + timedelta(14),
    languages=("fa", "en"),
    excluded=("names of prisoners",),
    top=2,
    lot=1,
    aims=(AIM,),
)
LEGAL = {
    "asked": "accepted declined merged",
    "merged": "asked",
    "accepted": "declined merged waiting",
    "declined": "accepted",
    "waiting": "answered declined",
    "answered": "followed-up rated",
    "rated": "followed-up",
    "followed-up": "settled",
    "settled": "",
}
PROMISE = Commitment(
    post=b"promise",
    record_id="ap://promise",
    board="did:key:board",
    hearing=None,
    promise=Promise(
        owner="The minister",
        measure="It is published",
        due_on=DAY,
        theme="Water",
        official="did:key:minister",
    ),
    filed_on=DAY,
    filer="did:key:reader",
    owned_on=None,
    state=CommitmentState.NOT_STARTED,
    changed_on=None,
    head=b"promise",
)


HALL = Hearing(
    thread=ThreadId("water"),
    board="did:key:board",
    record_id="ap://hearing",
    official="did:key:minister",
    text="Ask.",
    language="en",
    charter=replace(CHARTER, aims=(AIM, replace(AIM, text="A second aim"))),
    head=b"head",
    state=HearingState.CHOSEN,
    bound_on=DAY,
)


def tally(question: str, sampled: int, voters: int = 10, came: int = 0) -> Tally:
    return Tally(
        question=question, sampled=sampled, sampled_voters=voters, came=came, came_voters=came
    )


@pytest.mark.parametrize("before", QuestionState)
@pytest.mark.parametrize("after", QuestionState)
def test_every_change_of_a_question_is_legal_or_refused(
    before: QuestionState, after: QuestionState
) -> None:
    if after.value in LEGAL[before.value].split():
        rules.require_change(before, after)
        return
    with pytest.raises(IllegalChangeError):
        rules.require_change(before, after)


@given(st.lists(st.sampled_from(QuestionState)))
def test_whatever_is_tried_an_answered_question_was_waiting(tried: list[QuestionState]) -> None:
    state, past = QuestionState.ASKED, [QuestionState.ASKED]
    for after in tried:
        try:
            rules.require_change(state, after)
        except IllegalChangeError:
            continue
        state = after
        past.append(after)

    if QuestionState.ANSWERED in past:
        assert past[past.index(QuestionState.ANSWERED) - 1] is QuestionState.WAITING
    assert past.count(QuestionState.FOLLOWED_UP) <= 1


def test_decline_is_appealed_once() -> None:
    rules.require_change(QuestionState.DECLINED, QuestionState.ACCEPTED)
    with pytest.raises(IllegalChangeError):
        rules.require_change(QuestionState.DECLINED, QuestionState.ACCEPTED, appeals=1)


def test_declines_have_at_most_twelve_codes() -> None:
    assert len(DeclineCode) <= 12


def test_clock_runs_while_the_official_is_asked() -> None:
    running = {state.value for state in QuestionState if rules.has_clock(state)}
    assert running == {"waiting", "followed-up"}


@pytest.mark.parametrize(
    "changed",
    [
        {"chooses_on": DAY},
        {"ends_on": DAY + timedelta(4)},
        {"ends_on": DAY + timedelta(93)},
        {"aims": ()},
        {"aims": tuple(Aim(text=str(n), measure="") for n in range(11))},
        {"languages": ()},
        {"top": 0, "lot": 0},
        {"top": 90, "lot": 11},
        {"top": -1, "lot": 3},
    ],
)
def test_charter_that_makes_no_hearing_is_refused(changed: dict[str, object]) -> None:
    rules.require_charter(CHARTER)
    with pytest.raises(CharterUnfitError):
        rules.require_charter(replace(CHARTER, **changed))  # type: ignore[arg-type]  # by name


def test_charter_holds_once_the_hearing_is_open() -> None:
    raised = replace(CHARTER, top=1)

    rules.require_movable(CHARTER, raised, DAY - timedelta(1), has_mandate=False)
    rules.require_movable(CHARTER, CHARTER, DAY, has_mandate=False)
    rules.require_movable(CHARTER, raised, DAY, has_mandate=True)
    with pytest.raises(CharterFixedError):
        rules.require_movable(CHARTER, raised, DAY, has_mandate=False)


def test_sampled_vote_chooses_and_the_lot_draws_from_the_rest() -> None:
    tallies = [tally("a", 9), tally("b", 2, came=1_000), tally("c", 7), tally("d", 1)]

    best, drawn = rules.choose(CHARTER, tallies, b"seed")

    assert best == ["a", "c"]
    assert len(drawn) == 1
    assert set(drawn) <= {"b", "d"}


def test_without_a_sample_those_who_came_choose() -> None:
    tallies = [tally("a", 0, 0, came=3), tally("b", 0, 0, came=50)]

    assert rules.choose(replace(CHARTER, top=1, lot=0), tallies, b"")[0] == ["b"]


def test_crowd_lifts_no_question_above_what_the_lot_wants() -> None:
    """It asks late, so that hardly anybody drawn by lot votes on its question."""
    tallies = [tally("wanted", 6), tally("crowd", 0, 0, came=1_000), tally("unwanted", 3)]

    ranked = rules.choose(replace(CHARTER, top=3, lot=0), tallies, b"")[0]

    assert ranked == ["wanted", "crowd", "unwanted"]


def test_two_voters_do_not_carry_a_question_over_thirty() -> None:
    tallies = [tally("two", 2, 2), tally("thirty", 28, 30)]

    assert rules.choose(replace(CHARTER, top=1, lot=0), tallies, b"")[0] == ["thirty"]


@given(st.permutations([tally(str(n), n % 5) for n in range(9)]), st.binary())
def test_choice_is_the_same_in_any_order(tallies: list[Tally], seed: bytes) -> None:
    again = sorted(tallies, key=lambda each: each.question)

    assert rules.choose(CHARTER, tallies, seed) == rules.choose(CHARTER, again, seed)


def test_lot_draws_everybody_as_often() -> None:
    tallies = [tally(str(number), 0) for number in range(4)]
    lot = replace(CHARTER, top=0, lot=1)

    drawn = [rules.choose(lot, tallies, str(seed).encode())[1][0] for seed in range(2_000)]

    assert all(430 < drawn.count(str(number)) < 570 for number in range(4))


def test_whoever_picks_an_address_that_comes_first_wins_no_tie() -> None:
    """Counts are rounded, so that many are alike; who asks chooses the last part of an address."""
    tallies = [tally(f"ap://board/{'a' * 26 if number == 0 else number}", 5) for number in range(4)]
    vote = replace(CHARTER, top=1, lot=0)

    best = [rules.choose(vote, tallies, str(seed).encode())[0][0] for seed in range(2_000)]

    assert all(430 < best.count(each.question) < 570 for each in tallies)


@pytest.mark.parametrize("evidence", ["", "I saw it", "javascript:alert(1)"])
def test_status_changes_on_evidence_alone(evidence: str) -> None:
    promises.require_status(
        CommitmentState.NOT_STARTED, CommitmentState.KEPT, "https://example.org/"
    )
    with pytest.raises(EvidenceMissingError):
        promises.require_status(CommitmentState.NOT_STARTED, CommitmentState.KEPT, evidence)


@pytest.mark.parametrize("state", CommitmentState)
def test_status_that_is_none_is_refused(state: CommitmentState) -> None:
    with pytest.raises(IllegalChangeError):
        promises.require_status(state, state, "https://example.org/")


@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [
        (CommitmentState.NOT_STARTED, 0, False),
        (CommitmentState.NOT_STARTED, 1, True),
        (CommitmentState.IN_PROGRESS, 400, True),
        (CommitmentState.KEPT, 400, False),
        (CommitmentState.BROKEN, 400, False),
    ],
)
def test_commitment_is_overdue_by_itself(
    state: CommitmentState, days: int, expected: object
) -> None:
    assert promises.is_overdue(replace(PROMISE, state=state), DAY + timedelta(days)) is expected


def closing(*verdicts: tuple[int, Verdict]) -> list[AimVerdict]:
    return [AimVerdict(aim=aim, verdict=verdict, why="Seen.") for aim, verdict in verdicts]


def test_hearing_closes_once_each_aim_has_its_verdict() -> None:
    promises.require_closing(HALL, closing((1, Verdict.UNKNOWN), (2, Verdict.MET)))
    with pytest.raises(AimOpenError):
        promises.require_closing(HALL, closing((1, Verdict.MET)))
    for wrong in (((1, Verdict.MET), (1, Verdict.MET), (2, Verdict.MET)), ((3, Verdict.MET),)):
        with pytest.raises(IllegalChangeError):
            promises.require_closing(HALL, closing(*wrong))


@pytest.mark.parametrize("state", [s for s in HearingState if s is not HearingState.CHOSEN])
def test_hearing_whose_questions_are_not_chosen_does_not_close(state: HearingState) -> None:
    with pytest.raises(IllegalChangeError):
        promises.require_closing(
            replace(HALL, state=state), closing((1, Verdict.MET), (2, Verdict.MET))
        )


@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), max_size=40))
def test_median_is_that_of_an_independent_estimate(days: list[tuple[int, bool]]) -> None:
    waited = np.array([day for day, _ in days], dtype=np.int64)
    answered = np.array([was for _, was in days], dtype=np.bool_)
    other = survival.follow(waited, answered=answered)
    found = promises.find_median(days)

    # Where the share is a half but for the last bit, a machine's arithmetic may miss it.
    near = [step for step in other.steps if abs(step.share - 0.5) < 1e-9]
    assert found == (near[0].day if near else other.median)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The gauge is low. We will open the weir.", ["We will open the weir."]),
        ("I'll publish it!\nIt rains.", ["I'll publish it!"]),
        ("Nous publierons le rapport. Il pleut.", ["Nous publierons le rapport."]),
        ("Je m’engage à répondre.", ["Je m’engage à répondre."]),
        ("سد را تا فروردین باز خواهیم کرد. آب کم است.", ["سد را تا فروردین باز خواهیم کرد."]),
        ("قول می‌دهم که گزارش منتشر شود.", ["قول می‌دهم که گزارش منتشر شود."]),
        ("Nobody knows what they will do.", []),
        ("", []),
    ],
)
def test_sentences_that_promise_are_found(text: str, expected: list[str]) -> None:
    assert promises.find_promises(text) == expected
