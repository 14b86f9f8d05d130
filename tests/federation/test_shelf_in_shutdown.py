"""The shelf in shutdown mode: each hour's words are a part, which nobody has to fetch twice."""

from itertools import pairwise

import pytest
from app import hearings
from app.federation.bundles.checking import verify_bundle
from app.federation.shelving import _split
from app.kernel.clock import HOUR_S, FixedClock
from app.wiring import House
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import TODAY, erasure, note
from tests.federation.test_shelving import (
    AVA,
    BABAK,
    BULLETIN,
    SQUARE,
    keep,
    keeper,
    paths,
    said,
    shelf_of,
)
from tests.houses import publish, submit, tick

pytestmark = pytest.mark.slow

FIRST, SECOND, THIRD = (f"square/{TODAY}-{part}.zip" for part in (1, 2, 3))


def turn(house: House, *, is_on: bool) -> None:
    with house.db.write() as work:
        hearings.set_shutdown(work, house.door, is_on=is_on)
    tick(house)


def go_on(house: House, clock: FixedClock, title: str) -> None:
    """Let an hour pass in which something was said, and the shelf be kept."""
    publish(house, note(AVA, title=title))
    clock.advance(HOUR_S)
    keep(house)


@given(
    st.dictionaries(st.integers(0, 60), st.sampled_from([1, 400_000]), min_size=1),
    st.lists(st.integers(0, 60), max_size=4, unique=True).map(sorted),
)
def test_parts_are_all_of_it_in_order_and_reach_over_no_cut(
    own: dict[int, int], cuts: list[int]
) -> None:
    parts = _split(own, cuts)

    assert [place for part in parts for place in part] == sorted(own)
    for before, after in pairwise(parts):
        is_cut = any(before[-1] < cut <= after[0] for cut in cuts)
        assert is_cut or sum(own[place] for place in before) + own[after[0]] > 1_000_000
    assert not any(part[0] < cut <= part[-1] for part in parts for cut in cuts)


def test_each_hour_is_a_part_and_what_was_cast_stays_as_it_is(
    house: House, clock: FixedClock
) -> None:
    said(house, note(AVA, title="Before"))
    keep(house)
    assert SQUARE in paths(house)
    turn(house, is_on=True)
    go_on(house, clock, "The first hour")
    assert paths(house) == {SQUARE, BULLETIN}
    go_on(house, clock, "The second hour")
    first = shelf_of(house).read(FIRST)
    go_on(house, clock, "The third hour")

    assert paths(house) == {FIRST, SECOND, THIRD, BULLETIN}
    assert shelf_of(house).read(FIRST) == first
    found = [verify_bundle(shelf_of(house).read(path)) for path in (FIRST, SECOND, THIRD)]
    assert [each.scope.part for each in found] == [1, 2, 3]
    bulletin = shelf_of(house).read(BULLETIN).decode()
    assert bulletin.index("The third hour") < bulletin.index("Before")

    turn(house, is_on=False)
    go_on(house, clock, "The fourth")
    go_on(house, clock, "The fifth")
    assert paths(house) == {FIRST, SECOND, THIRD, THIRD.replace("-3", "-4"), BULLETIN}
    assert shelf_of(house).read(FIRST) == first


def test_words_of_a_closed_part_leave_the_shelf_too(house: House, clock: FixedClock) -> None:
    said(house)
    turn(house, is_on=True)
    gone = note(BABAK, title="Gone", text="I should not have said it.")
    publish(house, gone)
    clock.advance(HOUR_S)
    keep(house)
    go_on(house, clock, "The second hour")
    assert len(paths(house)) == 3
    submit(house, erasure(BABAK, gone))

    shelf_keeper = keeper(house)
    shelf_keeper.take_back()
    assert not {FIRST, SECOND} & paths(house)
    tick(house)
    keep(house, shelf_keeper)

    assert paths(house) == {FIRST, SECOND, BULLETIN}
    assert b"I should not" not in shelf_of(house).read(FIRST)
    assert verify_bundle(shelf_of(house).read(FIRST)).scope.part == 1


def test_bulletin_says_what_to_do(house: House) -> None:
    said(house, note(AVA, title="Water"))
    turn(house, is_on=True)
    keep(house)

    assert b"Shutdown mode since" in shelf_of(house).read(BULLETIN)
