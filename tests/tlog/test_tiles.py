"""Tiles: paths, contents, what a growing log adds, and that no forged tile is believed."""

import pytest
from app.crypto.note_keys import parse_verifier_key
from app.kernel.errors import MalformedError, TooLargeError
from app.tlog import tiles, tree
from app.tlog.checkpoints import parse_checkpoint, verify_checkpoint
from app.tlog.errors import TileError
from app.tlog.tiles import ENTRIES, Edge, Tile, VerifiedTiles
from app.tlog.tree import Node, TreeHead
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog import logs
from tests.vectors import FOLDER, read_bytes, read_text

PATHS = {
    "tile/0/000": Tile(0, 0),
    "tile/0/999": Tile(0, 999),
    "tile/0/x001/000": Tile(0, 1000),
    "tile/0/x001/x234/067": Tile(0, 1234067),
    "tile/2/000.p/1": Tile(2, 0, 1),
    "tile/63/x123/456.p/255": Tile(63, 123456, 255),
    "tile/entries/000": Tile(ENTRIES, 0),
    "tile/entries/x001/x234/067.p/8": Tile(ENTRIES, 1234067, 8),
}
EDGES = (1, 2, 255, 256, 257, 511, 512, 513, 1000)
TESSERA = "tlog-tiles-tessera"
FIVE_HUNDRED = logs.log_of(500)


@pytest.mark.parametrize(("path", "tile"), PATHS.items())
def test_tile_has_one_path(path: str, tile: Tile) -> None:
    assert tile.path == path
    assert tiles.parse_path(path) == tile


_tiles = st.builds(
    Tile,
    level=st.integers(ENTRIES, 63),
    index=st.integers(0, 10**18 - 1) | st.integers(0, 2000),
    width=st.integers(1, 256),
)


@given(_tiles)
def test_path_is_read_as_it_was_written(tile: Tile) -> None:
    assert tiles.parse_path(tile.path) == tile


@pytest.mark.parametrize(
    "path",
    [
        "", "tile", "tile/0", "tile/64/000", "tile/00/000", "tile/-1/000", "tile/0/0", "tile/0/x000/000",
        "tile/0/x000/001", "tile/0/001/000", "tile/0/x001/x000", "tile/0/000.p/0", "tile/0/000.p/256",
        "tile/0/000.p/01", "tile/0/000.p/", "tile/0/000/", "/tile/0/000", "tile/0/000\n", "tile/0/../000",
        "tile/data/000", "tile/8/0/000", "tile/0/٠٠٠", "tile/0/" + "x001/" * 7 + "000",
    ],
)  # fmt: skip
def test_other_path_is_refused(path: str) -> None:
    with pytest.raises(MalformedError):
        tiles.parse_path(path)


@pytest.mark.parametrize("size", range(16))
def test_published_log_is_made_alike_at_every_size(size: int) -> None:
    """Tessera's log of 15 entries: its checkpoint holds, our tiles are its tiles, bundles too."""
    key = parse_verifier_key(read_text(f"{TESSERA}/vkey.txt").strip())
    raw = read_bytes(f"{TESSERA}/log/checkpoint.{size}")
    checkpoint = verify_checkpoint(parse_checkpoint(raw), [key])

    bundle = read_bytes(f"{TESSERA}/log/tile/entries/000.p/15")
    log = logs.MemoryLog()
    log.append(tiles.parse_bundle(bundle)[:size])

    assert log.head == checkpoint.tree
    assert {
        path: FOLDER.joinpath(TESSERA, "log", path).read_bytes() for path in log.files
    } == log.files
    assert len(log.files) == (2 if size else 0)


def test_published_log_verifies_from_its_files() -> None:
    def read(tile: Tile) -> bytes:
        return read_bytes(f"{TESSERA}/log/{tile.path}")

    head = parse_checkpoint(read_bytes(f"{TESSERA}/log/checkpoint")).tree

    found = VerifiedTiles(head, read)

    assert found.read_entries(0)[0] == b"one"
    assert found.root_at(7) == parse_checkpoint(read_bytes(f"{TESSERA}/log/checkpoint.7")).tree.root


