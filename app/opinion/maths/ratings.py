"""Who rated what, and how helpful they found it: from 0 (not at all) to 1."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from app.kernel.errors import MalformedError

from .values import Integers
from .votes import Votes


@dataclass(frozen=True, slots=True, eq=False)
class Ratings:
    """Ratings as two sparse tables of the same cells, people × statements.

    `given` has a one wherever somebody rated, `values` the ratings. A rating of 0 is stored.
    """

    given: csr_array
    values: csr_array

    @classmethod
    def from_rows(
        cls, person: ArrayLike, statement: ArrayLike, value: ArrayLike, *,
        people: int, statements: int,
    ) -> Self:  # fmt: skip
        """Make ratings of three arrays of the same length; nobody rates a statement twice.

        Raises:
            MalformedError: lengths differ, a number lies outside, a value is not within 0 and 1,
                or a cell was rated twice.
        """
        rows, columns = (np.asarray(each, dtype=np.int64) for each in (person, statement))
        values = np.asarray(value, dtype=np.float64)
        if not rows.shape == columns.shape == values.shape == (rows.size,):
            raise MalformedError("persons, statements and ratings are not equally many")
        if rows.size and not (
            rows.min() >= 0 and rows.max() < people
            and columns.min() >= 0 and columns.max() < statements
            and values.min() >= 0 and values.max() <= 1
        ):  # fmt: skip
            raise MalformedError("a person, a statement or a rating lies outside its range")
        if np.unique(rows * statements + columns).size < rows.size:
            raise MalformedError("somebody rated a statement twice")
        shape = (people, statements)
        given = csr_array((np.ones(rows.size), (rows, columns)), shape=shape)
        return cls(given, csr_array((values, (rows, columns)), shape=shape))

    @classmethod
    def from_votes(cls, votes: Votes) -> Self:
        """Make ratings of votes: agree is 1, pass one half, disagree 0."""
        table = votes.table
        parts = (table.indices, table.indptr)
        values = (table.data.astype(np.float64) + 1) / 2
        shape = (votes.people, votes.statements)
        given = csr_array((np.ones(values.size), *parts), shape=shape)
        return cls(given, csr_array((values, *parts), shape=shape))

    def person_of_each(self) -> Integers:
        """Return the person of each stored rating, beside `values.indices` and `values.data`."""
        people = np.arange(self.given.shape[0])
        return np.repeat(people, np.diff(self.given.indptr)).astype(np.int64)
