"""How many groups there are, if there are any: what speaks for them, and why there are none."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

import numpy as np

from .groups import (
    FEWEST_PEOPLE,
    Partition,
    choose_learners,
    find_base_clusters,
    find_centres,
    most_groups,
    part,
)
from .kmeans import nearest_centre
from .plane import AXES, Plane, learn_plane, project
from .values import Integers, Numbers
from .votes import Votes

LEAST_AGREEMENT: Final = 0.6
LEAST_SHARE: Final = 0.05
LEAST_SPREAD: Final = 1.05
_SAMPLE: Final = 10_000
_FEWEST_SPLITS: Final = 3
_MOST_SPLITS: Final = 15
_PEOPLE_OF_SPLITS: Final = 30_000
_SHUFFLES: Final = 2
_STARTS: Final = 3
_NEAR: Final = 0.01
_ROUGHLY: Final = 1e-3


class NoGroups(StrEnum):
    """Why nobody should speak of groups."""

    TOO_FEW = "fewer than 15 people voted often enough"
    BY_CHANCE = "votes spread no further than votes that are dealt out by chance"
    TOO_SMALL = "a group would hold less than one in twenty"
    UNSTABLE = "two halves of the same people part differently"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Choice:
    """A partition, and what speaks for it.

    `agreement` is the median adjusted Rand index between partitions learnt on two halves of the
    people, `spread` the first singular value over that of shuffled votes, `smallest` the share of
    the smallest group among the participants. `reason` says why there are no clear groups.
    """

    partition: Partition
    agreement: float
    spread: float
    smallest: float
    reason: NoGroups | None


_NOBODY: Final = Choice(
    partition=Partition(centres=np.zeros((0, AXES)), silhouette=0.0),
    agreement=0.0, spread=0.0, smallest=0.0, reason=NoGroups.TOO_FEW,
)  # fmt: skip


@dataclass(frozen=True, eq=False, kw_only=True)
class Trial:
    """Participants, and a sample of them in an order that depends on their votes alone.

    `rows` are the participants' numbers in the table; `points` everybody's places.
    """

    votes: Votes
    plane: Plane
    points: Numbers
    rows: Integers
    seed: int

    def choose(self, given: int | None) -> Choice:
        """Choose a partition: of the given number of groups, or of the first that holds.

        Numbers are tried from the best silhouette down. If none holds, the best is returned, with
        the reason.
        """
        if not self.rows.size:
            return _NOBODY
        places = self.points[self.learners]
        base = find_base_clusters(places, self.seed)
        if given is None:
            numbers = range(2, most_groups(base) + 1) or range(1, 2)
        else:
            numbers = range(given, given + 1)
        tried = [part(places, base, number, self.seed) for number in numbers]
        tried.sort(key=lambda each: -round(each.silhouette, 9))
        large = [each for each in tried if self._smallest(each) >= LEAST_SHARE]
        choices = (self._judge(partition) for partition in large or tried)
        first = next(choices)
        if not large or first.reason in {None, NoGroups.TOO_FEW, NoGroups.BY_CHANCE}:
            return first
        return next((choice for choice in choices if choice.reason is None), first)

    def _judge(self, partition: Partition) -> Choice:
        smallest, is_many = self._smallest(partition), self.rows.size >= FEWEST_PEOPLE
        agreement = self._agreement_of_halves(partition.groups) if is_many else 0.0
        reason = (
            NoGroups.TOO_FEW if not is_many
            else NoGroups.BY_CHANCE if self.spread < LEAST_SPREAD or partition.groups < 2
            else NoGroups.TOO_SMALL if smallest < LEAST_SHARE
            else NoGroups.UNSTABLE if agreement < LEAST_AGREEMENT
            else None
        )  # fmt: skip
        return Choice(
            partition=partition, agreement=agreement, spread=self.spread, smallest=smallest,
            reason=reason,
        )  # fmt: skip

    def _smallest(self, partition: Partition) -> float:
        labels = nearest_centre(self.points[self.rows], partition.centres)
        return float(np.bincount(labels, minlength=partition.groups).min() / labels.size)

    @cached_property
    def learners(self) -> Integers:
        """The numbers in the table of those from whose places groups are learnt."""
        counts = self.votes.count_by_person()[self.rows]
        learners: Integers = self.rows[choose_learners(self.points[self.rows], counts, self.seed)]
        return learners

    @cached_property
    def sample(self) -> Votes:
        """The votes of up to 10,000 learners; rows and columns in canonical order."""
        rows = self.learners
        if rows.size > _SAMPLE:
            drawn = np.random.default_rng(self.seed).choice(rows.size, _SAMPLE, replace=False)
            rows = rows[np.sort(drawn)]
        keys = (self.plane.axes[:, 1], self.plane.axes[:, 0], self.plane.means)
        columns = np.lexsort([np.round(key, 9) + 0.0 for key in keys])
        table = self.votes.table[rows][:, columns].tocsr()
        table.sort_indices()
        return Votes(table)

    @cached_property
    def spread(self) -> float:
        """How much further the first axis reaches than that of shuffled votes."""
        real = self._learn(self.sample).spread[0]
        randomness = np.random.default_rng(self.seed)
        dealt = [
            self._learn(shuffle_votes(self.sample, randomness)).spread[0] for _ in range(_SHUFFLES)
        ]
        return float(real / np.mean(dealt)) if np.mean(dealt) > 0 else 0.0

    def _agreement_of_halves(self, groups: int) -> float:
        agreements = []
        for halves in self._halves:
            one, other = (self._part_by_half(own, everybody, groups) for own, everybody in halves)
            agreements.append(adjusted_rand(one, other))
        # Not the mean: a half that missed a small group says little about the others.
        return float(np.median(agreements))

    def _part_by_half(self, own: Numbers, everybody: Numbers, groups: int) -> Integers:
        weights = np.ones(len(own))
        centres = find_centres(own, own, weights, groups, self.seed, starts=_STARTS, shift=_NEAR)
        return nearest_centre(everybody, centres)

    @cached_property
    def _halves(self) -> list[list[tuple[Numbers, Numbers]]]:
        """For each split and half: where the half and everybody lie on the half's own plane."""
        splits = max(min(_PEOPLE_OF_SPLITS // self.sample.people, _MOST_SPLITS), _FEWEST_SPLITS)
        return [list(self._split(number)) for number in range(splits)]

    def _split(self, number: int) -> Iterator[tuple[Numbers, Numbers]]:
        people = self.sample.people
        shuffled = np.random.default_rng((self.seed, number)).permutation(people)
        for half in (shuffled[: people // 2], shuffled[people // 2 :]):
            chosen = np.zeros(people, dtype=np.bool_)
            chosen[half] = True
            everybody = project(self._learn(self.sample.of_people(chosen)), self.sample)
            yield everybody[chosen], everybody

    def _learn(self, votes: Votes) -> Plane:
        plane = self.plane
        return learn_plane(
            votes, columns=plane.columns, seen_by_all=plane.seen_by_all, tolerance=_ROUGHLY
        )


def shuffle_votes(votes: Votes, randomness: np.random.Generator) -> Votes:
    """Deal each statement's votes out anew among those who voted on it."""
    table = votes.table
    # One sort of statement, chance and vote in one number; the order of chances deals.
    hands = table.indices.astype(np.int64) << 40
    hands += randomness.integers(1 << 36, size=votes.cast) << 2
    hands += table.data + 1
    hands.sort()
    shuffled = table.copy()
    shuffled.data = np.empty_like(table.data)
    shuffled.data[np.argsort(table.indices, kind="stable")] = (hands & 3) - 1
    return Votes(shuffled)


def adjusted_rand(one: Integers, other: Integers) -> float:
    """Return how far two partitions agree: 1 if they are the same, 0 as by chance.

    Hubert and Arabie 1985.
    """
    size = int(other.max(initial=0)) + 1
    cells = np.bincount(one * size + other, minlength=(int(one.max(initial=0)) + 1) * size)
    table = cells.reshape(-1, size)
    both, rows, columns = (_pairs(each) for each in (table, table.sum(axis=1), table.sum(axis=0)))
    chance = rows * columns / max(_pairs(np.array([one.size])), 1.0)
    most = (rows + columns) / 2
    return 1.0 if most == chance else float((both - chance) / (most - chance))


def _pairs(counts: Integers) -> float:
    return float((counts * (counts - 1) / 2).sum())
