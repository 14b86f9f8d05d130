"""Conversations with next to nothing in them, or with too much, are analysed and said to be so."""

import numpy as np
import pytest
from app.opinion.maths.analysis import Analysis, analyse
from app.opinion.maths.choice import NoGroups, adjusted_rand
from app.opinion.maths.groups import choose_learners, list_participants
from app.opinion.maths.intervals import wilson
from app.opinion.maths.kmeans import cluster
from app.opinion.maths.plane import learn_plane, project
from app.opinion.maths.representative import (
    find_majority,
    find_representative,
    z_of_difference,
    z_of_share,
)
from app.opinion.maths.tallies import Tallies
from app.opinion.maths.votes import Votes
from hypothesis import given
from hypothesis import strategies as st

rows = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 8), st.integers(-1, 1)), max_size=120)


def require_sane(analysis: Analysis) -> None:
    consensus = analysis.consensus
    for array in (
        analysis.points,
        consensus.product,
        consensus.lower,
        consensus.upper,
        analysis.priorities,
    ):
        assert np.isfinite(array).all()
    assert (consensus.lower <= consensus.upper).all()
    assert (consensus.product_lower <= consensus.product + 1e-12).all()
    assert (consensus.product_lower <= consensus.product_upper).all()
    assert len(analysis.ranked) == (~analysis.withdrawn).sum()


def everybody(vote: int, people: int = 30, statements: int = 10) -> Votes:
    person, statement = np.divmod(np.arange(people * statements), statements)
    return Votes.from_rows(
        person, statement, np.full(person.size, vote), people=people, statements=statements
    )


@given(rows, st.sampled_from([None, 1, 2, 5]))
def test_any_few_votes_are_analysed(cast: list[tuple[int, int, int]], groups: int | None) -> None:
    table = np.array(cast, dtype=np.int64).reshape(-1, 3)
    votes = Votes.from_rows(table[:, 0], table[:, 1], table[:, 2], people=20, statements=9)

    require_sane(analyse(votes, groups=groups))


@pytest.mark.parametrize("vote", [-1, 0, 1])
def test_all_of_one_mind_are_no_groups(vote: int) -> None:
    analysis = analyse(everybody(vote))

    require_sane(analysis)
    assert (analysis.groups, analysis.choice.reason) == (0, NoGroups.BY_CHANCE)
    assert not analysis.points.any()
    assert analyse(everybody(vote), groups=3).groups == 1


@pytest.mark.parametrize(
    ("people", "statements"), [(1, 10), (10, 1), (1, 1), (14, 9), (0, 0), (5, 0)]
)
def test_few_people_are_no_groups(people: int, statements: int) -> None:
    analysis = analyse(everybody(1, people, statements))

    require_sane(analysis)
    assert (analysis.groups, analysis.choice.reason) == (0, NoGroups.TOO_FEW)


