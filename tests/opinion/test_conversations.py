"""Consultations: opened, changed and closed by records; statements; votes under ballots."""

from dataclasses import replace

import pytest
from app import forum, opinion, worker
from app.forum.model import PostKind
from app.kernel.clock import DAY_S, FixedClock
from app.kernel.errors import AppError
from app.opinion import rules, store
from app.opinion.errors import (
    ConversationClosedError,
    ConversationOpenError,
    NoConversationError,
    NoStatementError,
    SelfMergeError,
    StaleConversationError,
    StatementKnownError,
    StatementUnfitError,
)
from app.opinion.model import (
    Change,
    Conversation,
    ConversationState,
    ResultsShown,
    Side,
    Statement,
    Vote,
)
from app.opinion.tables import ConversationRow
from app.wiring import House
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from tests import factories
from tests.consultations import KEYS
from tests.houses import publish, require_post, submit
from tests.opinion.samples import (
    AVA,
    BABAK,
    CYRUS,
    QUESTION,
    cast,
    change,
    open_conversation,
    statement,
)

pytestmark = pytest.mark.slow


def statements_of(house: House, conversation: Conversation) -> list[Statement]:
    with house.db.read() as work:
        return opinion.list_statements(work, conversation.thread)


def with_statements(house: House, count: int = 3) -> tuple[bytes, Conversation, list[bytes]]:
    opening, conversation = open_conversation(house)
    said = [statement(BABAK, opening, f"Statement number {n} of ours.") for n in range(count)]
    for one in said:
        publish(house, one)
    return opening, conversation, said


def test_consultation_opens_on_a_thread_by_a_record_of_the_instance(house: House) -> None:
    opening, conversation = open_conversation(house)

    assert conversation.is_open
    assert conversation.question == QUESTION.question
    assert conversation.thread == require_post(house, opening).thread
    with house.db.read() as work:
        assert opinion.list_conversations(work) == [conversation]


def test_thread_has_one_consultation(house: House) -> None:
    _, conversation = open_conversation(house)

    with house.db.write() as work:
        thread = forum.get_thread(work, conversation.thread)
    with house.db.write() as work, pytest.raises(ConversationOpenError):
        opinion.open_conversation(work, house.door, thread, QUESTION, KEYS)


def test_other_key_than_the_instances_opens_none(house: House) -> None:
    opening = factories.note(AVA)
    publish(house, opening)
    raw = factories.forged(
        factories.one_of_each_type()["Question"],
        factories.SQUARE.key,
        lambda document: document.update(inReplyTo=factories.id_of(opening)),
    )

    with pytest.raises(AppError):
        submit(house, raw)


def test_statements_are_numbered_as_readers_first_see_them(house: House) -> None:
    opening, conversation = open_conversation(house)
    first, second = statement(BABAK, opening), statement(CYRUS, opening, "Rivers belong to all.")
    submit(house, first)
    assert statements_of(house, conversation) == []
    publish(house, second)

    shown = statements_of(house, conversation)

    assert [each.number for each in shown] == [1, 2]
    assert {each.text for each in shown} == {"Rivers belong to all.", rules_text(first)}
    assert require_post(house, first).kind is PostKind.STATEMENT


def rules_text(raw: bytes) -> str:
    return str(factories.decode(raw)["contentMap"]["en"])


@pytest.mark.parametrize(
    "text", ["Two\nlines.", "x" * 281, "See https://example.org/ now.", "…", "www.example.org"]
)
def test_statement_that_nobody_could_vote_on_is_refused(house: House, text: str) -> None:
    opening, _ = open_conversation(house)

    with pytest.raises(StatementUnfitError):
        submit(house, statement(BABAK, opening, text))


def test_same_words_are_one_statement(house: House) -> None:
    opening, _ = open_conversation(house)
    submit(house, statement(BABAK, opening, "Water belongs to all."))

    with pytest.raises(StatementKnownError):
        submit(house, statement(CYRUS, opening, "water BELONGS to all!"))


def test_words_of_an_erased_statement_can_be_said_again(house: House) -> None:
    opening, conversation = open_conversation(house)
    said = statement(BABAK, opening, "Water belongs to all.")
    publish(house, said, factories.erasure(BABAK, said))

    publish(house, statement(CYRUS, opening, "Water belongs to all."))

    assert [each.is_asked for each in statements_of(house, conversation)] == [False, True]


