"""Logs in memory, as honest hosts make them, and the naive tree that they are held against."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256

from app.crypto.ed25519 import SigningKey
from app.crypto.note_keys import COSIGNATURE, SIGNATURE, VerifierKey
from app.kernel.errors import NotFoundError
from app.tlog.checkpoints import VerifiedCheckpoint, sign_checkpoint
from app.tlog.tiles import ENTRIES, WIDTH, Edge, Tile, encode_bundle, list_new_tiles
from app.tlog.tree import Node, TreeHead, hash_leaf

ORIGIN = "goftogu/test"
KEY = SigningKey(b"log key".ljust(32))
LOG = VerifierKey(ORIGIN, SIGNATURE, KEY.public)
OTHER_KEY = SigningKey(b"another log's key".ljust(32))
WITNESS_KEYS = tuple(SigningKey(bytes([number]) * 32) for number in range(1, 6))
WITNESSES = tuple(
    VerifierKey(f"w{number}.example", COSIGNATURE, key.public)
    for number, key in enumerate(WITNESS_KEYS, 1)
)


def leaf(index: int) -> bytes:
    """Return an entry."""
    return b'{"d":"%064x","t":"Note","v":1}' % index


@dataclass
class MemoryLog:
    """The files of a log, and what made them."""

    leaves: list[bytes] = field(default_factory=list)
    edge: Edge = field(default_factory=Edge)
    files: dict[str, bytes] = field(default_factory=dict)

    def append(self, leaves: Sequence[bytes]) -> None:
        """Integrate entries and write every new tile."""
        old, self.leaves = len(self.leaves), [*self.leaves, *leaves]
        self.edge, full = self.edge.grow([hash_leaf(leaf) for leaf in leaves])
        made = dict(full) | dict(self.edge.list_partial())
        for tile in list_new_tiles(old, len(self.leaves)):
            start = tile.index * WIDTH
            bundle = self.leaves[start : start + tile.width]
            self.files[tile.path] = encode_bundle(bundle) if tile.level == ENTRIES else made[tile]

    @property
    def head(self) -> TreeHead:
        """The tree."""
        return self.edge.head

    def read(self, tile: Tile) -> bytes:
        """Return a file, as a TileReader does."""
        if tile.path not in self.files:
            raise NotFoundError("no such tile")
        return self.files[tile.path]

    def checkpoint(self, key: SigningKey = KEY, origin: str = ORIGIN) -> VerifiedCheckpoint:
        """Return a signed checkpoint of it as it is."""
        return sign_checkpoint(origin, self.head, key)


def log_of(size: int) -> MemoryLog:
    """Return a log of `size` entries, integrated at once."""
    log = MemoryLog()
    log.append([leaf(index) for index in range(size)])
    return log


class NaiveTree:
    """RFC 6962, section 2.1, as it is written down: recursive, over ranges of entries."""

    def __init__(self, leaves: Sequence[bytes]) -> None:
        self.leaves = leaves
        self.root = cache(self._root)

    def head(self, size: int) -> TreeHead:
        """Return the head of the tree of the first entries."""
        return TreeHead(size, self.root(0, size))

    def read(self, node: Node) -> bytes:
        """Return the hash of a node, as a NodeReader does."""
        start, end = node.index << node.level, (node.index + 1) << node.level
        assert end <= len(self.leaves), "a node that is not complete was asked for"
        return self.root(start, end)

    def path(self, index: int, start: int, end: int) -> list[bytes]:
        """Return PATH(m, D[n])."""
        if end - start == 1:
            return []
        split = start + largest_power_below(end - start)
        if index < split:
            return [*self.path(index, start, split), self.root(split, end)]
        return [*self.path(index, split, end), self.root(start, split)]

    def subproof(self, old: int, start: int, end: int, *, whole: bool = True) -> list[bytes]:
        """Return SUBPROOF(m, D[n], b); with b true it is PROOF(m, D[n])."""
        if old == end:
            return [] if whole else [self.root(start, end)]
        split = start + largest_power_below(end - start)
        if old <= split:
            return [*self.subproof(old, start, split, whole=whole), self.root(split, end)]
        return [*self.subproof(old, split, end, whole=False), self.root(start, split)]

    def _root(self, start: int, end: int) -> bytes:
        if start == end:
            return sha256().digest()
        if end - start == 1:
            return sha256(b"\0" + self.leaves[start]).digest()
        split = start + largest_power_below(end - start)
        return sha256(b"\1" + self.root(start, split) + self.root(split, end)).digest()


def largest_power_below(count: int) -> int:
    """Return the largest power of two smaller than `count`."""
    power = 1
    while power * 2 < count:
        power *= 2
    return power