def test_tiles_of_seventy_thousand_entries_are_those_of_the_specification() -> None:
    """The example in tlog-tiles: 273 full and one of 112, one full and one of 17, one of 1."""
    found = list(tiles.list_new_tiles(0, 70_000))

    def widths(level: int) -> list[int]:
        return [tile.width for tile in found if tile.level == level]

    assert widths(0) == widths(ENTRIES) == [256] * 273 + [112]
    assert widths(1) == [256, 17]
    assert widths(2) == [1]
    assert {tile.level for tile in found} == {ENTRIES, 0, 1, 2}
    assert [tile.path for tile in found if tile.level > 0] == [
        "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1",
    ]  # fmt: skip


def test_tiles_of_256_entries_are_those_of_the_specification() -> None:
    assert [tile.path for tile in tiles.list_new_tiles(0, 256)] == [
        "tile/entries/000", "tile/0/000", "tile/1/000.p/1",
    ]  # fmt: skip


@given(st.lists(st.integers(0, 600), max_size=3))
def test_growing_writes_what_is_new_and_changes_nothing(steps: list[int]) -> None:
    """Many batches end like one, and no path is ever written twice with other bytes."""
    log = logs.MemoryLog()
    for step in steps:
        before = dict(log.files)
        log.append([logs.leaf(len(log.leaves) + number) for number in range(step)])
        assert before.items() <= log.files.items()

    whole = logs.log_of(sum(steps))
    assert log.edge == whole.edge
    assert whole.files.items() <= log.files.items()
    assert log.head == TreeHead(sum(steps), tree.hash_row([tree.hash_leaf(x) for x in log.leaves]))


@given(st.integers(0, 70_000), st.integers(0, 70_000))
def test_new_tiles_are_those_that_were_not_there(first: int, second: int) -> None:
    old, new = sorted((first, second))
    before = {tile.path for tile in tiles.list_new_tiles(0, old)}

    found = [tile.path for tile in tiles.list_new_tiles(old, new)]

    assert len(found) == len(set(found))
    assert not before & set(found)
    full = {path for path in before if ".p/" not in path}
    now = {tile.path for tile in tiles.list_new_tiles(0, new)}
    assert full | set(found) >= now - before
    assert now <= before | set(found)


@pytest.mark.parametrize("size", EDGES)
def test_edge_is_loaded_as_it_was_left(size: int) -> None:
    log = logs.log_of(size)

    assert tiles.load_edge(log.head, log.read) == log.edge


