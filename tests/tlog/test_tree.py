"""The Merkle tree against a naive one for every size, and against others' vectors."""

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest
from app.kernel.errors import VerificationError
from app.tlog import tree
from app.tlog.errors import ConsistencyError, InclusionError
from app.tlog.tree import EMPTY_ROOT, HASH_BYTES, Node, TreeHead
from hypothesis import given
from hypothesis import strategies as st

from tests.tlog import logs
from tests.vectors import FOLDER, read_json

LARGEST = 257
LEAVES = [logs.leaf(index) for index in range(LARGEST)]
NAIVE = logs.NaiveTree(LEAVES)
READ = NAIVE.read
MERKLE = FOLDER / "tlog-merkle-rfc6962"


head = NAIVE.head


def files(folder: str) -> list[str]:
    """Return the vectors of a folder, by their names under tests/vectors."""
    return sorted(str(path.relative_to(FOLDER)) for path in (MERKLE / folder).rglob("*.json"))


def decoded(vector: dict[str, Any], name: str) -> bytes:
    return b64decode(vector[name] or "")


def require_verdict(vector: dict[str, Any], verify: Callable[[], None]) -> None:
    """Require that we refuse exactly what the vector says is to be refused."""
    if vector["wantErr"]:
        with pytest.raises(VerificationError):
            verify()
    else:
        verify()


@pytest.mark.parametrize("name", files("inclusion"))
def test_published_inclusion_proof_gets_its_verdict(name: str) -> None:
    vector = read_json(name)
    path = [b64decode(step) for step in vector["proof"] or []]
    of = TreeHead(vector["treeSize"], decoded(vector, "root"))

    require_verdict(
        vector,
        lambda: tree.verify_inclusion(decoded(vector, "leafHash"), vector["leafIdx"], path, of),
    )


@pytest.mark.parametrize("name", files("consistency"))
def test_published_consistency_proof_gets_its_verdict(name: str) -> None:
    vector = read_json(name)
    path = [b64decode(step) for step in vector["proof"] or []]
    old = TreeHead(vector["size1"], decoded(vector, "root1"))
    new = TreeHead(vector["size2"], decoded(vector, "root2"))

    # One good file has roots of 12 bytes; what is no hash is never compared here.
    vector["wantErr"] |= len(old.root) != HASH_BYTES
    require_verdict(vector, lambda: tree.verify_consistency(old, new, path))


def test_there_are_as_many_vectors_as_were_copied() -> None:
    assert (len(files("inclusion")), len(files("consistency"))) == (98, 98)


def test_root_is_the_naive_one_for_every_size() -> None:
    assert head(0).root == EMPTY_ROOT == tree.compute_root(0, READ)
    for size in range(1, LARGEST + 1):
        hashes = [tree.hash_leaf(leaf) for leaf in LEAVES[:size]]

        assert tree.compute_root(size, READ) == head(size).root == tree.hash_row(hashes)


def require_inclusion(index: int, size: int) -> None:
    """Require that our proof is the naive one and verifies."""
    path = tree.prove_inclusion(index, size, READ)

    assert list(path) == NAIVE.path(index, 0, size)
    tree.verify_inclusion(tree.hash_leaf(LEAVES[index]), index, path, head(size))


def require_consistency(old: int, new: int) -> None:
    """Require that our proof is the naive one and verifies; from nothing there is none."""
    path = tree.prove_consistency(old, new, READ)

    assert list(path) == (NAIVE.subproof(old, 0, new) if old else [])
    tree.verify_consistency(head(old), head(new), path)


@given(st.integers(1, LARGEST), st.data())
def test_proofs_are_the_naive_ones(size: int, data: st.DataObject) -> None:
    require_inclusion(data.draw(st.integers(0, size - 1)), size)
    require_consistency(data.draw(st.integers(0, size)), size)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8, 9, 31, 32, 33])
def test_every_proof_of_small_trees_is_the_naive_one(size: int) -> None:
    for other in range(size):
        require_inclusion(other, size)
    for other in range(size + 1):
        require_consistency(other, size)


@pytest.mark.slow
def test_every_proof_of_every_tree_is_the_naive_one() -> None:
    for size in range(1, LARGEST + 1):
        for other in range(size):
            require_inclusion(other, size)
            require_consistency(other, size)
        require_consistency(size, size)


