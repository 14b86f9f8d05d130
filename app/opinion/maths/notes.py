"""Whether readers' context is shown with a post: found helpful by people who otherwise disagree.

After Community Notes (github:twitter/communitynotes): a note's intercept, once the axis on which
raters differ has explained what it can, and its own place on that axis. Their thresholds are tuned
to their ratings; here they are the first guess. A note is shown when

1. at least five people rated it;
2. its intercept is at least .40 and it lies within .50 of the middle of the axis;
3. on each side of the axis at least four more people found it helpful than did not;

and goes on being shown until the intercept falls .01 below. It is called not helpful when its
intercept is below -.05 - .8 × its distance from the middle, or would be below -.04 even with one
more helpful rating. Everything else needs more ratings.
"""

from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Final, TypeAlias

import numpy as np

from .factors import Factors, factorise, refit_statements
from .ratings import Ratings
from .values import Integers, Numbers

HELPFUL: Final = 0.40
MOST_ONE_SIDED: Final = 0.50
INERTIA: Final = 0.01
NOT_HELPFUL: Final = -0.05
NOT_HELPFUL_SLOPE: Final = -0.8
NOT_HELPFUL_FOR_SURE: Final = -0.04
LEAST_RATINGS: Final = 5
LEAST_A_SIDE: Final = 4
SIDE: Final = 0.15
"""How far from the middle of the axis a rater stands on a side."""
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


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteFacts:
    """What is known of a note.

    `low` and `high` are the intercepts that one more rating, by whomever, could lead to. `helpful`
    and `other` count raters below and above the middle of the axis, those beyond `SIDE` alone.
    """

    ratings: int
    intercept: float
    factor: float
    low: float
    high: float
    helpful: Pair
    other: Pair

    @property
    def net(self) -> Pair:
        """Return by how many those who find it helpful outnumber the others, on either side."""
        return self.helpful[0] - self.other[0], self.helpful[1] - self.other[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A note's status, why, and what is lacking: ratings, or helpful ones on the lesser side."""

    status: NoteStatus
    reason: Reason
    lacking: int = 0


def measure_notes(ratings: Ratings) -> list[NoteFacts]:
    """Measure every note (statement) that the ratings have room for."""
    factors = factorise(ratings)
    low, high = _bounds(ratings, factors)
    helpful, other = _by_side(ratings, factors)
    counts = np.bincount(ratings.given.indices, minlength=len(low))
    return [
        NoteFacts(
            ratings=int(counts[note]),
            intercept=float(factors.statement_intercept[note]),
            factor=float(factors.statement_factor[note]),
            low=float(low[note]),
            high=float(high[note]),
            helpful=(int(helpful[0, note]), int(helpful[1, note])),
            other=(int(other[0, note]), int(other[1, note])),
        )
        for note in range(len(low))
    ]


def decide_note(facts: NoteFacts, before: NoteStatus = NoteStatus.NEEDS_MORE) -> Verdict:
    """Decide a note's status; `before` is what readers are told now."""
    if facts.ratings < LEAST_RATINGS:
        return _more(Reason.FEW_RATINGS, LEAST_RATINGS - facts.ratings)
    distance = abs(facts.factor)
    is_poor = facts.intercept < NOT_HELPFUL + NOT_HELPFUL_SLOPE * distance
    if is_poor or facts.high < NOT_HELPFUL_FOR_SURE:
        return Verdict(status=NoteStatus.NOT_HELPFUL, reason=Reason.HELPS_NEITHER_SIDE)
    if distance >= MOST_ONE_SIDED:
        return _more(Reason.ONE_SIDED)
    if (lacking := LEAST_A_SIDE - min(facts.net)) > 0:
        return _more(Reason.SIDE_MISSING, lacking)
    # A note that stands at the threshold would else come and go with every rating.
    inertia = INERTIA if before is NoteStatus.HELPFUL else 0.0
    if facts.intercept < HELPFUL - inertia:
        return _more(Reason.NOT_ENOUGH)
    return Verdict(status=NoteStatus.HELPFUL, reason=Reason.HELPS_BOTH_SIDES)


def _more(reason: Reason, lacking: int = 0) -> Verdict:
    return Verdict(status=NoteStatus.NEEDS_MORE, reason=reason, lacking=lacking)


def _bounds(ratings: Ratings, factors: Factors) -> tuple[Numbers, Numbers]:
    """Return the least and greatest intercept after one more rating by the most extreme raters."""
    intercepts, places = factors.person_intercept, factors.person_factor
    extremes = product(
        (0.0, 1.0),
        (intercepts.min(initial=0.0), intercepts.max(initial=0.0)),
        (places.min(initial=0.0), 0.0, places.max(initial=0.0)),
    )
    rounds = [
        factors.statement_intercept,
        *(
            refit_statements(ratings, factors, value=value, intercept=intercept, factor=place)
            for value, intercept, place in extremes
        ),
    ]
    return np.min(rounds, axis=0), np.max(rounds, axis=0)


def _by_side(ratings: Ratings, factors: Factors) -> tuple[Integers, Integers]:
    """Return how many on each side found each note helpful, and how many did not (2 × notes)."""
    place = factors.person_factor[ratings.person_of_each()]
    is_helpful = ratings.values.data > 0.5
    size = ratings.given.shape[1]
    counts = [
        [
            np.bincount(ratings.given.indices[side & kind], minlength=size)
            for side in (place <= -SIDE, place >= SIDE)
        ]
        for kind in (is_helpful, ~is_helpful)
    ]
    return np.asarray(counts[0], dtype=np.int64), np.asarray(counts[1], dtype=np.int64)
