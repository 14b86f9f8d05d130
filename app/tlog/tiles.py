"""The log as files (C2SP tlog-tiles): rows of 256 hashes, and bundles of 256 entries.

A tile at level L holds the nodes at height 8 × L; a *full* one has 256 of them, and its own root is
one hash of the tile above. The tiles at the right edge of the tree are *partial* until they fill;
a partial tile is never hashed into the one above. What is published under a path never changes.

Two halves: `Edge` grows a tree and makes its tiles; `VerifiedTiles` reads somebody's tiles and
believes none of them before it has led to the root of a signed checkpoint.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from app.kernel.errors import MalformedError, TooLargeError

from .errors import TileError
from .tree import (
    EMPTY_ROOT,
    HASH_BYTES,
    Node,
    TreeHead,
    compute_root,
    hash_leaf,
    hash_pairs,
    hash_row,
)

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
ENTRIES: Final = -1
"""The level of bundles of entries."""
MAX_LEAF_BYTES: Final = 2**16 - 1
# Tiles that stay verified in memory: a proof needs one a level.
_KEPT: Final = 32

_path = re.compile(
    r"tile/(entries|[0-9]|[1-5][0-9]|6[0-3])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, slots=True)
class Tile:
    """A tile, or with level `ENTRIES` a bundle: its place in its level, and how many it holds."""

    level: int
    index: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where it is published, below the log's address."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        number = f"{self.index:03}"
        digits = number.zfill(-(-len(number) // 3) * 3)
        parts = [f"x{digits[start : start + 3]}" for start in range(0, len(digits), 3)]
        parts[-1] = parts[-1].removeprefix("x")
        part = "" if self.width == WIDTH else f".p/{self.width}"
        return f"tile/{level}/{'/'.join(parts)}{part}"


TileReader: TypeAlias = Callable[[Tile], bytes]
"""Returns what somebody keeps under a tile's path; nothing about it is believed."""


def parse_path(path: str) -> Tile:
    """Read the path of a tile or a bundle, below the log's address.

    Raises:
        MalformedError: not the one path of a tile.

    """
    found = _path.fullmatch(path)
    if not found:
        raise MalformedError("not the path of a tile")
    level, index, width = found.groups()
    tile = Tile(
        level=ENTRIES if level == "entries" else int(level),
        index=int(re.sub("[x/]", "", index)),
        width=int(width or WIDTH),
    )
    if tile.path != path:
        raise MalformedError("not the one path of a tile")
    return tile


def list_new_tiles(old: int, new: int) -> Iterator[Tile]:
    """Yield every tile and bundle of a log of `new` entries that one of `old` entries lacks.

    Bundles first: hashes without the entries behind them would promise what is not there.
    """
    level, before, now = ENTRIES, old, new
    while before != now:
        for index in range(before >> HEIGHT, now >> HEIGHT):
            yield Tile(level, index)
        if now % WIDTH:
            yield Tile(level, now >> HEIGHT, now % WIDTH)
        level += 1
        before, now = old >> HEIGHT * level, new >> HEIGHT * level


def encode_bundle(leaves: Sequence[bytes]) -> bytes:
    """Return entries as a bundle: each after its length in two bytes.

    Raises:
        TooLargeError: an entry is longer than `MAX_LEAF_BYTES`.

    """
    if any(len(leaf) > MAX_LEAF_BYTES for leaf in leaves):
        raise TooLargeError("an entry is too long for a bundle")
    return b"".join(len(leaf).to_bytes(2, "big") + leaf for leaf in leaves)


def parse_bundle(raw: bytes) -> tuple[bytes, ...]:
    """Read the entries of a bundle.

    Raises:
        MalformedError: it ends inside an entry, or holds none or more than 256.

    """
    leaves: list[bytes] = []
    start = 0
    while start < len(raw) and len(leaves) < WIDTH:
        end = start + 2 + int.from_bytes(raw[start : start + 2], "big")
        leaves.append(raw[start + 2 : end])
        start = end
    # An entry that is cut off ends beyond the bytes that are there.
    if start != len(raw) or not leaves:
        raise MalformedError("a bundle holds 1 to 256 whole entries")
    return tuple(leaves)


