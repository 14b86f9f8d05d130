"""What can be learnt about one person by comparing what is published: nothing, in any of three ways."""

from collections import defaultdict
from itertools import product

import numpy as np
import pytest
from app.kernel.errors import MalformedError
from app.opinion.maths import disclosure
from app.opinion.maths.disclosure import Release, Silence, count_changed, release_table
from app.opinion.maths.values import Integers
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

LARGE = np.array([[40, 20, 60], [30, 15, 55]])


def released(table: Integers, last: Release | None = None) -> Release:
    found = release_table(table, last)
    assert isinstance(found, Release)
    return found


def test_table_of_many_is_told_in_fives() -> None:
    found = released(LARGE + np.array([[1, 2, 3], [4, 0, 2]]))

    assert found.rounded.tolist() == [[40, 20, 65], [35, 15, 55]]
    assert found.cut == ((0,), (1,), (2,))


def test_answers_are_put_together_until_no_count_is_small() -> None:
    few_pass = released(np.array([[40, 2, 60], [30, 15, 55]]))
    all_agree = released(np.array([[3, 2, 60], [40, 9, 12]]))
    torn = released(np.array([[4, 2, 8], [30, 15, 55]]))

    assert few_pass.cut == all_agree.cut == ((0, 1), (2,))
    assert few_pass.rounded.tolist() == [[40, 60], [45, 55]]
    assert all_agree.rounded.tolist() == [[disclosure.FEW, 60], [50, 10]]
    assert torn.cut == ((0, 1, 2),)
    assert torn.rounded.tolist() == [[15], [100]]


@given(st.lists(st.lists(st.integers(0, 40), min_size=3, max_size=3), min_size=1, max_size=4))
def test_no_count_of_fewer_than_ten_is_told(rows: list[list[int]]) -> None:
    table = np.array(rows)
    found = release_table(table)

    if found is Silence.FEW_PEOPLE:
        assert table.sum(axis=1).min() < disclosure.LEAST_PEOPLE
        return
    assert isinstance(found, Release)
    exact = np.stack([table[:, list(part)].sum(axis=1) for part in found.cut], axis=1)
    told = found.rounded != disclosure.FEW
    assert (told == (exact >= disclosure.LEAST_PEOPLE)).all()
    assert told.any(axis=1).all()
    assert np.abs(found.rounded - exact)[told].max() <= disclosure.STEP // 2
    assert not (found.rounded % disclosure.STEP).any()


def test_few_are_told_as_few_be_they_nine_or_nobody() -> None:
    told = [
        released(np.array([[others, 0, 60], [30, 0, 40]])).rounded.tolist() for others in range(10)
    ]

    assert told == [[[disclosure.FEW, 60], [30, 40]]] * 10


def test_small_group_is_not_had_back_from_the_whole() -> None:
    """Total against parts: the attacker knows the table of all, and takes the large group off it."""
    small = np.array([1, 0, 3])
    whole = released((LARGE[0] + small)[None])

    parts = release_table(np.stack([LARGE[0], small]))

    assert parts is Silence.FEW_PEOPLE
    # Nor does the whole tell by itself that the four are in it: without them it could look the same.
    assert not isinstance(parts, Release)
    assert (np.abs(whole.rounded - LARGE[0]) <= disclosure.STEP).all()


def test_two_cuts_of_the_same_people_do_not_tell_the_rest() -> None:
    """With and without a group: three people are in one table and not in the other.

    Unrounded, the difference is what they said. Rounded, it fits several things that they could
    have said, but for one time in a thousand: each said something else, and each tipped a cell.
    """
    three = [(n, m, 3 - n - m) for n in range(4) for m in range(4 - n)]
    seen = defaultdict[bytes, list[tuple[int, ...]]](list)
    for said in three:
        for others in product(range(disclosure.STEP), repeat=3):
            without = LARGE[0] + np.array(others)
            tables = (released(each[None]).rounded for each in (without, without + said))
            seen[b"".join(table.tobytes() for table in tables)].append(said)
    told = sum(len(fitting) for fitting in seen.values() if len(set(fitting)) == 1)

    assert told <= len(three) * disclosure.STEP**3 // 1_000


def test_one_person_who_joins_changes_nothing_that_is_told() -> None:
    """Consecutive releases: the attacker looks before and after the one whom he watches."""
    first = released(np.array([[12, 12, 12], [22, 22, 22]]))
    for place in np.ndindex(2, 3):
        table = first.exact.copy()
        table[place] += 1

        assert release_table(table, first) is first


