"""A bloc of invented people with one vote in ten: one statement is to rise, five are to fall."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from app.opinion.maths import blocs
from app.opinion.maths.values import Integers, Mask, Numbers
from app.opinion.maths.votes import Votes
from scipy.stats import rankdata, spearmanr

SHARE: Final = 0.1
VOTES_EACH: Final = 20
VOUCHED, VOUCHED_BOTS = 0.6, 0.05
LEAST_VOTERS: Final = 20
"""Voters below which a statement is not ranked."""
_TOP: Final = 10


def share_common_ground(counts: Numbers) -> Numbers:
    """Return the geometric mean over sides of their smoothed share of agreement (statements).

    Polis' group-informed consensus on a scale that does not depend on the number of sides.
    """
    share = (counts[:, :, 2] + 1) / (counts.sum(axis=2) + 2)
    mean: Numbers = share.prod(axis=0) ** (1 / len(counts))
    return mean


class Attack(StrEnum):
    """How they vote on what they do not care about."""

    NONE = "none"
    NAIVE = "naive"
    CAMOUFLAGE = "camouflage"
    BLOC = "bloc"


@dataclass(frozen=True, kw_only=True)
class Clean:
    """What honest people alone come to."""

    votes: Votes
    value: Numbers
    voted: Mask
    buried: Integers
    promoted: int

    @classmethod
    def of(cls, votes: Votes) -> "Clean":
        everybody = np.ones(votes.people, dtype=np.bool_)
        counts = blocs.count_carefully(votes, blocs.find_sides(votes, everybody), everybody).plain
        value = share_common_ground(counts)
        voted = votes.count_by_statement() >= LEAST_VOTERS
        share = (counts[:, :, 2] + 1) / (counts.sum(axis=2) + 2)
        return cls(
            votes=votes,
            value=value,
            voted=voted,
            buried=np.argsort(-np.where(voted, value, -1))[:5],
            promoted=int(np.where(voted, np.ptp(share, axis=0), -1).argmax()),
        )

    def measure(self, counts: Numbers) -> tuple[float, float, float]:
        """Return Spearman's rho with the clean order, top ten kept, and how far the five fell."""
        value = share_common_ground(counts)
        rho = spearmanr(value[self.voted], self.value[self.voted]).statistic
        tops = [
            set(np.argsort(-np.where(self.voted, each, -1))[:_TOP]) for each in (value, self.value)
        ]
        before, after = (rankdata(-each[self.voted]) for each in (self.value, value))
        place = np.isin(np.flatnonzero(self.voted), self.buried)
        fall = (after - before)[place].mean() / self.voted.sum()
        return float(rho), float(len(tops[0] & tops[1])), float(fall)


def attacked(clean: Clean, attack: Attack, seed: int) -> tuple[Votes, Mask, int]:
    """Return all votes, who is vouched for, and how many people are honest (the first ones)."""
    randomness = np.random.default_rng(seed)
    honest = clean.votes
    vouched = randomness.random(honest.people) < VOUCHED
    if attack is Attack.NONE:
        return honest, vouched, honest.people
    count = round(honest.cast * SHARE / (1 - SHARE) / VOTES_EACH)
    bots = [_bot(clean, attack, randomness) for _ in range(count)]
    votes = Votes.from_rows(
        np.r_[
            honest.person_of_each(),
            np.repeat(np.arange(count), list(map(len, bots))) + honest.people,
        ],
        np.r_[honest.table.indices, [statement for bot in bots for statement in bot]],
        np.r_[honest.table.data, [vote for bot in bots for vote in bot.values()]].astype(np.int64),
        people=honest.people + count,
        statements=honest.statements,
    )
    return votes, np.r_[vouched, randomness.random(count) < VOUCHED_BOTS], honest.people


def _bot(clean: Clean, attack: Attack, randomness: np.random.Generator) -> dict[int, int]:
    table = clean.votes.table
    order = {clean.promoted: 1, **dict.fromkeys(clean.buried.tolist(), -1)}
    if attack is Attack.CAMOUFLAGE:
        person = randomness.choice(np.flatnonzero(clean.votes.count_by_person() >= VOTES_EACH))
        part = slice(table.indptr[person], table.indptr[person + 1])
        views = dict(zip(table.indices[part].tolist(), table.data[part].tolist(), strict=True))
    else:
        views = dict.fromkeys(np.flatnonzero(clean.votes.count_by_statement()).tolist(), 1)
        if attack is Attack.BLOC:
            sums = np.bincount(table.indices, table.data, minlength=clean.votes.statements)
            views = {each: -1 if sums[each] >= 0 else 1 for each in views}
    others = sorted(set(views) - set(order))
    chosen = randomness.permutation(others)[: VOTES_EACH - len(order)].tolist()
    return order | {each: views[each] for each in chosen}