@dataclass(frozen=True, slots=True)
class Edge:
    """The right edge of a tree: all that is needed to make it grow, 8 kB a level at most.

    Row L has the hashes of the partial tile at level L; an empty row means that the tiles there are
    full.
    """

    size: int = 0
    rows: tuple[tuple[bytes, ...], ...] = ()

    @property
    def head(self) -> TreeHead:
        """Size and root."""
        root: tuple[bytes, ...] = ()
        for row in self.rows:
            # What lies below stands for the next hash of this row, which is not full yet.
            hashes = (*row, *root)
            root = (hash_row(hashes),) if hashes else ()
        return TreeHead(self.size, root[0] if root else EMPTY_ROOT)

    def list_partial(self) -> list[tuple[Tile, bytes]]:
        """Return the partial tiles and what they hold."""
        return [
            (Tile(level, self.size >> HEIGHT * (level + 1), len(row)), b"".join(row))
            for level, row in enumerate(self.rows)
            if row
        ]

    def grow(self, leaf_hashes: Sequence[bytes]) -> tuple["Edge", list[tuple[Tile, bytes]]]:
        """Return the edge after more entries, and every tile that became full with what it holds.

        Many small batches and one large batch of the same entries end alike; small ones keep the
        memory flat.
        """
        full: list[tuple[Tile, bytes]] = []
        rows: list[tuple[bytes, ...]] = []
        fresh = list(leaf_hashes)
        level = 0
        while fresh or level < len(self.rows):
            row = [*self.rows[level], *fresh] if level < len(self.rows) else fresh
            first = self.size >> HEIGHT * (level + 1)
            fresh = []
            end = len(row) - len(row) % WIDTH
            for start in range(0, end, WIDTH):
                hashes = row[start : start + WIDTH]
                full.append((Tile(level, first + start // WIDTH), b"".join(hashes)))
                fresh.append(hash_row(hashes))
            rows.append(tuple(row[end:]))
            level += 1
        return Edge(self.size + len(leaf_hashes), tuple(rows)), full


def load_edge(tree: TreeHead, read: TileReader) -> Edge:
    """Return the right edge of a tree from its partial tiles.

    Raises:
        TileError: the tiles do not lead to the tree's root.

    """
    rows: list[tuple[bytes, ...]] = []
    while count := tree.size >> HEIGHT * len(rows):
        tile = Tile(len(rows), count >> HEIGHT, count % WIDTH)
        rows.append(_read_row(tile, read) if tile.width else ())
    edge = Edge(tree.size, tuple(rows))
    if edge.head != tree:
        # One of them differs, and nothing but the root could say which.
        raise TileError("the right edge of the log")
    return edge


class VerifiedTiles:
    """Somebody's tiles for one tree, each verified before it is believed.

    1. The partial tiles at the right edge must lead to the tree's root.
    2. A full tile's own root must be the hash that the tile above, verified before it, holds.
    3. A bundle's entries must hash to the verified tile at level 0.

    So whatever it returns is what the checkpoint's signer signed.
    """

    def __init__(self, tree: TreeHead, read: TileReader) -> None:
        """Read and verify the right edge.

        Raises:
            TileError: it does not lead to the root.

        """
        self.tree = tree
        self._read = read
        self._edge = load_edge(tree, read)
        self._pyramid = lru_cache(maxsize=_KEPT)(self._load_pyramid)

    def read_node(self, node: Node) -> bytes:
        """Return the hash of a complete node of the tree.

        Raises:
            TileError: a tile on the way does not lead to the root.
            ValueError: the tree has no such node.

        """
        level, height = divmod(node.level, HEIGHT)
        if not 0 <= (node.index + 1) << node.level <= self.tree.size or node.index < 0:
            raise ValueError("no such node")
        index, place = divmod(node.index << height, WIDTH)
        return self._pyramid(level, index)[height][place >> height]

    def root_at(self, size: int) -> bytes:
        """Return the root that this tree had when it had `size` entries.

        Raises:
            TileError: as `read_node`.
            ValueError: it never had as many.

        """
        return compute_root(size, self.read_node)

    def read_entries(self, index: int) -> tuple[bytes, ...]:
        """Return the entries of the bundle at a place: 256 of them, fewer at the right edge.

        Raises:
            TileError: they are not what the tree holds, or a tile on the way is not.
            ValueError: the tree has no such bundle.

        """
        width = min(self.tree.size - index * WIDTH, WIDTH)
        if index < 0 or width <= 0:
            raise ValueError("no such bundle")
        tile = Tile(ENTRIES, index, width)
        try:
            leaves = parse_bundle(self._read(tile))
        except MalformedError as error:
            raise TileError(tile.path) from error
        if [hash_leaf(leaf) for leaf in leaves] != list(self._pyramid(0, index)[0]):
            raise TileError(tile.path)
        return leaves

    def _load_pyramid(self, level: int, index: int) -> list[Sequence[bytes]]:
        """Return a tile's hashes and the rows above them, as far as its nodes are complete."""
        at_edge = index == self.tree.size >> HEIGHT * (level + 1)
        row = self._edge.rows[level] if at_edge else _read_row(Tile(level, index), self._read)
        rows: list[Sequence[bytes]] = [row]
        while len(rows[-1]) > 1:
            rows.append(hash_pairs(rows[-1]))
        # The edge was verified as a whole; any other tile is full, and has its hash in one above.
        if not at_edge:
            above, place = divmod(index, WIDTH)
            if rows[HEIGHT][0] != self._pyramid(level + 1, above)[0][place]:
                raise TileError(Tile(level, index).path)
        return rows


def _read_row(tile: Tile, read: TileReader) -> tuple[bytes, ...]:
    raw = read(tile)
    if len(raw) != tile.width * HASH_BYTES:
        raise TileError(tile.path)
    return tuple(raw[start : start + HASH_BYTES] for start in range(0, len(raw), HASH_BYTES))
