"""Who voted what: a sparse table of people and statements, in which a pass is a vote."""

from dataclasses import dataclass
from typing import Any, Final, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array

from app.kernel.errors import MalformedError

from .values import Integers, Mask

AGREE: Final = 1
PASS: Final = 0
DISAGREE: Final = -1

_Numbers: TypeAlias = NDArray[np.integer[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Votes:
    """The last vote of each person on each statement.

    `table` is people × statements, int8, rows sorted by statement, its arrays read-only. It stores
    1 for agree, 0 for pass, -1 for disagree; what somebody has not voted on is not stored. So what
    is stored is what was cast: `table.nnz`, never `count_nonzero`.
    """

    table: csr_array

    @classmethod
    def from_rows(
        cls,
        person: ArrayLike,
        statement: ArrayLike,
        vote: ArrayLike,
        *,
        people: int,
        statements: int,
    ) -> Self:
        """Make the table of rows in the order in which they were cast: a later one replaces.

        Shapes: three arrays of the same length; persons 0..people-1, statements 0..statements-1.

        Raises:
            MalformedError: an array is of another length, a number lies outside, or a vote is
                none of the three.
        """
        rows, columns, cast = (_whole_numbers(each) for each in (person, statement, vote))
        _require_rows(rows, columns, cast, people, statements)
        cells, values = _last_of_each_cell(rows, columns, cast.astype(np.int8), statements)
        start = np.searchsorted(cells, np.arange(people + 1, dtype=np.int64) * statements)
        index = np.int32 if cells.size < 2**31 else np.int64
        return cls._of_arrays(
            values, (cells % max(statements, 1)).astype(index), start.astype(index), statements
        )

    @classmethod
    def _of_arrays(
        cls, vote: NDArray[np.int8], statement: _Numbers,
        start: _Numbers, statements: int,
    ) -> Self:  # fmt: skip
        for array in (vote, statement, start):
            array.flags.writeable = False
        table = csr_array((vote, statement, start), shape=(start.size - 1, statements))
        table.has_canonical_format = True
        return cls(table)

    @property
    def people(self) -> int:
        """Return how many people the table has room for."""
        return int(self.table.shape[0])

    @property
    def statements(self) -> int:
        """Return how many statements the table has room for."""
        return int(self.table.shape[1])

    @property
    def cast(self) -> int:
        """Return how many votes there are, passes among them."""
        return int(self.table.indices.size)

    def count_by_person(self) -> Integers:
        """Return how many votes each person cast."""
        lengths: Integers = np.diff(self.table.indptr).astype(np.int64)
        return lengths

    def count_by_statement(self) -> Integers:
        """Return how many votes each statement has."""
        return np.bincount(self.table.indices, minlength=self.statements).astype(np.int64)

    def person_of_each(self) -> NDArray[np.int32]:
        """Return the person of each stored vote, beside `table.indices` and `table.data`."""
        return np.repeat(np.arange(self.people, dtype=np.int32), np.diff(self.table.indptr))

    def of_people(self, chosen: Mask) -> Self:
        """Return the votes of some people, numbered anew in their order.

        `chosen` has a place for each person.
        """
        return self._where(chosen[self.person_of_each()], chosen, self.statements)

    def without_statements(self, withdrawn: Mask) -> Self:
        """Return the votes without those on some statements, which keep their numbers.

        `withdrawn` has a place for each statement.
        """
        everybody = np.ones(self.people, dtype=np.bool_)
        return self._where(~withdrawn[self.table.indices], everybody, self.statements)

    def _where(self, kept: Mask, people: Mask, statements: int) -> Self:
        upto = np.concatenate(([0], np.cumsum(kept)))[self.table.indptr]
        lengths = np.diff(upto)[people]
        start = np.concatenate(([0], np.cumsum(lengths))).astype(self.table.indptr.dtype)
        return self._of_arrays(self.table.data[kept], self.table.indices[kept], start, statements)


def _whole_numbers(values: ArrayLike) -> _Numbers:
    array = np.asarray(values).reshape(-1)
    if array.size and not np.issubdtype(array.dtype, np.integer):
        raise MalformedError("persons, statements and votes are whole numbers")
    return array if array.size else np.zeros(0, dtype=np.int64)


def _require_rows(
    rows: _Numbers, columns: _Numbers, cast: _Numbers,
    people: int, statements: int,
) -> None:  # fmt: skip
    if not rows.size == columns.size == cast.size:
        raise MalformedError("persons, statements and votes are not equally many")
    if people * statements << rows.size.bit_length() > np.iinfo(np.int64).max:
        raise MalformedError("the table is too large")
    if not rows.size:
        return
    if rows.min() < 0 or rows.max() >= people:
        raise MalformedError("a person's number lies outside the table")
    if columns.min() < 0 or columns.max() >= statements:
        raise MalformedError("a statement's number lies outside the table")
    if cast.min() < DISAGREE or cast.max() > AGREE:
        raise MalformedError("a vote is 1 (agree), 0 (pass) or -1 (disagree)")


def _last_of_each_cell(
    rows: _Numbers, columns: _Numbers, cast: NDArray[np.int8], statements: int
) -> tuple[Integers, NDArray[np.int8]]:
    """Return the cells that were voted on, sorted, and the last vote of each.

    A cell and the place of its row are packed into one number, so that one sort without a
    permutation orders both: 28 million rows in a third of the time of a stable argsort.
    """
    bits = int(cast.size).bit_length()
    packed = rows.astype(np.int64)
    packed *= statements
    packed += columns
    packed <<= bits
    packed += np.arange(cast.size)
    packed.sort()
    values = cast[packed & ((1 << bits) - 1)]
    packed >>= bits
    is_last = np.ones(packed.size, dtype=np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=is_last[:-1])
    return (packed, values) if is_last.all() else (packed[is_last], values[is_last])
