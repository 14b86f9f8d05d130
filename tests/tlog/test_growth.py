"""What a run of the sequencer writes, and that it refuses when its own past disagrees with it."""

import pytest
from app.kernel.errors import CorruptStateError, TooLargeError
from app.tlog.errors import LogBehindError, OwnPastError
from app.tlog.growth import plan_growth, require_own_past
from app.tlog.tiles import Edge, Tile, VerifiedTiles, load_edge
from app.tlog.tree import EMPTY_ROOT, TreeHead
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog import logs


def leaves(start: int, end: int) -> list[bytes]:
    return [logs.leaf(index) for index in range(start, end)]


@given(st.lists(st.integers(0, 600), min_size=1, max_size=3))
def test_published_files_are_a_whole_log_after_every_run(steps: list[int]) -> None:
    """As after restarts: each run begins from the files that the runs before it have written."""
    files: dict[str, bytes] = {}
    tree, size = TreeHead(0, EMPTY_ROOT), 0

    def read(tile: Tile) -> bytes:
        return files[f"tlog/{tile.path}"]

    for step in steps:
        edge = load_edge(tree, read)
        plan = plan_growth(edge, leaves(size - size % 256, size), leaves(size, size + step))
        assert not files.keys() & dict(plan.files).keys()
        files |= dict(plan.files)
        size, tree = size + step, plan.edge.head

        found = VerifiedTiles(tree, read)
        bundles = [found.read_entries(index) for index in range(-(-size // 256))]
        assert [leaf for bundle in bundles for leaf in bundle] == leaves(0, size)
    assert tree == logs.log_of(size).head


def test_run_that_begins_anew_after_a_crash_writes_the_same() -> None:
    edge = logs.log_of(300).edge

    first = plan_growth(edge, leaves(256, 300), leaves(300, 700))
    again = plan_growth(edge, leaves(256, 300), leaves(300, 700))

    assert first == again
    assert [path for path, _ in first.files] == [
        "tlog/tile/entries/001",
        "tlog/tile/entries/002.p/188",
        "tlog/tile/0/001",
        "tlog/tile/0/002.p/188",
        "tlog/tile/1/000.p/2",
    ]


def test_run_with_nothing_to_add_writes_nothing() -> None:
    log = logs.log_of(300)

    plan = plan_growth(log.edge, leaves(256, 300), [])

    assert plan.files == ()
    assert plan.edge == log.edge
    assert plan_growth(Edge(), [], []).files == ()


@pytest.mark.parametrize(
    "open_leaves", [[], leaves(256, 299), leaves(255, 300), leaves(257, 301), leaves(256, 301)]
)
def test_run_over_other_entries_than_the_tree_holds_stops(open_leaves: list[bytes]) -> None:
    with pytest.raises(OwnPastError, match="first 300 entries"):
        plan_growth(logs.log_of(300).edge, open_leaves, leaves(300, 301))


def test_entry_that_fits_no_bundle_stops_the_run() -> None:
    with pytest.raises(TooLargeError):
        plan_growth(Edge(), [], [bytes(65_536)])


def test_database_that_continues_what_was_signed_may_go_on() -> None:
    log, nothing = logs.log_of(9), TreeHead(0, EMPTY_ROOT)

    require_own_past(log.head, 9, log.head.root)
    require_own_past(log.head, 12, log.head.root)
    require_own_past(nothing, 0, EMPTY_ROOT)
    require_own_past(nothing, 5, EMPTY_ROOT)


def test_restored_older_database_signs_nothing_and_says_what_to_do() -> None:
    with pytest.raises(LogBehindError, match=r"has 8 entries .* signed 9: .* mirror") as caught:
        require_own_past(logs.log_of(9).head, 8, logs.log_of(8).head.root)
    assert isinstance(caught.value, CorruptStateError)


def test_another_database_signs_nothing_and_says_what_to_do() -> None:
    """Restored older, then posted to: it has as many entries, or more, but others."""
    other = logs.MemoryLog()
    other.append([*leaves(0, 8), b"something else", *leaves(9, 12)])

    for size in (9, 12):
        with pytest.raises(OwnPastError, match=r"first 9 entries .* mirror"):
            require_own_past(
                logs.log_of(9).head, size, VerifiedTiles(other.head, other.read).root_at(9)
            )