@pytest.mark.parametrize("size", EDGES)
def test_proofs_come_from_tiles(size: int) -> None:
    log = logs.log_of(size)
    naive = logs.NaiveTree(log.leaves)
    found = VerifiedTiles(log.head, log.read)

    for other in {0, 1, size // 2, size - 2, size - 1} & set(range(size)):
        path = tree.prove_inclusion(other, size, found.read_node)
        assert list(path) == naive.path(other, 0, size)
        assert found.root_at(other) == naive.root(0, other)
        assert list(tree.prove_consistency(other, size, found.read_node)) == (
            naive.subproof(other, 0, size) if other else []
        )


def test_every_node_comes_from_tiles() -> None:
    log = logs.log_of(70_000)
    found = VerifiedTiles(log.head, log.read)
    hashes = [tree.hash_leaf(leaf) for leaf in log.leaves]

    for level in range(17):
        for index in {0, 1, (len(hashes) // 2), len(hashes) - 1} & set(range(len(hashes))):
            assert found.read_node(Node(level, index)) == hashes[index]
        hashes = tree.hash_pairs(hashes)


@pytest.mark.parametrize("node", [Node(0, 5), Node(1, 2), Node(3, 0), Node(0, -1), Node(63, 0)])
def test_node_that_the_tree_lacks_is_not_read(node: Node) -> None:
    log = logs.log_of(5)

    with pytest.raises(ValueError, match="no such node"):
        VerifiedTiles(log.head, log.read).read_node(node)


@pytest.mark.parametrize("index", [-1, 1])
def test_bundle_that_the_log_lacks_is_not_read(index: int) -> None:
    log = logs.log_of(256)

    with pytest.raises(ValueError, match="no such bundle"):
        VerifiedTiles(log.head, log.read).read_entries(index)


def read_everything(log: logs.MemoryLog, head: TreeHead) -> None:
    """Read every entry and every hash of a log, as a monitor does."""
    found = VerifiedTiles(head, log.read)
    for index in range(-(-head.size // 256)):
        found.read_entries(index)
    tree.prove_inclusion(0, head.size, found.read_node)


@given(st.data())
def test_one_flipped_bit_in_any_file_is_found(data: st.DataObject) -> None:
    log = FIVE_HUNDRED
    path = data.draw(st.sampled_from(sorted(log.files)))
    raw = bytearray(log.files[path])
    bit = data.draw(st.integers(0, len(raw) * 8 - 1))
    raw[bit // 8] ^= 1 << bit % 8
    forged = logs.MemoryLog(files=log.files | {path: bytes(raw)})

    with pytest.raises(TileError) as caught:
        read_everything(forged, log.head)
    assert caught.value.path in {path, "the right edge of the log"}


@pytest.mark.parametrize("cut", [0, 1, 31])
def test_tile_that_is_cut_off_is_found(cut: int) -> None:
    log = FIVE_HUNDRED
    for path, raw in log.files.items():
        forged = logs.MemoryLog(files=log.files | {path: raw[:cut]})

        with pytest.raises(TileError):
            read_everything(forged, log.head)


@pytest.mark.parametrize("more", [b"\0", bytes(32), bytes(8192)])
def test_tile_with_more_behind_it_is_found(more: bytes) -> None:
    """Also where what is behind a full tile makes it another one altogether."""
    log = FIVE_HUNDRED
    for path, raw in log.files.items():
        for longer in (raw + more, more + raw):
            forged = logs.MemoryLog(files=log.files | {path: longer})

            with pytest.raises(TileError):
                read_everything(forged, log.head)


def test_tile_of_another_place_is_found() -> None:
    """Each tile is genuine, but they change places."""
    log = logs.log_of(700)
    swapped = log.files | {
        "tile/0/000": log.files["tile/0/001"],
        "tile/0/001": log.files["tile/0/000"],
        "tile/entries/000": log.files["tile/entries/001"],
        "tile/entries/001": log.files["tile/entries/000"],
    }

    read_everything(log, log.head)
    with pytest.raises(TileError, match="tile/0/000 does not belong"):
        read_everything(logs.MemoryLog(files=swapped), log.head)


def test_tiles_of_another_log_are_found() -> None:
    log, other = logs.log_of(300), logs.MemoryLog()
    other.append([b"something else"] * 300)

    with pytest.raises(TileError):
        VerifiedTiles(log.head, other.read)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=256))
def test_bundle_is_read_as_it_was_written(leaves: list[bytes]) -> None:
    assert tiles.parse_bundle(tiles.encode_bundle(leaves)) == tuple(leaves)


@pytest.mark.parametrize(
    "raw", [b"", b"\0", b"\0\1", b"\0\1ab", b"\0\2a", b"\0\0" * 257, b"\0\0\0"]
)
def test_other_bundle_is_refused(raw: bytes) -> None:
    with pytest.raises(MalformedError):
        tiles.parse_bundle(raw)


def test_entry_that_fits_no_bundle_is_refused() -> None:
    assert len(tiles.encode_bundle([bytes(65_535)])) == 65_537
    with pytest.raises(TooLargeError):
        tiles.encode_bundle([bytes(65_536)])


def test_empty_log_has_no_files() -> None:
    assert list(tiles.list_new_tiles(0, 0)) == []
    assert Edge().head == TreeHead(0, tree.EMPTY_ROOT)
    assert VerifiedTiles(Edge().head, logs.MemoryLog().read).root_at(0) == tree.EMPTY_ROOT
    with pytest.raises(TileError):
        VerifiedTiles(TreeHead(0, bytes(32)), logs.MemoryLog().read)