def test_nine_change_nothing_and_ten_do() -> None:
    first = released(LARGE)
    nine, ten = LARGE + np.array([[0, 0, 9], [0, 0, 0]]), LARGE + np.array([[0, 0, 9], [1, 0, 0]])

    assert release_table(nine, first) is first
    assert released(ten, first).rounded.tolist() == [[40, 20, 70], [30, 15, 55]]


def test_who_moves_counts_once() -> None:
    moved = LARGE + np.array([[-4, 0, 4], [0, -5, 5]])

    assert count_changed(LARGE, moved) == 9
    assert count_changed(moved, LARGE) == 9
    assert count_changed(LARGE, LARGE) == 0


def test_same_people_cut_otherwise_are_no_new_table() -> None:
    """One person moves when three groups become two; the two tables side by side would show it."""
    three = np.array([[40, 20, 60], [30, 15, 55], [20, 20, 21]])
    first = released(three)
    two = np.array([[40, 20, 61], [50, 35, 75]])

    assert release_table(two, first) is first
    assert isinstance(release_table(two + 10, first), Release)


def test_silence_after_a_release_ends_where_it_began() -> None:
    """Ten leave and nine come back, with one more: who compares the two releases sees that one."""
    first = released(np.array([[15, 15, 15]]))

    assert release_table(np.array([[0, 2, 3]]), first) is Silence.FEW_PEOPLE
    assert release_table(np.array([[14, 15, 16]]), first) is first


class Changing(RuleBasedStateMachine):
    """People come, go, move and answer anew, one at a time; the attacker keeps every release."""

    def __init__(self) -> None:
        super().__init__()
        self.people = {n: (n % 2, n % 3) for n in range(90)}
        self.next = 90
        self.at_release = dict(self.people)
        self.last = released(self.table())

    def table(self) -> Integers:
        table = np.zeros((2, 3), dtype=np.int64)
        for place in self.people.values():
            table[place] += 1
        return table

    @rule(group=st.integers(0, 1), answer=st.integers(0, 2), number=st.integers(1, 12))
    def come(self, group: int, answer: int, number: int) -> None:
        for _ in range(number):
            self.people[self.next] = (group, answer)
            self.next += 1

    @rule(seed=st.integers(0, 2**16), number=st.integers(1, 12))
    def go(self, seed: int, number: int) -> None:
        keys = sorted(self.people)
        for key in (
            np.random.default_rng(seed).permutation(keys)[: min(number, len(keys) - 1)].tolist()
        ):
            del self.people[key]

    @rule(
        seed=st.integers(0, 2**16),
        number=st.integers(1, 12),
        group=st.integers(0, 1),
        answer=st.integers(0, 2),
    )
    def change(self, seed: int, number: int, group: int, answer: int) -> None:
        for key in np.random.default_rng(seed).permutation(sorted(self.people))[:number].tolist():
            self.people[key] = (group, answer)

    @invariant()
    def two_releases_are_ten_people_apart(self) -> None:
        found = release_table(self.table(), self.last)
        if found is self.last or found is Silence.FEW_PEOPLE:
            return
        everybody = self.people.keys() | self.at_release.keys()
        changed = sum(self.people.get(key) != self.at_release.get(key) for key in everybody)
        assert changed >= disclosure.LEAST_PEOPLE
        assert isinstance(found, Release)
        self.last, self.at_release = found, dict(self.people)


TestChanging = Changing.TestCase


@pytest.mark.parametrize(
    "table", [np.zeros((2, 2), dtype=np.int64), np.zeros(3, dtype=np.int64), np.array([[1, -1, 2]])]
)
def test_what_is_no_table_is_refused(table: Integers) -> None:
    with pytest.raises(MalformedError):
        release_table(table)


def test_nobody_and_one_person_are_silence() -> None:
    for table in (
        np.zeros((0, 3), dtype=np.int64),
        np.zeros((2, 3), dtype=np.int64),
        np.array([[0, 0, 1]]),
    ):
        assert release_table(table) is Silence.FEW_PEOPLE


def test_what_was_told_does_not_follow_the_table_that_is_counted_on() -> None:
    table = LARGE.copy()
    first = released(table)
    table += 30

    assert isinstance(release_table(table, first), Release)
    assert release_table(table, first) is not first
