"""Weighted k-means with several starts at once, the same for the same points in any order."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .values import Integers, Numbers

_MOST_ROUNDS: Final = 100
_SETTLED: Final = 1e-6
_DECIMALS: Final = 9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Clusters:
    """Centres (clusters × 2), the nearest of each point (points), their weights (clusters).

    `inertia` is the sum of squared distances, by weight.
    """

    centres: Numbers
    labels: Integers
    weights: Numbers
    inertia: float


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Points as two coordinates and weights, in the order of the coordinates.

    All depends on that order alone, so that nobody's place in a list decides.
    """

    x: Numbers
    y: Numbers
    weights: Numbers
    order: Integers


def cluster(
    points: Numbers, weights: Numbers, count: int, *,
    seed: int, starts: int = 1, shift: float = _SETTLED, rounds: int = _MOST_ROUNDS,
) -> Clusters:  # fmt: skip
    """Return the best of several starts: at most `count` clusters, none of them empty.

    Seeds are drawn by k-means++ (Arthur and Vassilvitskii 2007). It ends when no centre moves
    further than `shift`, or after so many rounds. Clusters are numbered by their centres.
    """
    ordered = _in_order(points, weights)
    centres = _draw_seeds(ordered, count, starts, np.random.default_rng(seed))
    return _settled(ordered, centres, shift, rounds)


def settle(points: Numbers, centres: Numbers, shift: float = _SETTLED) -> Clusters:
    """Return clusters of points that start at these centres, each point weighing the same."""
    ordered = _in_order(points, np.ones(len(points)))
    return _settled(ordered, centres[np.newaxis], shift, _MOST_ROUNDS)


def first_places(points: Numbers, count: int) -> Numbers:
    """Return the first different points in canonical order (at most count × 2)."""
    places: Numbers = np.unique(np.round(points, _DECIMALS) + 0.0, axis=0)[:count]
    return places


def canonical_order(points: Numbers) -> Integers:
    """Return an order of points that depends on their coordinates alone."""
    rounded = np.round(points, _DECIMALS) + 0.0
    order: Integers = np.lexsort((rounded[:, 1], rounded[:, 0]))
    return order


def nearest_centre(points: Numbers, centres: Numbers) -> Integers:
    """Return the number of each point's nearest centre (points)."""
    columns = np.ascontiguousarray(points.T)
    labels, _ = _find_nearest(columns[0], columns[1], centres[np.newaxis])
    nearest: Integers = labels[0]
    return nearest


def _in_order(points: Numbers, weights: Numbers) -> _Points:
    order = canonical_order(points)
    columns = np.ascontiguousarray(points[order].T)
    return _Points(columns[0], columns[1], weights[order], order)


def _find_nearest(x: Numbers, y: Numbers, centres: Numbers) -> tuple[Integers, Numbers]:
    """Return nearest centres and squared distances to them (each: starts × points)."""
    starts, count, _ = centres.shape
    labels = np.zeros((starts, x.size), dtype=np.int64)
    nearest = np.full((starts, x.size), np.inf)
    # Centre by centre along all points: many times faster than along the few centres of a point.
    for number in range(count):
        squares = _squares(x, y, centres[:, number])
        closer = squares < nearest
        np.copyto(nearest, squares, where=closer)
        labels[closer] = number
    return labels, nearest


def _squares(x: Numbers, y: Numbers, places: Numbers) -> Numbers:
    """Return squared distances from one place of each start (starts × points)."""
    squares: Numbers = np.square(x - places[:, :1])
    squares += np.square(y - places[:, 1:])
    return squares


def _draw_seeds(
    points: _Points, count: int, starts: int, randomness: np.random.Generator
) -> Numbers:
    """Draw each next seed with a chance proportional to its squared distance from the others."""
    seeds = np.empty((starts, count, 2))
    nearest = np.ones((starts, points.x.size))
    for number in range(count):
        upto = np.cumsum(nearest * points.weights, axis=1)
        drawn = randomness.random((starts, 1)) * upto[:, -1:]
        picked = np.minimum((upto <= drawn).sum(axis=1), points.x.size - 1)
        seeds[:, number] = np.stack([points.x[picked], points.y[picked]], axis=1)
        squares = _squares(points.x, points.y, seeds[:, number])
        nearest = squares if not number else np.minimum(nearest, squares)
    return seeds


def _settled(points: _Points, centres: Numbers, shift: float, rounds: int) -> Clusters:
    for _ in range(rounds):
        moved = _step(points, centres)
        distance = float(np.abs(moved - centres).max(initial=0.0))
        centres = moved
        if distance <= shift:
            break
    labels, squares = _find_nearest(points.x, points.y, centres)
    inertia = (squares * points.weights).sum(axis=1)
    best = int(inertia.argmin())
    return _numbered(points, centres[best], labels[best], float(inertia[best]))


def _step(points: _Points, centres: Numbers) -> Numbers:
    """Move each centre into the middle of its points; one without points stays."""
    starts, count, _ = centres.shape
    labels, _ = _find_nearest(points.x, points.y, centres)
    labels += np.arange(starts)[:, np.newaxis] * count
    cells, size = labels.reshape(-1), starts * count
    total, *sums = (
        np.bincount(cells, np.broadcast_to(each, labels.shape).reshape(-1), size)
        for each in (points.weights, points.weights * points.x, points.weights * points.y)
    )
    filled = np.where(total > 0, total, 1)
    middle = np.stack([each / filled for each in sums], axis=1).reshape(centres.shape)
    return np.where((total > 0).reshape(starts, count, 1), middle, centres)


def _numbered(points: _Points, centres: Numbers, labels: Integers, inertia: float) -> Clusters:
    """Leave out empty clusters, number the rest by their centres, and put points back in order."""
    total: Numbers = np.bincount(labels, points.weights, len(centres)).astype(np.float64)
    kept = np.flatnonzero(total > 0)
    kept = kept[canonical_order(centres[kept])]
    number = np.zeros(len(centres), dtype=np.int64)
    number[kept] = np.arange(kept.size)
    in_order = np.empty(labels.size, dtype=np.int64)
    in_order[points.order] = number[labels]
    return Clusters(centres=centres[kept], labels=in_order, weights=total[kept], inertia=inertia)
