"""The plane on which people who vote alike lie close together (principal components of votes)."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.linalg import svds

from .values import Numbers
from .votes import Votes

AXES: Final = 2
_DENSE: Final = 16
"""A table with so few rows or columns is decomposed whole: ARPACK wants more than it returns."""
_NEGLIGIBLE: Final = 1e-9
_SEED_OF_START: Final = 7


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Plane:
    """Two axes through the votes.

    `means` is the mean vote of each statement, passes being 0 (statements); `axes` the loadings
    (statements × 2), columns of length 1, or 0 where the votes do not spread so far; `spread` the
    singular values (2). `columns` is how many statements there are, and `seen_by_all` how many of
    them count as voted on by everybody (Polis takes withdrawn statements so; 0 otherwise).
    """

    means: Numbers
    axes: Numbers
    spread: Numbers
    columns: int
    seen_by_all: int = 0


def learn_plane(
    votes: Votes, *, columns: int | None = None, seen_by_all: int = 0, tolerance: float = 0.0
) -> Plane:
    """Learn the plane from some people's votes.

    What a person has not seen is taken for the statement's mean, so that centred votes are sparse:
    a truncated singular value decomposition of them is the one that Polis iterates to (Small et al.
    2021). `columns` are the statements that count, all of the table if it is not said.
    """
    means = mean_votes(votes)
    axes, spread = _decompose(_centred(votes, means), tolerance)
    columns = votes.statements if columns is None else columns
    return Plane(
        means=means, axes=_with_signs(axes), spread=spread, columns=columns, seen_by_all=seen_by_all
    )


def project(plane: Plane, votes: Votes) -> Numbers:
    """Return where people lie on the plane (people × 2); who has not voted lies in the middle.

    People who saw little are moved outwards by √(statements / seen), as in Polis.
    """
    sums = _centred(votes, plane.means) @ plane.axes
    seen = np.maximum(votes.count_by_person() + plane.seen_by_all, 1)
    placed: Numbers = sums * np.sqrt(plane.columns / seen)[:, np.newaxis]
    return placed


def mean_votes(votes: Votes) -> Numbers:
    """Return each statement's mean vote, 0 where nobody voted (statements)."""
    counts = count_choices(votes)
    seen = np.maximum(counts.sum(axis=1), 1)
    means: Numbers = (counts[:, 2] - counts[:, 0]) / seen
    return means


def count_choices(votes: Votes) -> Numbers:
    """Return how many disagree, pass and agree (statements × 3)."""
    cells = votes.table.indices * np.int32(3)
    cells += votes.table.data
    cells += 1
    counts = np.bincount(cells, minlength=votes.statements * 3)
    return counts.reshape(votes.statements, 3).astype(np.float64)


def _centred(votes: Votes, means: Numbers) -> csr_array:
    table = votes.table
    centred = np.take(means, table.indices)
    np.subtract(table.data, centred, out=centred)
    return csr_array((centred, table.indices, table.indptr), shape=table.shape)


def _decompose(centred: csr_array, tolerance: float) -> tuple[Numbers, Numbers]:
    """Return loadings (statements × 2) and singular values, the larger first."""
    statements = centred.shape[1]
    axes, spread = np.zeros((statements, AXES)), np.zeros(AXES)
    if not centred.nnz or np.abs(centred.data).max() < _NEGLIGIBLE:
        return axes, spread
    if min(centred.shape) <= _DENSE:
        _, values, rows = np.linalg.svd(centred.toarray(), full_matrices=False)
    else:
        start = np.random.default_rng(_SEED_OF_START).standard_normal(min(centred.shape))
        _, values, rows = svds(
            centred, k=AXES, v0=start, tol=tolerance, return_singular_vectors="vh"
        )
        values, rows = values[::-1], rows[::-1]
    found = min(AXES, values.size)
    spread[:found] = values[:found]
    spread[spread < _NEGLIGIBLE * spread[0]] = 0
    axes[:, :found] = rows[:found].T
    return axes * (spread > 0), spread


def _with_signs(axes: Numbers) -> Numbers:
    """Turn each axis so that its loadings sum to more than nothing: a sign is else an accident."""
    sums = axes.sum(axis=0)
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(AXES)] if len(axes) else sums
    signs = np.where(np.abs(sums) > _NEGLIGIBLE, np.sign(sums), np.sign(largest))
    turned: Numbers = axes * signs
    return turned
