"""The Merkle tree of RFC 6962, section 2.1: hashes, and inclusion and consistency proofs.

Nothing here holds a tree. A proof is made from a function that returns the hash of a *node*: a
perfect subtree, named by its level (0: leaves) and its place among the nodes of that level. Nodes
never change once they are complete, so they are what is stored; the few hashes at the right edge
that are not nodes are made from nodes each time.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, TypeAlias

from .errors import ConsistencyError, InclusionError

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = sha256().digest()


@dataclass(frozen=True, slots=True)
class Node:
    """The perfect subtree over entries `index << level` up to `(index + 1) << level`."""

    level: int
    index: int


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How many entries a tree has, and its root hash of 32 bytes."""

    size: int
    root: bytes


NodeReader: TypeAlias = Callable[[Node], bytes]
"""Returns the hash of a complete node."""


def hash_leaf(leaf: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\0" + leaf).digest()


def hash_node(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees."""
    return sha256(b"\1" + left + right).digest()


def hash_pairs(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the next row up: a hash for each pair. An odd last one has no pair and is left out."""
    pairs = zip(hashes[::2], hashes[1::2], strict=False)
    return [sha256(b"\1" + left + right).digest() for left, right in pairs]


def hash_row(hashes: Sequence[bytes]) -> bytes:
    """Return the root over subtrees of one size, of which the last alone may be smaller."""
    if not hashes:
        return EMPTY_ROOT
    while len(hashes) > 1:
        # An odd last subtree is the right side of a later split: it goes up as it is.
        odd = hashes[-1:] if len(hashes) % 2 else []
        hashes = [*hash_pairs(hashes), *odd]
    return hashes[0]


def compute_root(size: int, read: NodeReader) -> bytes:
    """Return the root of the first `size` entries."""
    return _hash_range(0, size, read) if size else EMPTY_ROOT


def prove_inclusion(index: int, size: int, read: NodeReader) -> tuple[bytes, ...]:
    """Return the inclusion proof of an entry in the tree of the first `size`; leaf's sibling first.

    Raises:
        ValueError: there is no such entry in that tree.

    """
    if not 0 <= index < size:
        raise ValueError("no such entry")
    start, end = 0, size
    ranges = []
    while end - start > 1:
        split = _split(start, end)
        if index < split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    return tuple(_hash_range(*span, read) for span in reversed(ranges))


def prove_consistency(old: int, new: int, read: NodeReader) -> tuple[bytes, ...]:
    """Return the consistency proof between two sizes; from 0 it is empty, as it says nothing.

    Raises:
        ValueError: the old size is not below or equal to the new one.

    """
    if not 0 <= old <= new:
        raise ValueError("the old size is beyond the new one")
    if old == 0:
        return ()
    start, end = 0, new
    ranges = []
    while old != end:
        split = _split(start, end)
        if old <= split:
            ranges.append((split, end))
            end = split
        else:
            ranges.append((start, split))
            start = split
    # The old root itself, where it is a subtree of the new tree, is known to who verifies.
    if start:
        ranges.append((start, end))
    return tuple(_hash_range(*span, read) for span in reversed(ranges))


def verify_inclusion(leaf_hash: bytes, index: int, path: Sequence[bytes], tree: TreeHead) -> None:
    """Verify that the tree holds a leaf hash at a place (RFC 9162, section 2.1.3.2).

    Raises:
        InclusionError: the proof does not show it.

    """
    if not 0 <= index < tree.size or not _are_hashes(leaf_hash, tree.root, *path):
        raise InclusionError
    place, last, found = index, tree.size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            raise InclusionError
        if place % 2 or place == last:
            found = hash_node(sibling, found)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hash_node(found, sibling)
        place, last = place >> 1, last >> 1
    if last or found != tree.root:
        raise InclusionError


def verify_consistency(old: TreeHead, new: TreeHead, path: Sequence[bytes]) -> None:
    """Verify that a tree is the start of another one (RFC 9162, section 2.1.4.2).

    The empty tree is the start of every tree, with an empty proof.

    Raises:
        ConsistencyError: the proof does not show it.

    """
    for tree in (old, new):
        if not _are_hashes(tree.root) or (tree.size == 0 and tree.root != EMPTY_ROOT):
            raise ConsistencyError
    if not 0 <= old.size <= new.size or not _are_hashes(*path):
        raise ConsistencyError
    if old.size in (0, new.size):
        if path or (old.size == new.size and old.root != new.root):
            raise ConsistencyError
        return
    # A perfect old tree is a node of the new one: the proof leaves its root out.
    steps = [old.root, *path] if old.size & (old.size - 1) == 0 else list(path)
    if not steps:
        raise ConsistencyError
    _climb(old, new, steps)


def _climb(old: TreeHead, new: TreeHead, steps: Sequence[bytes]) -> None:
    place, last = old.size - 1, new.size - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    old_root = new_root = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ConsistencyError
        if place % 2 or place == last:
            old_root, new_root = hash_node(step, old_root), hash_node(step, new_root)
            while place % 2 == 0 and place:
                place, last = place >> 1, last >> 1
        else:
            new_root = hash_node(new_root, step)
        place, last = place >> 1, last >> 1
    if last or (old_root, new_root) != (old.root, new.root):
        raise ConsistencyError


def list_nodes(start: int, end: int) -> Iterator[Node]:
    """Yield the nodes that together cover a range of entries, the largest first.

    The range is one that splitting a tree gives: it starts at a multiple of a power of two that is
    no smaller than its length.
    """
    while start < end:
        level = (end - start).bit_length() - 1
        yield Node(level, start >> level)
        start += 1 << level


def _hash_range(start: int, end: int, read: NodeReader) -> bytes:
    *left, found = [read(node) for node in list_nodes(start, end)]
    for sibling in reversed(left):
        found = hash_node(sibling, found)
    return found


def _split(start: int, end: int) -> int:
    """Return where RFC 6962 splits a range: after the largest power of two below its length."""
    return start + (1 << (end - start - 1).bit_length() - 1)


def _are_hashes(*values: bytes) -> bool:
    return all(len(value) == HASH_BYTES for value in values)
