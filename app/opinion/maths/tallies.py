"""How each group voted on each statement: one count over group, statement and vote."""

from dataclasses import dataclass

import numpy as np

from .values import Integers, Numbers
from .votes import Votes


@dataclass(frozen=True, slots=True, eq=False)
class Tallies:
    """Counts of people, groups × statements × (disagree, pass, agree)."""

    counts: Integers

    @property
    def groups(self) -> int:
        """Return how many groups there are."""
        return int(self.counts.shape[0])

    @property
    def agree(self) -> Integers:
        """Return who agrees (groups × statements)."""
        return self._choice(2)

    @property
    def disagree(self) -> Integers:
        """Return who disagrees (groups × statements)."""
        return self._choice(0)

    @property
    def seen(self) -> Integers:
        """Return who voted, those who passed among them (groups × statements)."""
        seen: Integers = self.counts.sum(axis=2)
        return seen

    def together(self) -> "Tallies":
        """Return the counts of all groups as of one."""
        return Tallies(self.counts.sum(axis=0, keepdims=True))

    def of_others(self) -> "Tallies":
        """Return for each group the counts of all other groups together."""
        return Tallies(self.counts.sum(axis=0, keepdims=True) - self.counts)

    def _choice(self, place: int) -> Integers:
        choice: Integers = self.counts[:, :, place]
        return choice


def tally(votes: Votes, labels: Integers, groups: int) -> Tallies:
    """Count votes by group; `labels` has each person's group, -1 for none (people)."""
    # Who is in no group is counted behind the last one, and dropped.
    rows = np.where(labels < 0, groups, labels) * votes.statements
    cells = np.repeat(rows, votes.count_by_person())
    cells += votes.table.indices
    cells *= 3
    cells += votes.table.data
    cells += 1
    counts = np.bincount(cells, minlength=(groups + 1) * votes.statements * 3)
    return Tallies(counts.reshape(groups + 1, votes.statements, 3)[:groups])


def smoothed(part: Integers, whole: Integers) -> Numbers:
    """Return shares as Polis smooths them, by one voter more on either side."""
    shares: Numbers = (part + 1) / (whole + 2)
    return shares
