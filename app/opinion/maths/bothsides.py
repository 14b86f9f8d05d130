"""Whether each of two sides of raters finds context helpful: a fifth who collude decide little.

Community Notes' rule (github:twitter/communitynotes) asks how high a note's intercept is once the
axis on which raters differ has explained what it can. A few raters who all say no pull it below any
threshold: one in five of the raters, acting together, changed up to a quarter of all outcomes of a
simulated board (`tests/opinion/test_colluding.py`). A majority on each side
cannot be pulled so easily. Three rules:

1. Sides are the two ends of the axis on which raters differ (`factors`). A side has at least three
   raters in ten: who are fewer are placed on the axis of the others, or else whoever brings a fifth
   of the raters and contradicts everybody would be a side by itself, with a veto. The price is that
   a camp of less than that has no veto either.
2. A note is shown when on each side at least four people rated it and find it helpful by six tenths
   or more, `somewhat` counting half; not helpful where neither side finds it so by four.
3. A status holds until a side is two tenths beyond the threshold that it came by.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple, TypeAlias

import numpy as np

from .factors import Factors, factorise
from .ratings import Ratings
from .values import Integers, Mask, Numbers

LEAST_RATINGS: Final = 5
LEAST_A_SIDE: Final = 4
LEAST_SIDE: Final = 0.3
HELPFUL: Final = 0.6
NOT_HELPFUL: Final = 0.4
INERTIA: Final = 0.2
_MOST_ROUNDS: Final = 3
Pair: TypeAlias = tuple[int, int]


class NoteStatus(StrEnum):
    """What readers are told of a note."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not-helpful"
    NEEDS_MORE = "needs-more"


class Reason(StrEnum):
    """Why, in a form that a page puts into words."""

    HELPS_BOTH_SIDES = "helps-both-sides"
    HELPS_NEITHER_SIDE = "helps-neither-side"
    FEW_RATINGS = "few-ratings"
    ONE_SIDED = "one-sided"
    SIDE_MISSING = "side-missing"
    NOT_ENOUGH = "not-enough"


class Verdict(NamedTuple):
    """A note's status, and why."""

    status: NoteStatus
    reason: Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SideFacts:
    """How many raters of each side rated a note, and how helpful they find it, from 0 to 1."""

    raters: Pair
    helpful: tuple[float, float]


UNRATED: Final = SideFacts(raters=(0, 0), helpful=(0.5, 0.5))


def measure_by_side(ratings: Ratings) -> list[SideFacts]:
    """Measure every note (statement) that the ratings have room for."""
    labels = find_sides(ratings)
    owner, note, size = ratings.person_of_each(), ratings.given.indices, ratings.given.shape[1]
    counts, shares = [], []
    for side in (0, 1):
        own = labels[owner] == side
        count = np.bincount(note[own], minlength=size)
        helped = np.bincount(note[own], ratings.values.data[own], minlength=size)
        counts.append(count)
        # Half a helpful rating and half an unhelpful one, so that one rater is no unanimous side.
        shares.append((helped + 0.5) / (count + 1))
    return [
        SideFacts(
            raters=(int(counts[0][place]), int(counts[1][place])),
            helpful=(float(shares[0][place]), float(shares[1][place])),
        )
        for place in range(size)
    ]


def find_sides(ratings: Ratings) -> Integers:
    """Return the side of each person, 0 or 1; of whoever rated nothing, -1 (people)."""
    has_rated: Mask = np.diff(ratings.given.indptr) > 0
    used, factors = has_rated.copy(), factorise(ratings)
    for _ in range(_MOST_ROUNDS):
        labels = np.where(factors.person_factor < 0, 0, 1).astype(np.int64)
        sizes = np.bincount(labels[used], minlength=2)
        if sizes.min() >= LEAST_SIDE * max(int(used.sum()), 1):
            placed = np.where(_place(ratings, factors) < 0, 0, 1)
            found: Integers = np.where(used, labels, placed)
            break
        if sizes.min():
            used &= labels != sizes.argmin()
            factors = factorise(_of_people(ratings, used))
    else:
        # Nobody differs much, or only a few do: then both halves of the axis are asked.
        rank = np.argsort(np.argsort(factors.person_factor[has_rated], kind="stable"))
        found = np.zeros(used.size, dtype=np.int64)
        found[has_rated] = rank * 2 // max(rank.size, 1)
    sides: Integers = np.where(has_rated, found, -1)
    return sides


def decide_by_side(facts: SideFacts, before: NoteStatus = NoteStatus.NEEDS_MORE) -> Verdict:
    """Decide a note's status; `before` is what readers are told now."""
    if sum(facts.raters) < LEAST_RATINGS:
        return Verdict(NoteStatus.NEEDS_MORE, Reason.FEW_RATINGS)
    if min(facts.raters) < LEAST_A_SIDE:
        return Verdict(NoteStatus.NEEDS_MORE, Reason.SIDE_MISSING)
    helpful = HELPFUL - (INERTIA if before is NoteStatus.HELPFUL else 0)
    unhelpful = NOT_HELPFUL + (INERTIA if before is NoteStatus.NOT_HELPFUL else 0)
    if min(facts.helpful) >= helpful:
        return Verdict(NoteStatus.HELPFUL, Reason.HELPS_BOTH_SIDES)
    if max(facts.helpful) < unhelpful:
        return Verdict(NoteStatus.NOT_HELPFUL, Reason.HELPS_NEITHER_SIDE)
    is_one_sided = max(facts.helpful) >= HELPFUL
    return Verdict(NoteStatus.NEEDS_MORE, Reason.ONE_SIDED if is_one_sided else Reason.NOT_ENOUGH)


def _of_people(ratings: Ratings, used: Mask) -> Ratings:
    """Return the ratings of some people, each in their old place."""
    own = used[ratings.person_of_each()]
    return Ratings.from_rows(
        ratings.person_of_each()[own],
        ratings.given.indices[own],
        ratings.values.data[own],
        people=used.size,
        statements=ratings.given.shape[1],
    )


def _place(ratings: Ratings, factors: Factors) -> Numbers:
    """Return where everybody lies on an axis, by what their own intercept leaves over (people)."""
    owner, note = ratings.person_of_each(), ratings.given.indices
    size = ratings.given.shape[0]
    rest = ratings.values.data - factors.mean - factors.statement_intercept[note]
    count = np.maximum(np.bincount(owner, minlength=size), 1)
    own = np.bincount(owner, rest, minlength=size) / count
    weighed = (rest - own[owner]) * factors.statement_factor[note]
    places: Numbers = np.bincount(owner, weighed, minlength=size).astype(np.float64)
    return places
