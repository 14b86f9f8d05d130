"""Who shares many rare votes counts once together; the vouched are never looked at."""

import numpy as np
import pytest
from app.opinion.maths import lockstep
from app.opinion.maths.lockstep import find_lockstep
from app.opinion.maths.values import Mask
from app.opinion.maths.votes import Votes


def crowd(bots: int, *, rare: int = 6, vouched: int = 60) -> tuple[Votes, Mask]:
    """Return votes of people who all agree, and of bots who disagree on `rare` of 10 statements."""
    views = np.ones((vouched + bots, 10), dtype=np.int64)
    views[vouched:, :rare] = -1
    rows, columns = np.indices(views.shape)
    votes = Votes.from_rows(
        rows.ravel(), columns.ravel(), views.ravel(), people=vouched + bots, statements=10
    )
    return votes, np.arange(vouched + bots) < vouched


def test_crowd_counts_once() -> None:
    found = find_lockstep(*crowd(20))

    assert found.people == 20
    assert found.cluster[60:].tolist() == [0] * 20
    assert np.isclose(found.weight[60:].sum(), 1)
    assert (found.weight[:60] == 1).all()


def test_few_people_or_few_rare_votes_are_no_crowd() -> None:
    assert find_lockstep(*crowd(7)).people == 0
    assert find_lockstep(*crowd(20, rare=4)).people == 0


def test_vouched_people_are_never_in_a_crowd() -> None:
    votes, vouched = crowd(20, vouched=300)
    assert find_lockstep(votes, vouched).people == 20

    vouched[300:310] = True
    found = find_lockstep(votes, vouched)

    assert found.people == 10
    assert (found.weight[vouched] == 1).all()


def test_nothing_is_rare_where_few_vouched_people_voted() -> None:
    assert find_lockstep(*crowd(20, vouched=9)).people == 0


def test_passing_is_never_rare() -> None:
    votes, vouched = crowd(20)
    passed = np.where(votes.table.data < 0, 0, votes.table.data).astype(np.int64)
    votes = Votes.from_rows(
        votes.person_of_each(), votes.table.indices, passed, people=80, statements=10
    )

    assert find_lockstep(votes, vouched).people == 0


def test_lists_that_differ_in_one_vote_are_one_crowd() -> None:
    votes, vouched = crowd(16, rare=7)
    person, statement = votes.person_of_each(), votes.table.indices
    vote = votes.table.data.astype(np.int64).copy()
    vote[(person >= 68) & (statement == 0)] = 1
    other = Votes.from_rows(person, statement, vote, people=76, statements=10)

    found = find_lockstep(other, vouched)

    assert found.people == 16
    assert set(found.cluster[60:].tolist()) == {0}


def test_two_crowds_are_two_and_numbered_by_their_first() -> None:
    views = np.ones((84, 20), dtype=np.int64)
    views[60:84:2, :6] = -1
    views[61:84:2, 10:16] = -1
    rows, columns = np.indices(views.shape)
    votes = Votes.from_rows(rows.ravel(), columns.ravel(), views.ravel(), people=84, statements=20)

    found = find_lockstep(votes, np.arange(84) < 60)

    assert found.cluster[60:].tolist() == [0, 1] * 12
    assert np.allclose(found.weight[60:], 1 / 12)


def test_nobody_and_nothing() -> None:
    for people, statements in ((0, 0), (3, 0), (0, 3)):
        votes = Votes.from_rows([], [], [], people=people, statements=statements)

        assert find_lockstep(votes, np.zeros(people, dtype=np.bool_)).people == 0


def test_crowd_of_different_lists_is_found_without_comparing_all(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Forty bots share six rare votes and each has one of its own; lists are compared with ten."""
    views = np.ones((140, 50), dtype=np.int64)
    views[100:, :6] = -1
    views[np.arange(100, 140), np.arange(10, 50)] = -1
    rows, columns = np.indices(views.shape)
    votes = Votes.from_rows(rows.ravel(), columns.ravel(), views.ravel(), people=140, statements=50)
    monkeypatch.setattr(lockstep, "MOST_COMPARED", 10)

    found = find_lockstep(votes, np.arange(140) < 100)

    assert found.people == 40
    assert found.cluster[100:].tolist() == [0] * 40
