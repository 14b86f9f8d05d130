"""Sides of raters, what is published of them, and that a crowd of one side lifts nothing."""

import numpy as np
import pytest
from app.opinion.maths.common_ground import Counted, place_posts, release_counts
from app.opinion.maths.ranking import encode_order, order_posts, verify_order
from app.opinion.maths.raters import NEITHER, find_sides
from app.opinion.maths.values import Integers
from hypothesis import given
from hypothesis import strategies as st

from tests.opinion.rater_camps import (
    CLAIM,
    OF_A,
    OF_B,
    QUIET,
    SHARED,
    Camps,
    digest,
    two_camps,
    zeros,
)

_cells = st.lists(st.integers(0, 60), min_size=4, max_size=4)
_tables = _cells.map(lambda cells: np.array(cells, dtype=np.int64).reshape(2, 2))
_boards = st.dictionaries(st.integers(0, 40).map("{:064x}".format), _tables, max_size=12)


def table(*cells: int) -> Integers:
    """Return counts: of each side those whom a post does not help, and those whom it helps."""
    return np.array(cells, dtype=np.int64).reshape(2, 2)


def test_two_camps_are_two_sides_and_what_both_share_is_first() -> None:
    camps = two_camps()

    sides = camps.sides()
    assert sides is not None
    assert len(set(sides[:15].tolist())) == len(set(sides[15:].tolist())) == 1
    assert sides[0] != sides[15]
    assert NEITHER not in sides
    assert camps.order()[0] == SHARED
    assert set(camps.order()[1:]) == {*OF_A, *OF_B}


@pytest.mark.parametrize("size", [3, 9])
def test_without_ten_people_on_each_side_there_are_none(size: int) -> None:
    camps = Camps()
    camps.join(60, (*OF_A, SHARED), OF_B)
    camps.join(size, (*OF_B, SHARED), OF_A)

    assert camps.sides() is None
    assert find_sides(Camps().ratings()) is None


@pytest.mark.parametrize("crowd", [30, 300, 3000])
def test_crowd_of_one_side_lifts_nothing_over_what_both_sides_rate_well(crowd: int) -> None:
    """However many come: they are one side, and the other has a say."""
    camps = two_camps()
    camps.join(crowd, (*OF_A, CLAIM), OF_B)

    order = camps.order()

    assert order.index(SHARED) == 0
    assert order.index(CLAIM) > 0


def test_crowd_that_nobody_of_the_other_side_rated_stands_as_if_a_quarter_of_them_were_helped() -> (
    None
):
    camps = two_camps()
    camps.join(200, (*OF_A, CLAIM), OF_B)

    (counted,) = (one for post, one in camps.released().items() if post == digest(CLAIM))

    assert sorted(heard.ratings for heard in counted.heard) == [0, 200]
    place = order_posts({digest(CLAIM): counted.heard})[0]
    assert place.least * 4 == 1


def test_fewer_than_ten_of_a_side_are_not_published() -> None:
    camps = two_camps()
    camps.said += [(person, QUIET, True) for person in (*range(9), *range(15, 24))]

    released = camps.released()

    assert digest(QUIET) not in released
    camps.said.append((9, QUIET, True))
    (told,) = (one for post, one in camps.released().items() if post == digest(QUIET))
    assert sorted(heard.ratings for heard in told.heard) == [0, 10]


def test_counts_are_rounded_to_five() -> None:
    (counted,) = release_counts({"a": table(2, 11, 12, 1)}, {}).values()

    assert [(one.helps, one.ratings) for one in counted.heard] == [(10, 15), (0, 15)]


def test_nothing_is_published_anew_before_ten_people_changed() -> None:
    first = release_counts({"a": table(5, 20, 5, 20)}, {})

    still = release_counts({"a": table(5, 29, 5, 20)}, first)
    then = release_counts({"a": table(5, 30, 5, 20)}, first)

    assert still["a"] is first["a"]
    assert then["a"].exact.tolist() == [[5, 30], [5, 20]]


def test_sides_that_come_the_other_way_round_are_no_change() -> None:
    """Else two files, one of them turned, would tell what one person rated meanwhile."""
    first = release_counts({"a": table(5, 20, 30, 2)}, {})

    turned = release_counts({"a": table(30, 2, 5, 21)}, first)

    assert turned["a"] is first["a"]


@given(_boards, _boards)
def test_published_order_is_computed_anew_byte_for_byte(
    before: dict[str, Integers], now: dict[str, Integers]
) -> None:
    released = release_counts(now, release_counts(before, {}))
    places = [place for _, place in place_posts(released)]

    raw = encode_order(order_posts({post: one.heard for post, one in released.items()}))

    assert list(verify_order(raw)) == places
    assert encode_order(places) == raw
    assert not any(0 < heard.ratings < 10 for place in places for heard in place.sides)
    assert not any(heard.ratings % 5 or heard.helps % 5 for p in places for heard in p.sides)


@given(_boards)
def test_places_stand_around_that_of_posts_which_nobody_rated(board: dict[str, Integers]) -> None:
    placed = place_posts(release_counts(board, {}))

    numbers = [number for number, _ in placed]
    assert numbers == sorted(numbers)
    assert 0 not in numbers
    assert all((place.least * 4 >= 1) == (number < 0) for number, place in placed)


def test_post_that_nobody_rated_has_no_place() -> None:
    assert release_counts({"a": zeros()}, {}) == {}
    assert place_posts({}) == []


def test_same_ratings_in_another_order_give_the_same_places() -> None:
    camps = two_camps()
    again = Camps(said=camps.said[::-1], people=camps.people)

    assert again.order() == camps.order()
    assert {post: one.public.tolist() for post, one in again.released().items()} == {
        post: one.public.tolist() for post, one in camps.released().items()
    }


def test_counted_people_are_those_of_the_two_sides() -> None:
    camps = two_camps()
    counted = Counted(public=zeros(), exact=camps.tables()[digest(SHARED)])

    assert counted.exact.sum() == 30
    assert counted.exact[:, 0].sum() == 0
