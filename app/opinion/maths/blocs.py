"""Common ground that a bloc of invented people cannot buy: what the vouched say, and a little more.

Consensus over groups gives each group a voice, so whoever invents enough people to be a group has a
veto; without protection one vote in ten turns the order round (OPINION.md §4). Four rules, each of
them public:

- Sides are learnt from people for whom somebody vouches, and all others are placed on them.
- People are compared by direction, not by distance from the middle: two dozen people far out are
  else a side of their own, and a different one with each draw of the vouched. Where there are such
  people, the order is another than Polis' (rho .82 on canadian-electoral-reform, .97 and more on
  two other conversations); counting takes any sides.
- Of each answer of a side on a statement, those for whom nobody vouches count at most a quarter of
  the vouched who give it, and one; and at most a quarter of the vouched voters in all.
- A cluster in lockstep counts once (`lockstep`).

A leaky vouching undoes much of this: with one bot in five vouched, in place of one in twenty, the
five statements that a bloc buries fall by a sixth of the order, in place of a twentieth.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .kmeans import cluster, nearest_centre
from .lockstep import Lockstep, find_lockstep
from .plane import Plane, learn_plane, project
from .values import Integers, Mask, Numbers
from .votes import Votes

CAP: Final = 0.25
"""What the unvouched may weigh beside the vouched."""
ALWAYS: Final = 1
"""Votes of an answer that the unvouched may give although no vouched person gave it."""
LEAST_VOTES: Final = 7
"""Votes from which somebody belongs to a side, as in Polis."""
LEAST_VOUCHED: Final = 20
"""Vouched people with so many votes, below which there is nothing to learn sides from."""
_SEED, _STARTS, _COMPASS, _NEGLIGIBLE = 11, 20, 720, 1e-9


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Sides:
    """Who stands where.

    `labels` has each person's side, -1 for whoever voted too little (people). Not `is_vouched`:
    too few people are vouched for, so that sides are learnt from everybody and nothing is capped;
    a page that shows such figures says so.
    """

    labels: Integers
    count: int
    is_vouched: bool


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Counts:
    """Votes, sides × statements × (disagree, pass, agree): with the four rules and without.

    `plain` is everybody's vote, `vouched` only those of the vouched, `careful` what the order is
    made from; without vouched people it is `plain`.
    """

    plain: Numbers
    vouched: Numbers
    careful: Numbers
    lockstep: Lockstep
    is_vouched: bool


def find_sides(votes: Votes, vouched: Mask, count: int = 2, *, plane: Plane | None = None) -> Sides:
    """Find a fixed number of sides; `vouched` has a place for each person.

    The number is the conversation's, chosen once: one that is chosen anew with every vote jumps,
    and the order with it. Fewer come back where people do not differ. `plane` is the one that was
    learnt from the same people already, if it was.
    """
    is_long = votes.count_by_person() >= LEAST_VOTES
    core = is_long & vouched
    is_vouched = int(core.sum()) >= LEAST_VOUCHED
    if not is_vouched:
        core = is_long
    labels = np.where(is_long, 0, -1).astype(np.int64)
    if not core.any():
        return Sides(labels=labels, count=1, is_vouched=is_vouched)
    learnt = votes.of_people(core)
    columns = int((learnt.count_by_statement() > 0).sum())
    places = project(plane or learn_plane(learnt, columns=columns), votes)
    points, weights = _rose_of(places[core])
    found = cluster(points, weights, count, seed=_SEED, starts=_STARTS)
    labels[is_long] = nearest_centre(_directions(places[is_long]), found.centres)
    return Sides(labels=labels, count=len(found.centres), is_vouched=is_vouched)


def count_carefully(
    votes: Votes, sides: Sides, vouched: Mask, *, lockstep: Lockstep | None = None
) -> Counts:
    """Count the votes of each side, with the rules and without them.

    `lockstep` is what was found in the same votes already, if it was.
    """
    everybody = np.ones(votes.people)
    plain = _count(votes, sides, everybody)
    if not sides.is_vouched:
        nobody = Lockstep(cluster=np.full(votes.people, -1, dtype=np.int64), weight=everybody)
        return Counts(
            plain=plain, vouched=np.zeros_like(plain), careful=plain,
            lockstep=nobody, is_vouched=False,
        )  # fmt: skip
    ours = _count(votes, sides, vouched.astype(np.float64))
    lockstep = lockstep or find_lockstep(votes, vouched)
    others = _count(votes, sides, np.where(vouched, 0.0, lockstep.weight))
    careful = ours + _capped(others, ours)
    return Counts(plain=plain, vouched=ours, careful=careful, lockstep=lockstep, is_vouched=True)


def _directions(places: Numbers) -> Numbers:
    length = np.linalg.norm(places, axis=1, keepdims=True)
    directions: Numbers = np.where(length > _NEGLIGIBLE, places / np.maximum(length, 1e-300), 0.0)
    return directions


def _rose_of(places: Numbers) -> tuple[Numbers, Numbers]:
    """Return half degrees of the compass, and how many people lie in each; the middle is a point.

    However many people there are, sides are then found among 721 points.
    """
    is_out = np.linalg.norm(places, axis=1) > _NEGLIGIBLE
    angle = np.arctan2(places[is_out, 1], places[is_out, 0])
    number = np.round(angle / (2 * np.pi) * _COMPASS).astype(np.int64) % _COMPASS
    turn = np.arange(_COMPASS) * (2 * np.pi / _COMPASS)
    points = np.vstack((np.stack((np.cos(turn), np.sin(turn)), axis=1), np.zeros((1, 2))))
    weights = np.append(np.bincount(number, minlength=_COMPASS), len(places) - number.size)
    kept = weights > 0
    return points[kept], weights[kept].astype(np.float64)


def _count(votes: Votes, sides: Sides, weight: Numbers) -> Numbers:
    rows = np.where(sides.labels < 0, sides.count, sides.labels) * votes.statements
    own = votes.person_of_each()
    cells = (rows[own] + votes.table.indices) * 3 + votes.table.data + 1
    size = (sides.count + 1) * votes.statements * 3
    counts = np.bincount(cells, weight[own], minlength=size).astype(np.float64)
    return counts.reshape(sides.count + 1, votes.statements, 3)[: sides.count]


def _capped(others: Numbers, ours: Numbers) -> Numbers:
    """Return the others' votes, no more of them than the vouched carry."""
    each = np.minimum(others, CAP * ours + ALWAYS)
    most, given = CAP * ours.sum(axis=2), each.sum(axis=2)
    shrink = np.divide(most, given, out=np.ones_like(given), where=given > most)
    capped: Numbers = each * shrink[:, :, np.newaxis]
    return capped
