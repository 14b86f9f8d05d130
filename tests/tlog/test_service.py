"""The log: pending, then integrated at a place of its own, and never anything else."""

import shutil
from collections.abc import Sequence
from pathlib import Path

from app import tlog
from app.kernel.clock import HOUR_S, FixedClock
from app.tlog.tables import EntryRow
from app.wiring import House
from sqlalchemy import delete

from tests import factories
from tests.houses import A_TICK_S, SeededRandomness, crash_after, open_at

SQUARE, LIVE, NOTICES = (
    tlog.Lane(name=board.did, tick_s=board.tick_s)
    for board in (factories.SQUARE, factories.LIVE, factories.NOTICES)
)


def leaves(count: int, prefix: str = "leaf") -> list[bytes]:
    """Return some leaves; to the log they are bytes."""
    return [f"{prefix} {number}".encode() for number in range(count)]


def append(house: House, entries: Sequence[bytes], lane: tlog.Lane = SQUARE) -> None:
    """Queue leaves, each in a transaction of its own."""
    for leaf in entries:
        with house.db.write() as work:
            tlog.append(work, leaf, lane)


def integrate(house: House) -> list[bytes]:
    """Run a tick and return the leaves in their order in the log."""
    with house.db.write() as work:
        entries = tlog.integrate_due(work)
    return [entry.leaf for entry in sorted(entries, key=lambda entry: entry.index)]


def find_indexes(house: House, entries: Sequence[bytes]) -> list[int | None]:
    """Return the places of leaves."""
    with house.db.read() as work:
        return [tlog.find_index(work, leaf) for leaf in entries]


def size(house: House) -> int:
    """Return the number of integrated entries."""
    with house.db.read() as work:
        return tlog.count_entries(work)


def test_pending_entry_has_no_place_in_the_log(house: House) -> None:
    before = size(house)

    append(house, leaves(5))

    assert find_indexes(house, leaves(5)) == [None] * 5
    assert size(house) == before


def test_entry_before_its_tick_is_not_integrated(house: House) -> None:
    append(house, leaves(5))

    assert integrate(house) == []


def test_batch_of_five_is_integrated_at_its_tick(house: House, clock: FixedClock) -> None:
    append(house, leaves(5))
    clock.advance(A_TICK_S)

    assert sorted(integrate(house)) == leaves(5)


def test_batch_of_four_waits_for_the_cap(house: House, clock: FixedClock) -> None:
    append(house, leaves(4))
    clock.advance(A_TICK_S)

    assert integrate(house) == []

    clock.advance(HOUR_S)

    assert sorted(integrate(house)) == leaves(4)


def test_fifth_entry_brings_four_older_ones_along(house: House, clock: FixedClock) -> None:
    append(house, leaves(4))
    clock.advance(A_TICK_S)
    append(house, [b"fifth"])

    assert integrate(house) == []

    clock.advance(A_TICK_S)

    assert sorted(integrate(house)) == sorted([b"fifth", *leaves(4)])


def test_entry_of_the_next_tick_stays_behind(house: House, clock: FixedClock) -> None:
    append(house, leaves(5))
    clock.advance(A_TICK_S)
    append(house, [b"next"])

    assert sorted(integrate(house)) == leaves(5)
    assert find_indexes(house, [b"next"]) == [None]


def test_live_board_waits_for_nobody(house: House) -> None:
    append(house, [b"now"], LIVE)

    assert integrate(house) == [b"now"]


def test_company_on_one_board_releases_nothing_on_another(house: House, clock: FixedClock) -> None:
    append(house, leaves(5), SQUARE)
    append(house, [b"alone"], NOTICES)
    clock.advance(A_TICK_S)

    assert sorted(integrate(house)) == leaves(5)
    assert find_indexes(house, [b"alone"]) == [None]


def test_integrating_again_does_nothing(house: House, clock: FixedClock) -> None:
    append(house, leaves(5))
    clock.advance(A_TICK_S)
    integrate(house)
    after = size(house)

    assert integrate(house) == []
    assert size(house) == after


def test_indexes_run_on_without_a_gap_over_ticks_and_boards(
    house: House, clock: FixedClock
) -> None:
    start = size(house)
    order: list[bytes] = []

    for round_ in range(4):
        append(house, leaves(5 + round_, f"square {round_}"), SQUARE)
        append(house, leaves(round_, f"live {round_}"), LIVE)
        clock.advance(A_TICK_S)
        order += integrate(house)

    assert len(order) == 5 + 6 + 7 + 8 + 0 + 1 + 2 + 3
    assert find_indexes(house, order) == list(range(start, start + len(order)))
    with house.db.read() as work:
        assert tlog.has_every_index(work)


def test_missing_entry_is_noticed(house: House) -> None:
    append(house, leaves(3), LIVE)
    integrate(house)

    with house.db.write() as work:
        work.session.execute(delete(EntryRow).where(EntryRow.index == size(house) - 2))

    with house.db.read() as work:
        assert not tlog.has_every_index(work)


def test_opening_a_lane_again_changes_nothing(house: House) -> None:
    with house.db.write() as work:
        tlog.open_lane(work, tlog.Lane(name=SQUARE.name, tick_s=1))
    append(house, leaves(5))

    assert integrate(house) == []


def test_crash_in_a_tick_integrates_nothing_and_loses_nothing(
    house: House, clock: FixedClock
) -> None:
    append(house, leaves(6))
    clock.advance(A_TICK_S)

    crash_after(house, tlog.integrate_due)

    assert find_indexes(house, leaves(6)) == [None] * 6
    assert sorted(integrate(house)) == leaves(6)


def shuffled(template: Path, tmp_path: Path, seed: int, arrivals: Sequence[bytes]) -> list[bytes]:
    """Return the order in which a fresh instance with this randomness logs some arrivals."""
    data = tmp_path / f"instance {seed} {len(list(tmp_path.iterdir()))}"
    shutil.copytree(template, data)
    house = open_at(data, FixedClock(factories.NOW), SeededRandomness(seed))
    with house.db.write() as work:
        for leaf in arrivals:
            tlog.append(work, leaf, LIVE)
    order = integrate(house)
    house.db.close()
    return order


def test_shuffle_is_a_permutation_that_depends_on_randomness_alone(
    template: Path, tmp_path: Path
) -> None:
    arrivals = leaves(20)

    order = shuffled(template, tmp_path, 1, arrivals)

    assert sorted(order) == sorted(arrivals)
    assert order == shuffled(template, tmp_path, 1, arrivals)
    assert order == shuffled(template, tmp_path, 1, arrivals[::-1]), "arrival must leave no trace"
    assert order != shuffled(template, tmp_path, 2, arrivals)


def test_shuffle_reaches_every_order(template: Path, tmp_path: Path) -> None:
    orders = {tuple(shuffled(template, tmp_path, seed, leaves(3))) for seed in range(24)}

    assert len(orders) == 6