@given(st.data(), st.integers(1, LARGEST))
def test_inclusion_proof_of_something_else_is_refused(data: st.DataObject, size: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    path = list(tree.prove_inclusion(index, size, READ))
    leaf_hash = tree.hash_leaf(LEAVES[index])
    other = data.draw(st.integers(0, LARGEST - 1).filter(lambda other: other != index))

    with pytest.raises(InclusionError):
        tree.verify_inclusion(leaf_hash, other, path, head(size))
    with pytest.raises(InclusionError):
        tree.verify_inclusion(tree.hash_leaf(LEAVES[other]), index, path, head(size))
    with pytest.raises(InclusionError):
        tree.verify_inclusion(leaf_hash, index, [*path, leaf_hash], head(size))
    for place in range(len(path)):
        with pytest.raises(InclusionError):
            tree.verify_inclusion(leaf_hash, index, path[:place] + path[place + 1 :], head(size))
        bent = [*path[:place], bytes(32), *path[place + 1 :]]
        with pytest.raises(InclusionError):
            tree.verify_inclusion(leaf_hash, index, bent, head(size))
        short = [*path[:place], path[place][:31], *path[place + 1 :]]
        with pytest.raises(InclusionError):
            tree.verify_inclusion(leaf_hash, index, short, head(size))


@given(st.data(), st.integers(1, LARGEST))
def test_consistency_proof_between_other_trees_is_refused(data: st.DataObject, new: int) -> None:
    old = data.draw(st.integers(1, new))
    path = list(tree.prove_consistency(old, new, READ))
    forged = TreeHead(old, bytes(32)), TreeHead(new, bytes(32))

    with pytest.raises(ConsistencyError):
        tree.verify_consistency(forged[0], head(new), path)
    with pytest.raises(ConsistencyError):
        tree.verify_consistency(head(old), forged[1], path)
    with pytest.raises(ConsistencyError):
        tree.verify_consistency(head(old), head(new), [*path, bytes(32)])
    for place in range(len(path)):
        for bent in (
            path[:place] + path[place + 1 :],
            [*path[:place], bytes(32), *path[place + 1 :]],
        ):
            with pytest.raises(ConsistencyError):
                tree.verify_consistency(head(old), head(new), bent)


def test_entry_changed_in_the_past_has_no_consistency_proof() -> None:
    """The host rewrites entry 3 of 10 and hands out the proof that its new tree gives."""
    changed = [*LEAVES[:3], b"something else", *LEAVES[4:20]]
    forged = logs.NaiveTree(changed)

    for old in range(4, 20):
        path = tree.prove_consistency(old, 20, forged.read)
        with pytest.raises(ConsistencyError):
            tree.verify_consistency(head(old), forged.head(20), path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (TreeHead(0, bytes(32)), TreeHead(5, head(5).root)),
        (TreeHead(0, bytes(32)), TreeHead(0, bytes(32))),
        (TreeHead(3, head(3).root), TreeHead(2, head(2).root)),
        (TreeHead(4, head(2).root), TreeHead(2, head(2).root)),
        (TreeHead(-1, head(3).root), TreeHead(2, head(2).root)),
        (TreeHead(5, head(5).root), TreeHead(5, head(5).root[:31])),
    ],
)
def test_tree_that_cannot_be_is_consistent_with_none(old: TreeHead, new: TreeHead) -> None:
    with pytest.raises(ConsistencyError):
        tree.verify_consistency(old, new, [])


def test_root_of_a_higher_tree_is_not_taken_for_that_of_its_size() -> None:
    """The log signs a size that is smaller than its tree, and proofs that go on behind its root."""
    leaf_hash = tree.hash_leaf(LEAVES[0])
    with pytest.raises(InclusionError):
        tree.verify_inclusion(
            leaf_hash, 0, [bytes(32)], TreeHead(1, tree.hash_node(bytes(32), leaf_hash))
        )

    path = [*tree.prove_consistency(3, 4, READ), bytes(32)]
    three, four = (TreeHead(size, tree.hash_node(bytes(32), head(size).root)) for size in (3, 4))
    with pytest.raises(ConsistencyError):
        tree.verify_consistency(three, four, path)


def test_empty_tree_is_the_start_of_every_tree_without_a_proof() -> None:
    tree.verify_consistency(head(0), head(0), [])
    tree.verify_consistency(head(0), head(7), [])

    with pytest.raises(ConsistencyError):
        tree.verify_consistency(head(0), head(7), [head(7).root])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_no_proof_is_made_for_an_entry_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="no such entry"):
        tree.prove_inclusion(index, size, READ)
    with pytest.raises(InclusionError):
        tree.verify_inclusion(tree.hash_leaf(LEAVES[0]), index, [], head(size))


@pytest.mark.parametrize(("old", "new"), [(6, 5), (-1, 5)])
def test_no_proof_is_made_between_sizes_out_of_order(old: int, new: int) -> None:
    with pytest.raises(ValueError, match="old size"):
        tree.prove_consistency(old, new, READ)


def test_leaf_is_never_taken_for_a_node() -> None:
    """Second preimage: an entry that consists of two hashes must not hash as their node."""
    left, right = tree.hash_leaf(b"a"), tree.hash_leaf(b"b")

    assert tree.hash_leaf(left + right) != tree.hash_node(left, right)
    assert READ(Node(1, 0)) == tree.hash_node(READ(Node(0, 0)), READ(Node(0, 1)))
