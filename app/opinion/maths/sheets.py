"""Sheets of votes as they are kept, to a table of votes, a hundred thousand at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .values import Integers, Mask
from .votes import Votes

UNVOUCHED: Final = 0
VOUCHED: Final = 1
INVITED: Final = 2
UNANSWERED: Final = -1
_OF_CODE: Final = 2
"""A sheet has 1 for agree, 2 for pass, 3 for disagree; less two, and turned round, is the vote."""
_VOTE_BYTES: Final = 2
_CODE_BITS: Final = 2
"""The lower ones of a vote; the number of its statement stands in the others."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ballots:
    """All ballots of a consultation.

    `kinds` says of each whether somebody vouches for its voter or the lot invited them, `sides`
    what they said of where they live, behind two coins: 0 inside, 1 abroad, 2 rather not say, -1
    nothing (both: people). `asked` are the statements that are voted on; the votes of those that
    were merged count for what they were merged into (statements).
    """

    votes: Votes
    kinds: Integers
    sides: Integers
    asked: Mask

    @property
    def vouched(self) -> Mask:
        """Return for whom somebody vouches; who is invited by lot is among these (people)."""
        vouched: Mask = self.kinds != UNVOUCHED
        return vouched

    @property
    def invited(self) -> Mask:
        """Return who was invited by lot (people)."""
        invited: Mask = self.kinds == INVITED
        return invited


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Votes one below the other: person, statement (both from 0) and vote, arrays of one length."""

    person: Integers
    statement: Integers
    vote: NDArray[np.int8]


def rows_of(sheets: Sequence[bytes], first: int = 0) -> Rows:
    """Return the votes of sheets as `rules.encode_sheet` keeps them; people count from `first`."""
    lengths = np.fromiter(map(len, sheets), dtype=np.int64, count=len(sheets)) // _VOTE_BYTES
    kept = np.frombuffer(b"".join(sheets), dtype="<u2")
    person = np.repeat(np.arange(first, first + len(sheets), dtype=np.int64), lengths)
    statement = (kept >> _CODE_BITS).astype(np.int64) - 1
    codes = (kept & (1 << _CODE_BITS) - 1).astype(np.int8)
    return Rows(person, statement, (_OF_CODE - codes).astype(np.int8))


def gather(
    parts: Iterable[Rows], *, kinds: Integers, sides: Integers, target: Integers, asked: Mask
) -> Ballots:
    """Put the votes of all sheets together.

    `target` has the statement for which each one's votes count, itself where it is not merged
    (statements). Who voted on both said what they said of the one that stands for both.
    """
    found = list(parts)
    person, statement, vote = (
        np.concatenate([getattr(part, name) for part in found] or [np.zeros(0, dtype=np.int64)])
        for name in ("person", "statement", "vote")
    )
    is_known = statement < target.size
    person, statement, vote = person[is_known], statement[is_known], vote[is_known]
    counted = target[statement]
    # A later row replaces: those of merged statements come first.
    order = np.argsort(counted == statement, kind="stable")
    order = order[asked[counted[order]]]
    votes = Votes.from_rows(
        person[order], counted[order], vote[order], people=kinds.size, statements=target.size
    )
    return Ballots(votes=votes, kinds=kinds, sides=sides, asked=asked)