def test_three_camps_of_one_mind_each_are_three_groups() -> None:
    """Both axes spread equally far, so each half finds them turned; the groups are the same."""
    votes = np.ones((60, 30), dtype=int)
    for camp in range(3):
        votes[camp * 20 : camp * 20 + 20, camp * 10 : camp * 10 + 10] = -1
    person, statement = np.divmod(np.arange(votes.size), 30)

    analysis = analyse(
        Votes.from_rows(person, statement, votes.reshape(-1), people=60, statements=30)
    )

    assert (analysis.groups, analysis.choice.reason) == (3, None)
    assert adjusted_rand(analysis.labels, np.arange(60) // 20) == 1


def test_one_statement_parts_nobody_for_sure() -> None:
    vote = np.tile([1, -1], 50)
    votes = Votes.from_rows(
        np.arange(100), np.zeros(100, dtype=int), vote, people=100, statements=1
    )

    analysis = analyse(votes)

    require_sane(analysis)
    assert (analysis.groups, analysis.choice.reason) == (0, NoGroups.BY_CHANCE)


@pytest.mark.slow
def test_ten_thousand_statements_are_analysed() -> None:
    randomness = np.random.default_rng(3)
    person, statement = randomness.integers(0, 300, 20_000), randomness.integers(0, 10_000, 20_000)
    votes = Votes.from_rows(
        person, statement, randomness.integers(-1, 2, 20_000), people=300, statements=10_000
    )

    analysis = analyse(votes)

    require_sane(analysis)
    assert analysis.groups == 0


def test_who_voted_most_fills_up_to_fifteen() -> None:
    person = np.repeat(np.arange(20), [8] * 5 + [3] * 12 + [1] * 3)
    statement = np.concatenate([np.arange(count) for count in [8] * 5 + [3] * 12 + [1] * 3])
    votes = Votes.from_rows(person, statement, np.ones_like(person), people=20, statements=20)

    # Twelve voted equally often: all of them are in, for none has a better claim.
    assert list_participants(votes, 20).tolist() == [True] * 17 + [False] * 3
    assert list_participants(votes, 1).tolist() == [True] * 20


def test_who_did_not_vote_lies_in_the_middle() -> None:
    votes = Votes.from_rows([0, 0, 1], [0, 1, 1], [1, -1, 1], people=4, statements=3)

    points = project(learn_plane(votes), votes)

    assert points.shape == (4, 2)
    assert not points[2:].any()


def test_groups_may_be_learnt_on_some_people_only() -> None:
    randomness = np.random.default_rng(5)
    person, statement = np.divmod(np.arange(40 * 20), 20)
    votes = Votes.from_rows(
        person, statement, randomness.integers(-1, 2, 800), people=40, statements=20
    )
    some = np.arange(40) < 25

    plane = learn_plane(votes.of_people(some))

    assert np.allclose(project(plane, votes)[some], project(plane, votes.of_people(some)))


def test_groups_of_many_are_learnt_from_those_who_vote_often() -> None:
    points = np.random.default_rng(2).normal(size=(30_000, 2))
    many, few = (
        np.where(np.arange(30_000) < 12_000, 25, 7),
        np.where(np.arange(30_000) < 500, 25, 7),
    )

    assert set(choose_learners(points, many, 1)) == set(range(12_000))
    assert len(set(choose_learners(points, few, 1))) == 20_000
    assert choose_learners(points[:20_000], few[:20_000], 1).size == 20_000
    assert (choose_learners(points, few, 1) == choose_learners(points, few, 1)).all()


@pytest.mark.slow
def test_halves_of_many_are_halves_of_some() -> None:
    person, statement = np.divmod(np.arange(10_500 * 8), 8)
    camp = person % 2
    wish = np.random.default_rng(4).random(person.size) < np.where(statement % 2 == camp, 0.9, 0.1)
    votes = Votes.from_rows(person, statement, np.where(wish, 1, -1), people=10_500, statements=8)

    analysis = analyse(votes)

    assert (analysis.groups, analysis.choice.reason) == (2, None)
    assert adjusted_rand(analysis.labels, np.arange(10_500) % 2) > 0.9


def test_clusters_of_points_that_coincide_are_fewer() -> None:
    points = np.repeat(np.array([[0.0, 0.0], [4.0, 0.0]]), [3, 5], axis=0)

    found = cluster(points, np.ones(8), 5, seed=1)

    assert found.centres.tolist() == [[0, 0], [4, 0]]
    assert found.weights.tolist() == [3, 5]
    assert found.inertia == 0


def tallies_of(*groups: list[tuple[int, int, int]]) -> Tallies:
    return Tallies(np.array(groups, dtype=np.int64))


def test_polis_tests_have_their_values() -> None:
    """By hand: 2√11 (9/11 - 1/2); pooled share 12/22, difference 6/11."""
    share = z_of_share(np.array([8]), np.array([10]))
    difference = z_of_difference(np.array([8]), np.array([10]), np.array([2]), np.array([10]))
    certain = z_of_difference(np.array([10]), np.array([10]), np.array([10]), np.array([10]))

    assert share[0] == pytest.approx(2 * 11**0.5 * (9 / 11 - 0.5), abs=1e-12)
    assert difference[0] == pytest.approx(
        (6 / 11) / ((12 / 22) * (10 / 22) * (2 / 11)) ** 0.5, abs=1e-12
    )
    assert certain[0] == 0


def test_what_a_group_holds_more_than_others_represents_it() -> None:
    one = [(2, 0, 40), (40, 0, 2), (20, 2, 20), (0, 0, 42)]
    other = [(40, 0, 2), (2, 0, 40), (20, 2, 20), (0, 0, 42)]

    found = find_representative(tallies_of(one, other), np.zeros(4, dtype=bool))

    said = [(row.group, row.statement, row.is_agreed) for row in found]
    assert said == [(0, 0, True), (0, 1, False), (1, 1, True), (1, 0, False)]


def test_each_group_is_represented_by_one_at_least_and_five_at_most() -> None:
    alike = [[(5, 0, 5)] * 3] * 2
    apart = [[(0, 0, 30)] * 9, [(30, 0, 0)] * 9]

    few = find_representative(tallies_of(*alike), np.zeros(3, dtype=bool))
    many = find_representative(tallies_of(*apart), np.zeros(9, dtype=bool))

    assert [sum(row.group == group for row in few) for group in range(2)] == [1, 1]
    assert [sum(row.group == group for row in many) for group in range(2)] == [5, 5]


def test_what_is_withdrawn_represents_nobody() -> None:
    counts = tallies_of([(0, 0, 30), (1, 0, 2)], [(30, 0, 0), (1, 0, 2)])
    left_out = np.array([True, False])

    assert {row.statement for row in find_representative(counts, left_out)} == {1}


def test_what_is_withdrawn_is_no_majority() -> None:
    counts = tallies_of([(0, 0, 30), (30, 0, 0), (0, 0, 20)])

    found = find_majority(counts, np.array([True, True, False]))

    assert [row.statement for row in found] == [2]


def test_majority_agrees_and_disagrees() -> None:
    found = find_majority(
        tallies_of([(0, 1, 40), (40, 1, 0), (20, 0, 20)]), np.zeros(3, dtype=bool)
    )

    assert [(row.statement, row.is_agreed, row.votes, row.seen) for row in found] == [
        (0, True, 40, 41), (1, False, 40, 41),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "whole", "lower", "upper"),
    [
        (0, 0, 0, 1),
        (0, 10, 0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (10, 10, 0.7225, 1),
        (81, 263, 0.2553, 0.3662),
    ],
)
def test_wilson_intervals_are_those_of_the_tables(
    part: int, whole: int, lower: float, upper: float
) -> None:
    """The last is Newcombe's example (Statistics in Medicine 17, 1998)."""
    low, high = wilson(np.array([part]), np.array([whole]))

    assert (low[0], high[0]) == (pytest.approx(lower, abs=5e-5), pytest.approx(upper, abs=5e-5))
