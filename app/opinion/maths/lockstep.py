"""People who share many votes that hardly anybody else casts, as from a list that was handed out.

Nobody is accused and no vote is deleted: a cluster counts once. Votes alone never tell an order
from a conviction, so the net is wide-meshed on purpose: only people for whom nobody vouches, only
answers that fewer than twelve in a hundred of the vouched give, at least five of them, eight people
and more. With fifteen in a hundred, and four of them, up to one honest person in thirty-six was
taken for a part of a crowd: the genuine minority. Whoever knows this can vote around it; what holds
then are the bounds of `blocs`.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from .values import Integers, Mask, Numbers
from .votes import PASS, Votes

RARE: Final = 0.12
"""Share of the vouched voters of a statement below which an answer is rare."""
LEAST_VOUCHED: Final = 10
"""Vouched voters that a statement needs before anything about it is called rare."""
LEAST_SHARED: Final = 5
LEAST_ALIKE: Final = 0.8
"""The part of the shorter list of rare votes that both must have in common."""
LEAST_PEOPLE: Final = 8
MOST_COMPARED: Final = 2_000
_ROWS_AT_ONCE: Final = 2_000


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Lockstep:
    """Clusters of people in lockstep.

    `cluster` has each person's cluster, from 0, or -1 (people); `weight` what their vote counts
    for: 1, or one shared by their cluster (people).
    """

    cluster: Integers
    weight: Numbers

    @property
    def people(self) -> int:
        """Return how many people are in clusters."""
        return int((self.cluster >= 0).sum())


def find_lockstep(votes: Votes, vouched: Mask) -> Lockstep:
    """Find clusters among those for whom nobody vouches; `vouched` has a place for each person."""
    rare = _rare_votes(votes, vouched)
    many = np.flatnonzero(np.diff(rare.indptr) >= LEAST_SHARED)
    joined = _join(rare[many])
    size = np.bincount(joined, minlength=1)
    is_large = size[joined] >= LEAST_PEOPLE if many.size else np.zeros(0, dtype=np.bool_)
    cluster = np.full(votes.people, -1, dtype=np.int64)
    weight = np.ones(votes.people)
    # Numbered by their first member, so that a number says nothing of how they were found.
    _, first, number = np.unique(joined[is_large], return_index=True, return_inverse=True)
    cluster[many[is_large]] = np.argsort(np.argsort(first))[number]
    weight[many[is_large]] = 1 / size[joined[is_large]]
    return Lockstep(cluster=cluster, weight=weight)


def _rare_votes(votes: Votes, vouched: Mask) -> csr_array:
    """Return a one for each rare vote of an unvouched person (people × statement and answer)."""
    own = votes.person_of_each()
    cell = votes.table.indices.astype(np.int64) * 3 + votes.table.data + 1
    width = votes.statements * 3
    counts = np.bincount(cell[vouched[own]], minlength=width).reshape(-1, 3)
    voters = counts.sum(axis=1, keepdims=True)
    few = (counts < RARE * voters) & (voters >= LEAST_VOUCHED)
    kept = few.reshape(-1)[cell] & ~vouched[own] & (votes.table.data != PASS)
    ones = np.ones(int(kept.sum()), dtype=np.int32)
    return csr_array((ones, (own[kept], cell[kept])), shape=(votes.people, width))


def _join(rare: csr_array) -> Integers:
    """Return a number for each row; rows that are nearly the same, directly or not, share one."""
    lists, row_of = _distinct(rare)
    if not lists.shape[0]:
        return np.zeros(0, dtype=np.int64)
    length = np.diff(lists.indptr)
    anchors = _anchors_of(lists)
    turned = lists[anchors].T.tocsr()
    links = []
    for begin in range(0, lists.shape[0], _ROWS_AT_ONCE):
        shared = (lists[begin : begin + _ROWS_AT_ONCE] @ turned).tocoo()
        row, column = shared.row + begin, anchors[shared.col]
        least = np.maximum(LEAST_SHARED, LEAST_ALIKE * np.minimum(length[row], length[column]))
        alike = shared.data >= least
        links.append(np.stack((row[alike], column[alike])))
    row, column = np.concatenate(links, axis=1)
    graph = csr_array((np.ones(row.size), (row, column)), shape=(lists.shape[0],) * 2)
    _, number = connected_components(graph, directed=False)
    joined: Integers = number.astype(np.int64)[row_of]
    return joined


def _anchors_of(lists: csr_array) -> Integers:
    """Return the rows that all are compared with: all of them, or 2,000.

    Whoever votes with a hundred thousand bots, each of another list, would else keep the worker
    busy for hours. Which 2,000 does not depend on the order of people.
    """
    ends = zip(lists.indptr[:-1], lists.indptr[1:], strict=True)
    marks = [sha256(lists.indices[begin:end].tobytes()).digest() for begin, end in ends]
    order = sorted(range(len(marks)), key=marks.__getitem__)
    return np.sort(np.array(order[:MOST_COMPARED], dtype=np.int64))


def _distinct(rare: csr_array) -> tuple[csr_array, Integers]:
    """Return different rows, and which of them each row is: a crowd is compared once."""
    rare.sort_indices()
    seen: dict[bytes, int] = {}
    parts = [
        rare.indices[begin:end].tobytes()
        for begin, end in zip(rare.indptr[:-1], rare.indptr[1:], strict=True)
    ]
    row_of = np.array([seen.setdefault(part, len(seen)) for part in parts], dtype=np.int64)
    _, first = np.unique(row_of, return_index=True)
    return rare[first], row_of
