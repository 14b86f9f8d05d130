"""Both sides of a consultation, out of answers that coins made: what is told, and how surely."""

import itertools
from dataclasses import replace

import numpy as np
import pytest
from app import opinion
from app.kernel.errors import MalformedError
from app.opinion.errors import SideNotAskedError, SideSaidError, SideTooEarlyError
from app.opinion.maths import coins, living
from app.opinion.maths.values import Integers
from app.opinion.maths.votes import Votes
from app.opinion.model import SIDES, TOSSES, Conversation, Side, Statement
from app.opinion.pages.sides import is_shared, sides_part
from app.wiring import House

from tests.opinion.booths import open_booth
from tests.opinion.samples import QUESTION, cast

pytestmark = pytest.mark.slow

SPLIT, AGREEING = (0.5, 0.4, 0.1), (0.85, 0.8, 0.5)


def asked(number: int) -> Statement:
    return Statement(
        post=bytes([number]), record_id="", number=number, text="", language="en", is_seed=False,
        merged_into=None, priority=1, is_withdrawn=False,
    )  # fmt: skip


def toss(truth: Integers, randomness: np.random.Generator) -> Integers:
    """Return what people answer who toss as the page says."""
    said = [
        truth if side is None else np.full_like(truth, SIDES.index(side)) for *_, side in TOSSES
    ]
    return np.stack(said)[randomness.integers(0, len(TOSSES), truth.size), np.arange(truth.size)]


def poll(
    people: int, randomness: np.random.Generator, agreeing: tuple[float, ...] = AGREEING
) -> tuple[Integers, Integers]:
    """Return what people answer, and the counts of one statement: answers × (agree, else)."""
    truth = randomness.choice(3, people, p=SPLIT).astype(np.int64)
    agrees = randomness.random(people) < np.array(agreeing)[truth]
    answers = toss(truth, randomness)
    table = [[(answers == one)[agrees].sum(), (answers == one)[~agrees].sum()] for one in range(3)]
    return answers, np.array(table, dtype=np.int64)


def test_tosses_of_the_page_are_the_table_that_the_estimator_inverts() -> None:
    chances = [
        [sum(side in {None, SIDES[true]} if answer == true else side is SIDES[answer]
             for *_, side in TOSSES) for answer in range(3)]
        for true in range(3)
    ]  # fmt: skip

    expected = [[len(TOSSES) * chance for chance in row] for row in coins.answer_matrix(3)]
    assert chances == expected


def test_shares_of_two_thousand_are_within_five_points() -> None:
    """Measured: 4.3 points. PRODUCT I5 asks 2.5 of a truth told every second time; ours is every fourth."""
    randomness = np.random.default_rng(5)
    found = [
        coins.estimate_shares(np.bincount(poll(2_000, randomness)[0], minlength=3)).share
        for _ in range(300)
    ]

    errors = np.sqrt(np.mean((np.array(found) - SPLIT) ** 2, axis=0))
    assert (errors < 0.05).all()
    assert abs(np.mean(found, axis=0) - SPLIT).max() < 0.01


@pytest.mark.parametrize(("people", "bound"), [(1_000, 9.0), (2_000, 6.0), (8_000, 3.0)])
def test_agreement_of_sides_is_as_sure_as_it_says(people: int, bound: float) -> None:
    randomness = np.random.default_rng(people)
    found = [living.view_sides(poll(people, randomness)[1]) for _ in range(200)]
    told = [
        (view, 100 * true)
        for views in found
        if views is not None
        for view, true in zip(views, AGREEING, strict=False)
    ]

    assert len(told) > 350
    assert np.sqrt(np.mean([(view.percent - true) ** 2 for view, true in told])) < bound
    assert np.mean([view.low <= true <= view.high for view, true in told]) >= 0.94


def test_what_both_sides_share_is_seldom_said_of_what_they_do_not() -> None:
    randomness, wrong = np.random.default_rng(9), 0
    for _ in range(300):
        table = poll(4_000, randomness, (0.9, 0.6, 0.6))[1]
        views = living.view_sides(table)
        wrong += views is not None and is_shared(*views)

    assert wrong / 300 <= 0.05
    shared = living.view_sides(poll(8_000, randomness)[1])
    assert shared is not None
    assert is_shared(*shared)