def test_statement_needs_a_consultation(house: House) -> None:
    opening = factories.note(AVA, board=factories.LIVE)
    publish(house, opening)

    with pytest.raises(NoConversationError):
        submit(house, statement(BABAK, opening))


def test_statement_stays_as_it_was_voted_on(house: House) -> None:
    _, _, said = with_statements(house, 1)

    with pytest.raises(StatementUnfitError):
        submit(house, factories.update(BABAK, said[0]))


def test_votes_are_kept_under_a_ballot_and_the_last_one_counts(house: House) -> None:
    _, conversation, _ = with_statements(house)
    cast(house, conversation, "a ballot", n1=1, n3=0)
    cast(house, conversation, "a ballot", n1=-1)

    with house.db.read() as work:
        sheet = opinion.get_sheet(work, conversation, "a ballot")
        others = opinion.get_sheet(work, conversation, "another")

    assert sheet == {1: Vote.DISAGREE, 3: Vote.PASS}
    assert others == {}


def test_vote_is_taken_back_without_a_trace(house: House) -> None:
    _, conversation, _ = with_statements(house)
    cast(house, conversation, "a ballot", n1=1, n2=1)
    with house.db.write() as work:
        opinion.take_back_vote(work, conversation, "a ballot", 2)
        opinion.take_back_vote(work, conversation, "a ballot", 2)

    with house.db.read() as work:
        ((_, sheet, _),) = opinion.list_sheets(work, conversation.thread)
    assert sheet == {1: Vote.AGREE}


def test_vote_on_what_is_not_asked_is_refused_whole(house: House) -> None:
    _, conversation, said = with_statements(house)
    publish(house, factories.erasure(BABAK, said[1]))

    for unknown in ({"n4": 1}, {"n1": 1, "n2": 1}):
        with pytest.raises(NoStatementError):
            cast(house, conversation, "a ballot", **unknown)

    with house.db.read() as work:
        assert list(opinion.list_sheets(work, conversation.thread)) == []


def test_merged_statement_is_asked_no_more_and_can_be_given_back(house: House) -> None:
    _, conversation, said = with_statements(house)
    ids = [factories.id_of(one) for one in said]
    by_text = {each.text: each.number for each in statements_of(house, conversation)}
    first, second = (by_text[rules_text(one)] for one in said[:2])

    change(house, conversation, merged={ids[1]: ids[0]})

    merged = {each.number: each.merged_into for each in statements_of(house, conversation)}
    assert merged[second] == first
    with pytest.raises(NoStatementError):
        cast(house, conversation, "a ballot", **{f"n{second}": 1})
    change(house, conversation, merged={})
    assert all(each.is_asked for each in statements_of(house, conversation))


def test_statement_is_not_merged_into_itself_or_a_stranger(house: House) -> None:
    opening, conversation, said = with_statements(house)
    one, two, other = factories.id_of(said[0]), factories.id_of(said[1]), factories.id_of(opening)

    for merged in ({one: one}, {one: two, two: one}):
        with pytest.raises(SelfMergeError):
            change(house, conversation, merged=merged)
    with pytest.raises(NoStatementError):
        change(house, conversation, merged={one: other})


def test_change_that_was_built_on_something_older_is_refused(house: House) -> None:
    _, conversation = open_conversation(house)
    closed = Change(state=ConversationState.CLOSED, until=None, merged={})
    change(house, conversation, until=factories.TODAY)

    with house.db.write() as work, pytest.raises(StaleConversationError):
        opinion.change_conversation(work, house.door, conversation, closed)


def test_closed_consultation_takes_nothing(house: House) -> None:
    opening, conversation, _ = with_statements(house)
    closed = change(house, conversation, state=ConversationState.CLOSED)

    with pytest.raises(ConversationClosedError):
        cast(house, conversation, "a ballot", n1=1)
    with pytest.raises(ConversationClosedError):
        submit(house, statement(CYRUS, opening, "Too late."))
    with house.db.write() as work, pytest.raises(ConversationClosedError):
        opinion.say_side(work, closed, "a ballot", Side.INSIDE)


def test_consultation_closes_after_its_last_day(house: House, clock: FixedClock) -> None:
    _, conversation = open_conversation(house)
    change(house, conversation, until=factories.TODAY)
    worker.close_consultations(house)
    assert state_of(house, conversation.thread) is ConversationState.OPEN
    clock.advance(DAY_S)

    with house.db.read() as work:
        assert opinion.is_over(work, opinion.get_conversation(work, conversation.thread))
    worker.close_consultations(house)
    worker.close_consultations(house)

    with house.db.read() as work:
        closed = opinion.get_conversation(work, conversation.thread)
    assert (closed.state, closed.until) == (ConversationState.CLOSED, factories.TODAY)


