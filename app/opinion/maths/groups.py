"""Opinion groups: people who vote alike, found in two steps as Polis does."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .kmeans import Clusters, canonical_order, cluster, first_places, nearest_centre, settle
from .values import Integers, Mask, Numbers
from .votes import Votes

MOST_GROUPS: Final = 5
FEWEST_VOTES: Final = 7
"""Who voted less often is in no group, unless there are less statements (Polis)."""
FEWEST_PEOPLE: Final = 15
"""If fewer voted so often, those who voted most are taken in up to so many (Polis)."""
_MOST_LEARNERS: Final = 20_000
_VOTES_OF_LEARNERS: Final = 25
_BASE_CLUSTERS: Final = 100
_BASE_SHIFT: Final = 0.01
_BASE_ROUNDS: Final = 12
_STARTS: Final = 10
_ROUGHLY: Final = 1e-3
_SETTLED: Final = 1e-6
_WORTH_A_SEED: Final = 0.995


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Partition:
    """Centres of groups on the plane (groups × 2), the largest group first, and how well they part.

    `silhouette` is the mean over learners, each standing where its base cluster has its centre.
    """

    centres: Numbers
    silhouette: float

    @property
    def groups(self) -> int:
        """Return how many groups there are."""
        return len(self.centres)


def list_participants(votes: Votes, statements: int) -> Mask:
    """Return who voted often enough to be in a group: on 7 statements, or on all (people).

    Where the fifteenth voted as often as the next ones, all of these are taken in: nobody's place
    in a list decides.
    """
    counts = votes.count_by_person()
    enough = max(min(FEWEST_VOTES, statements), 1)
    if counts.size and int((counts >= enough).sum()) < FEWEST_PEOPLE:
        place = min(FEWEST_PEOPLE, counts.size)
        enough = max(min(enough, int(np.partition(counts, -place)[-place])), 1)
    participants: Mask = counts >= enough
    return participants


def choose_learners(points: Numbers, counts: Integers, seed: int) -> Integers:
    """Return the numbers of the points from which groups are learnt, in canonical order.

    All, or of more than 20,000 those with 25 votes or more, or 20,000 of these, drawn by the seed:
    their places are the least uncertain.
    """
    order = canonical_order(points)
    if order.size > _MOST_LEARNERS:
        often = order[counts[order] >= _VOTES_OF_LEARNERS]
        order = often if often.size >= _MOST_LEARNERS // 2 else order
    if order.size > _MOST_LEARNERS:
        drawn = np.random.default_rng(seed).choice(order.size, _MOST_LEARNERS, replace=False)
        order = order[np.sort(drawn)]
    return order


def find_base_clusters(points: Numbers, seed: int) -> Clusters:
    """Return up to 100 small clusters of points: what groups are made of."""
    weights = np.ones(len(points))
    count = min(_BASE_CLUSTERS, len(points))
    return cluster(points, weights, count, seed=seed, shift=_BASE_SHIFT, rounds=_BASE_ROUNDS)


def most_groups(base: Clusters) -> int:
    """Return how many groups are tried at most: fewer where few people are (Polis), or places."""
    people = min(int(base.weights.sum()), _BASE_CLUSTERS)
    return min(MOST_GROUPS, 2 + people // 12, len(base.centres))


def part(points: Numbers, base: Clusters, groups: int, seed: int) -> Partition:
    """Part learners into so many groups (fewer, if they stand in fewer places)."""
    centres = find_centres(points, base.centres, base.weights, groups, seed)
    labels = nearest_centre(base.centres, centres)
    return Partition(centres=centres, silhouette=_silhouette(base, labels, len(centres)))


def find_centres(
    points: Numbers, places: Numbers, weights: Numbers, groups: int, seed: int,
    *, starts: int = _STARTS, shift: float = _SETTLED,
) -> Numbers:  # fmt: skip
    """Return the centres of groups of points, the largest first (groups × 2).

    One start takes the first places in the order of the coordinates, as Polis does; the other is
    the best of some that are drawn among `places`. Optima of k-means lie close together and flip
    with the seed, so the start that knows no seed is kept unless the other is better by half a
    percent.
    """
    best = cluster(places, weights, groups, seed=seed, starts=starts, shift=max(shift, _ROUGHLY))
    drawn = settle(points, best.centres, shift)
    fixed = settle(points, first_places(points, groups), shift)
    found = drawn if drawn.inertia < fixed.inertia * _WORTH_A_SEED else fixed
    return found.centres[np.argsort(-found.weights, kind="stable")]


def assign(partition: Partition, points: Numbers, participants: Mask) -> Integers:
    """Return the group of each participant, by the nearest centre, -1 for all else (people)."""
    labels = np.full(len(points), -1, dtype=np.int64)
    labels[participants] = nearest_centre(points[participants], partition.centres)
    return labels


def _silhouette(base: Clusters, labels: Integers, groups: int) -> float:
    """Return the mean silhouette of base clusters, by weight; one alone in its group counts 0."""
    if len(np.unique(labels)) < 2:
        return 0.0
    apart = base.centres[:, np.newaxis] - base.centres
    distance = np.sqrt(np.square(apart).sum(axis=2))
    member = labels[:, np.newaxis] == np.arange(groups)
    weight = base.weights[:, np.newaxis] * member
    sums, total = distance @ weight, weight.sum(axis=0)
    own = np.arange(len(base.centres)), labels
    inside = sums[own] / np.maximum(total[labels] - base.weights, 1e-12)
    outside = np.where(member, np.inf, sums / np.maximum(total, 1e-12)).min(axis=1)
    widest = np.maximum(np.maximum(inside, outside), 1e-12)
    values = np.where(member.sum(axis=0)[labels] > 1, (outside - inside) / widest, 0.0)
    return float(np.average(values, weights=base.weights))