@pytest.mark.parametrize(
    "table",
    [
        [[9, 0], [60, 9], [30, 9]],
        [[40, 10], [40, 10], [20, 5]],
        [[0, 0]] * 3,
        [[400, 20], [400, 20], [9, 0]],
    ],
)
def test_nothing_is_told_of_few(table: list[list[int]]) -> None:
    assert living.view_sides(np.array(table, dtype=np.int64)) is None


def test_both_sides_are_told_or_neither() -> None:
    """Of a side that hardly anybody is of nothing is told, and nobody learns the other by itself."""
    everybody_abroad = np.array([[300, 200], [600, 400], [300, 200]])

    assert living.view_sides(everybody_abroad) is None


def test_one_answer_more_seldom_changes_what_is_told() -> None:
    """Counts are rounded to five: of five votes one alone can be seen at all."""
    table = poll(4_000, np.random.default_rng(3))[1]
    told = []
    for _ in range(50):
        table[0, 0] += 1
        told.append(living.view_sides(table))

    changes = sum(one != other for one, other in itertools.pairwise(told))
    assert None not in told
    assert changes <= 10


def test_votes_are_counted_by_what_their_voters_answered() -> None:
    votes = Votes.from_rows(
        [0, 0, 1, 2, 3], [0, 1, 0, 0, 0], [1, 0, -1, 1, 1], people=4, statements=2
    )

    counts = living.tally_sides(votes, np.array([0, 0, 1, -1]))

    assert counts.tolist() == [[[1, 1], [1, 0], [0, 0]], [[0, 1], [0, 0], [0, 0]]]


@pytest.mark.parametrize("answers", [[0], [0, 3], [-2, 0]])
def test_answer_that_there_is_not_is_refused(answers: list[int]) -> None:
    votes = Votes.from_rows([0], [0], [1], people=2, statements=1)

    with pytest.raises(MalformedError):
        living.tally_sides(votes, np.array(answers))


def say(house: House, conversation: Conversation, ballot: str | None, side: Side) -> None:
    with house.db.write() as work:
        opinion.say_side(work, conversation, ballot, side)


def test_side_is_said_once_beside_votes(house: House) -> None:
    _, conversation = open_booth(house, 1)
    cast(house, conversation, "a ballot", n1=1)
    for early in ("another", None):
        with pytest.raises(SideTooEarlyError):
            say(house, conversation, early, Side.INSIDE)
    say(house, conversation, "a ballot", Side.ABROAD)

    for again in Side:
        with pytest.raises(SideSaidError):
            say(house, conversation, "a ballot", again)

    with house.db.read() as work:
        ((_, sheet, side),) = opinion.list_sheets(work, conversation.thread)
        assert (sheet, side) == ({1: 1}, Side.ABROAD)
        assert opinion.has_said_side(work, conversation, "a ballot")
        assert not opinion.has_said_side(work, conversation, "another")


def test_consultation_that_does_not_ask_keeps_no_answer(house: House) -> None:
    _, conversation = open_booth(house, 1, replace(QUESTION, asks_side=False))
    cast(house, conversation, "a ballot", n1=1)

    with pytest.raises(SideNotAskedError):
        say(house, conversation, "a ballot", Side.INSIDE)


def test_part_of_the_results_puts_what_is_shared_first() -> None:
    statements = [asked(number) for number in (1, 2, 3, 4)]
    views = {
        "1": (view(70, 61, 79), view(90, 80, 100)),
        "2": (view(90, 80, 100), view(20, 10, 30)),
        "3": (view(90, 81, 99), view(90, 82, 98)),
    }

    part = sides_part(views, statements)

    assert [line.number for line in part.shared] == [3, 1]
    assert [line.number for line in part.others] == [2]
    assert part.untold == 1
    assert not is_shared(view(70, 60, 80), view(90, 80, 100))


def view(percent: int, low: int, high: int) -> living.View:
    return living.View(percent=percent, low=low, high=high)
