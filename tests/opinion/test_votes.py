"""The table of votes: a pass is a vote, a later row replaces, nothing outside is taken in."""

import numpy as np
import pytest
from app.kernel.errors import MalformedError
from app.opinion.maths.votes import Votes
from hypothesis import given
from hypothesis import strategies as st

rows = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 6), st.integers(-1, 1)), max_size=60)
Row = tuple[int, int, int]


def table_of(cast: list[Row], people: int = 5, statements: int = 7) -> Votes:
    person, statement, vote = (
        (list(column) for column in zip(*cast, strict=True)) if cast else ([], [], [])
    )
    return Votes.from_rows(person, statement, vote, people=people, statements=statements)


def cells_of(votes: Votes) -> dict[tuple[int, int], int]:
    table = votes.table
    persons = votes.person_of_each().tolist()
    return dict(
        zip(zip(persons, table.indices.tolist(), strict=True), table.data.tolist(), strict=True)
    )


@given(rows)
def test_last_vote_of_each_cell_is_kept(cast: list[Row]) -> None:
    votes = table_of(cast)

    assert cells_of(votes) == {(person, statement): vote for person, statement, vote in cast}
    assert votes.cast == len(cells_of(votes))
    assert votes.table.has_sorted_indices


@given(rows)
def test_delivery_twice_is_delivery_once(cast: list[Row]) -> None:
    assert cells_of(table_of(cast * 2)) == cells_of(table_of(cast))


def test_passes_are_votes_and_unseen_is_not() -> None:
    votes = table_of([(0, 0, 0), (0, 1, 1), (3, 0, 0)])

    assert votes.count_by_person().tolist() == [2, 0, 0, 1, 0]
    assert votes.count_by_statement().tolist() == [2, 1, 0, 0, 0, 0, 0]
    assert (votes.people, votes.statements, votes.cast) == (5, 7, 3)


@given(rows, st.lists(st.booleans(), min_size=5, max_size=5))
def test_some_people_are_numbered_anew(cast: list[Row], chosen: list[bool]) -> None:
    votes = table_of(cast)
    number = {person: place for place, person in enumerate(np.flatnonzero(chosen).tolist())}

    some = votes.of_people(np.array(chosen))

    assert some.people == len(number)
    assert cells_of(some) == {
        (number[person], statement): vote
        for (person, statement), vote in cells_of(votes).items()
        if person in number
    }


@given(rows, st.lists(st.booleans(), min_size=7, max_size=7))
def test_withdrawn_statements_keep_their_numbers(cast: list[Row], gone: list[bool]) -> None:
    votes = table_of(cast)

    kept = votes.without_statements(np.array(gone))

    assert (kept.people, kept.statements) == (5, 7)
    assert cells_of(kept) == {
        cell: vote for cell, vote in cells_of(votes).items() if not gone[cell[1]]
    }


def test_votes_cannot_be_changed() -> None:
    votes = table_of([(0, 0, 1)])

    for array in (votes.table.data, votes.table.indices, votes.table.indptr):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


@pytest.mark.parametrize(
    ("person", "statement", "vote"),
    [
        pytest.param([5], [0], [1], id="person beyond"),
        pytest.param([-1], [0], [1], id="person before"),
        pytest.param([0], [7], [1], id="statement beyond"),
        pytest.param([0], [-1], [1], id="statement before"),
        pytest.param([0], [0], [2], id="vote beyond"),
        pytest.param([0], [0], [-2], id="vote before"),
        pytest.param([0], [0], [300], id="vote that would wrap around"),
        pytest.param([0.5], [0], [1], id="half a person"),
        pytest.param([0, 1], [0], [1], id="uneven"),
    ],
)
def test_rows_outside_the_table_are_refused(
    person: list[int], statement: list[int], vote: list[int]
) -> None:
    with pytest.raises(MalformedError):
        Votes.from_rows(person, statement, vote, people=5, statements=7)


def test_table_that_no_number_can_hold_is_refused() -> None:
    with pytest.raises(MalformedError, match="too large"):
        Votes.from_rows([0], [0], [1], people=2**40, statements=2**24)