def test_consultation_that_cannot_be_closed_keeps_no_other_open(
    house: House, clock: FixedClock
) -> None:
    (_, first), (_, poison), (_, third) = (open_conversation(house) for _ in range(3))
    for each in (first, poison, third):
        change(house, each, until=factories.TODAY)
    with house.db.write() as work:
        found = update(ConversationRow).where(ConversationRow.thread == poison.thread)
        work.session.execute(found.values(record_id="ap://nobody/objects/none"))
    clock.advance(DAY_S)

    worker.close_consultations(house)

    states = [state_of(house, each.thread) for each in (first, poison, third)]
    assert states == [
        ConversationState.CLOSED,
        ConversationState.OPEN,
        ConversationState.CLOSED,
    ]


def state_of(house: House, thread: str) -> ConversationState:
    """Return whether a thread's consultation is open."""
    with house.db.read() as work:
        return opinion.get_conversation(work, thread).state


def asked_next(
    house: House, conversation: Conversation, sheet: dict[int, Vote], ballot: str = "a ballot"
) -> list[int]:
    with house.db.read() as work:
        return [each.number for each in opinion.ask_next(work, conversation, sheet, ballot)]


def test_what_is_asked_next_is_the_same_until_a_vote_and_ends(house: House) -> None:
    _, conversation, _ = with_statements(house, 4)

    first = asked_next(house, conversation, {})

    assert first == asked_next(house, conversation, {})
    assert sorted(first) == [1, 2, 3, 4]
    voted = dict.fromkeys((1, 2, 3), Vote.PASS)
    assert asked_next(house, conversation, voted) == [4]
    assert asked_next(house, conversation, {**voted, 4: Vote.AGREE}) == []


@pytest.mark.parametrize(
    ("results", "voted", "least", "most"),
    [
        (ResultsShown.VOTED, 5, 0.68, 0.82),
        (ResultsShown.VOTED, 4, 0.25, 0.42),
        (ResultsShown.CLOSED, 5, 0.42, 0.58),
    ],
)
def test_who_sees_results_is_asked_by_priority_and_others_as_if_all_were_alike(
    house: House, results: ResultsShown, voted: int, least: float, most: float
) -> None:
    opening, conversation = open_conversation(house, replace(QUESTION, results=results))
    for number in range(7):
        publish(house, statement(BABAK, opening, f"Statement number {number} of ours."))
    with house.db.write() as work:
        store.set_priorities(work, conversation.thread, {7: 3_000, 6: 1_000})
    sheet = dict.fromkeys(range(1, voted + 1), Vote.PASS)

    first = [asked_next(house, conversation, sheet, f"ballot {n}")[0] for n in range(400)]

    assert least < first.count(7) / len(first) < most


@given(st.dictionaries(st.integers(1, rules.MOST_STATEMENTS), st.sampled_from(Vote)))
def test_sheet_comes_back_as_it_was_kept(sheet: dict[int, Vote]) -> None:
    assert rules.decode_sheet(rules.encode_sheet(sheet)) == sheet


@pytest.mark.parametrize(
    ("results", "state", "votes", "statements", "is_seen"),
    [
        (ResultsShown.VOTED, ConversationState.OPEN, 0, 9, False),
        (ResultsShown.VOTED, ConversationState.OPEN, 4, 9, False),
        (ResultsShown.VOTED, ConversationState.OPEN, 5, 9, True),
        (ResultsShown.VOTED, ConversationState.OPEN, 2, 2, True),
        (ResultsShown.VOTED, ConversationState.OPEN, 0, 0, False),
        (ResultsShown.CLOSED, ConversationState.OPEN, 9, 9, False),
        (ResultsShown.CLOSED, ConversationState.CLOSED, 0, 9, True),
    ],
)
def test_results_are_for_who_voted_or_for_all_at_the_close(
    house: House,
    results: ResultsShown,
    state: ConversationState,
    votes: int,
    statements: int,
    is_seen: object,
) -> None:
    _, conversation = open_conversation(house)
    shown = replace(conversation, results=results, state=state)

    assert rules.sees_results(shown, votes, statements) is is_seen
