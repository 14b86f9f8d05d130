"""People invited by lot beside those who came by themselves, and whether both vote alike.

Whoever comes by himself is not like everybody; whom the lot invites has no reason to be unlike, but
for not answering. So a page shows both, and says where they differ by more than chance explains.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from .intervals import difference, reach_of, wilson
from .values import Integers, Mask, Numbers
from .votes import AGREE, Votes

LEAST_VOTERS: Final = 30
"""Voters of either kind below which a statement is not compared."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Voices:
    """How some people voted on each statement (all arrays: statements).

    `low` and `high` bound the share who agree, 95 times in 100, as far as chance goes.
    """

    agree: Integers
    voted: Integers
    low: Numbers
    high: Numbers

    @property
    def share(self) -> Numbers:
        """Return the share who agree; where nobody voted it is not a number."""
        share: Numbers = np.where(self.voted > 0, self.agree / np.maximum(self.voted, 1), np.nan)
        return share


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Comparison:
    """The panel and the others, and the bounds of the panel's share less theirs (statements).

    The bounds hold for all compared statements together 95 times in 100 (Bonferroni).
    `is_compared`: enough of both voted. `differs`: the bounds leave no room for no difference.
    """

    panel: Voices
    others: Voices
    low: Numbers
    high: Numbers
    is_compared: Mask
    differs: Mask


def draw_panel(names: Iterable[str], size: int, seed: bytes) -> tuple[str, ...]:
    """Draw people by lot: the same seed and the same list draw the same people, for anyone.

    Each name is hashed with the seed, and the smallest hashes are drawn, in their order; a list in
    another order, or with a name twice, draws the same. Invitations of a next round go on in the
    same order. The seed is fixed after the list: whoever knew it before could choose names.
    """
    lots = {name: hashlib.sha256(seed + b"\0" + name.encode()).digest() for name in names}
    return tuple(sorted(lots, key=lambda name: lots[name])[: max(size, 0)])


def compare_panel(votes: Votes, panel: Mask) -> Comparison:
    """Compare the panel with everybody else; `panel` has a place for each person."""
    ours, theirs = _voices(votes.of_people(panel)), _voices(votes.of_people(~panel))
    compared = (ours.voted >= LEAST_VOTERS) & (theirs.voted >= LEAST_VOTERS)
    low, high = difference(
        (ours.agree, ours.voted),
        (theirs.agree, theirs.voted),
        reach_of(int(compared.sum())),
    )
    differs: Mask = compared & ((low > 0) | (high < 0))
    return Comparison(
        panel=ours, others=theirs, low=low, high=high, is_compared=compared, differs=differs
    )


def _voices(votes: Votes) -> Voices:
    agree = np.bincount(
        votes.table.indices[votes.table.data == AGREE], minlength=votes.statements
    ).astype(np.int64)
    voted = votes.count_by_statement()
    low, high = wilson(agree, voted)
    return Voices(agree=agree, voted=voted, low=low, high=high)
