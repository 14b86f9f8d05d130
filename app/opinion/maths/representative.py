"""What a group holds more than others do, and what most people hold (Polis' tests)."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from .tallies import Tallies, smoothed
from .values import Integers, Mask, Numbers

CRITICAL: Final = 1.2816
"""Ninety percent, one-sided."""
_MOST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Representative:
    """One statement that a group holds more than others do.

    `probability` is the smoothed share that agrees (or disagrees), `probability_test` its z against
    a half, `ratio` the share over that of all others, `ratio_test` the z of their difference.
    """

    group: int
    statement: int
    is_agreed: bool
    votes: int
    seen: int
    probability: float
    probability_test: float
    ratio: float
    ratio_test: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Majority:
    """One statement on which most of all voters agree, or disagree."""

    statement: int
    is_agreed: bool
    votes: int
    seen: int
    probability: float
    probability_test: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Side:
    """Tests of one answer (each array: groups × statements)."""

    votes: Integers
    probability: Numbers
    probability_test: Numbers
    ratio: Numbers
    ratio_test: Numbers

    @property
    def passes(self) -> Mask:
        """Return where both tests are passed."""
        both: Mask = (self.probability_test > CRITICAL) & (self.ratio_test > CRITICAL)
        return both

    @property
    def metric(self) -> Numbers:
        """Return by what Polis sorts."""
        return self.ratio * self.ratio_test * self.probability * self.probability_test


def z_of_share(part: Integers, whole: Integers) -> Numbers:
    """Return z of a share against a half, with one vote more (Polis)."""
    z: Numbers = 2 * np.sqrt(whole + 1) * ((part + 1) / (whole + 1) - 0.5)
    return z


def z_of_difference(
    part: Integers, whole: Integers, other_part: Integers, other_whole: Integers
) -> Numbers:
    """Return z of the difference of two shares, every count plus one (Polis)."""
    one, many, other, others = part + 1, whole + 1, other_part + 1, other_whole + 1
    pooled = (one + other) / (many + others)
    variance = pooled * (1 - pooled) * (1 / many + 1 / others)
    is_clear = variance > 0
    deviation = np.sqrt(np.where(is_clear, variance, 1.0))
    z: Numbers = np.where(is_clear, (one / many - other / others) / deviation, 0.0)
    return z


def find_representative(tallies: Tallies, left_out: Mask) -> tuple[Representative, ...]:
    """Return up to five statements for each group, and at least one, if any was seen.

    `left_out` says which statements are not shown (statements). The statement that most agree with
    comes first, then agreed ones, then those that are disagreed with, each by Polis' metric. Polis
    looks for the first of them by going through statements once, so that their order decides
    between close ones; here all are compared, and it is shown as what the group agrees with.
    """
    others = tallies.of_others()
    agreed = measure_side(tallies, others, tallies.agree, others.agree)
    rejected = measure_side(tallies, others, tallies.disagree, others.disagree)
    return tuple(
        row
        for group in range(tallies.groups)
        for row in _of_group(group, agreed, rejected, tallies.seen[group], left_out)
    )


def find_majority(tallies: Tallies, left_out: Mask) -> tuple[Majority, ...]:
    """Return up to five statements that most voters agree with, and five that most reject."""
    together = tallies.together()
    return tuple(
        row
        for is_agreed, counts in ((True, together.agree[0]), (False, together.disagree[0]))
        for row in _most(is_agreed, counts, together.seen[0], left_out)
    )


def _most(
    is_agreed: bool,  # noqa: FBT001
    counts: Integers, seen: Integers, left_out: Mask,
) -> list[Majority]:  # fmt: skip
    share, z = smoothed(counts, seen), z_of_share(counts, seen)
    fit = np.flatnonzero((share > 0.5) & (z > CRITICAL) & ~left_out)
    best = fit[np.argsort(-np.round(share * z, 12)[fit], kind="stable")][:_MOST_SHOWN]
    return [
        Majority(
            statement=int(at), is_agreed=is_agreed, votes=int(counts[at]), seen=int(seen[at]),
            probability=float(share[at]), probability_test=float(z[at]),
        )
        for at in best
    ]  # fmt: skip


def measure_side(own: Tallies, others: Tallies, votes: Integers, other_votes: Integers) -> Side:
    """Test one answer of each group against that of all others (groups × statements)."""
    probability = smoothed(votes, own.seen)
    return Side(
        votes=votes,
        probability=probability,
        probability_test=z_of_share(votes, own.seen),
        ratio=probability / smoothed(other_votes, others.seen),
        ratio_test=z_of_difference(votes, own.seen, other_votes, others.seen),
    )


def _of_group(
    group: int, agreed: Side, rejected: Side, seen: Integers, left_out: Mask
) -> list[Representative]:
    shown = (seen > 0) & ~left_out
    is_agreed = agreed.ratio_test[group] > rejected.ratio_test[group]
    metric = np.where(is_agreed, agreed.metric[group], rejected.metric[group])
    fit = np.flatnonzero((agreed.passes[group] | rejected.passes[group]) & shown)
    rows = [int(at) for at in fit[np.argsort(-np.round(metric[fit], 12), kind="stable")]]
    best = _best_agreed(group, agreed, shown)
    if best is not None:
        rows = [best, *(at for at in rows if at != best)]
        is_agreed[best] = True
    elif not rows and shown.any():
        strongest = np.maximum(agreed.ratio_test[group], rejected.ratio_test[group])
        rows = [int(np.where(shown, strongest, -np.inf).argmax())]
    rows = rows[:_MOST_SHOWN]
    rows.sort(key=lambda at: not is_agreed[at])
    return [
        _row(group, at, agreed if is_agreed[at] else rejected, is_agreed[at], int(seen[at]))
        for at in rows
    ]


def _best_agreed(group: int, side: Side, shown: Mask) -> int | None:
    """Return the statement that this group agrees with most, and more than others, if any."""
    share, z, ratio = side.probability[group], side.probability_test[group], side.ratio[group]
    fit = shown & ((z > CRITICAL) | ((ratio > 1) & (share > 0.5)))
    if not fit.any():
        return None
    more = fit & (ratio > 1)
    value = side.metric[group] if more.any() else share * z
    return int(np.where(more if more.any() else fit, value, -np.inf).argmax())


def _row(
    group: int, at: int, side: Side, is_agreed: bool, seen: int  # noqa: FBT001
) -> Representative:  # fmt: skip
    return Representative(
        group=group, statement=at, is_agreed=bool(is_agreed), votes=int(side.votes[group, at]),
        seen=seen, probability=float(side.probability[group, at]),
        probability_test=float(side.probability_test[group, at]),
        ratio=float(side.ratio[group, at]), ratio_test=float(side.ratio_test[group, at]),
    )  # fmt: skip
