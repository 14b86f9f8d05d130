"""How the log grows: what a run of the sequencer writes, decided before anything is written.

A plan is a function of the entries and their places alone. Whoever runs the sequencer keeps this
order, and after a crash begins it anew:

1. Entries have their places in the database, durably. A crash here leaves entries without files.
2. The plan's files are written and durable. A crash here leaves files that no checkpoint names;
   the same entries give the same files, so that writing them again changes nothing.
3. The checkpoint replaces the one that the plan began from, by compare-and-swap, in its own file.
   A crash here leaves a checkpoint that nobody has seen yet, and all that it names is there.
4. The checkpoint is published.

A signed checkpoint cannot be taken back: `require_own_past` comes before every run.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .errors import LogBehindError, OwnPastError
from .publication import path_of
from .tiles import ENTRIES, WIDTH, Edge, Tile, encode_bundle, list_new_tiles
from .tree import TreeHead, hash_leaf


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What a run adds. Nothing of it is written yet."""

    files: tuple[tuple[str, bytes], ...]
    """Paths below the public folder and what they hold: bundles of entries first, then tiles. Each
    is new and never changes."""
    edge: Edge
    """The tree afterwards; its head is what the next checkpoint signs."""


def plan_growth(edge: Edge, open_leaves: Sequence[bytes], leaves: Sequence[bytes]) -> Growth:
    """Return what to write so that the log grows from an edge by these entries, in their order.

    `open_leaves` are the entries of the last bundle that is not full: those behind row 0 of the
    edge. A long catch-up is planned in several runs, as many entries each as memory should hold.

    Raises:
        OwnPastError: those are not the entries that the tree holds there.
        TooLargeError: an entry fits no bundle.

    """
    row = edge.rows[0] if edge.rows else ()
    if tuple(map(hash_leaf, open_leaves)) != row:
        raise OwnPastError(edge.size)
    grown, full = edge.grow([hash_leaf(leaf) for leaf in leaves])
    hashes = dict(full) | dict(grown.list_partial())
    known = [*open_leaves, *leaves]
    first = edge.size - len(open_leaves)

    def contents(tile: Tile) -> bytes:
        if tile.level != ENTRIES:
            return hashes[tile]
        start = tile.index * WIDTH - first
        return encode_bundle(known[start : start + tile.width])

    new = list_new_tiles(edge.size, grown.size)
    files = tuple((path_of(tile), contents(tile)) for tile in new)
    return Growth(files=files, edge=grown)


def require_own_past(signed: TreeHead, entries: int, root_then: bytes) -> None:
    """Require that a database continues what its log has signed, or sign nothing.

    `signed` is the tree of the log's own last checkpoint, `entries` how many the database has, and
    `root_then` the root over the first `signed.size` of them. More entries than signed are no
    error: the last run ended between its first step and its third.

    Raises:
        LogBehindError: the database has fewer entries than were signed.
        OwnPastError: it has others.

    """
    if entries < signed.size:
        raise LogBehindError(entries, signed.size)
    if root_then != signed.root:
        raise OwnPastError(signed.size)
