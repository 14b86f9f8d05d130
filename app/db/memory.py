"""What a unit of work has looked up already, and may take for known until it writes there.

Posts that queue together ask for the same board, and each asks for its author more than once. One
writes at a time (ADR-0003), so nobody else can change an answer while the transaction lasts; what
the transaction itself writes to a table takes the answers about that table away, whichever way the
statement came.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final, TypeVar, cast

from sqlalchemy import ClauseElement, Connection, Executable, Row, TableClause
from sqlalchemy.sql import visitors

_KEY: Final = "memory"
_HARMLESS: Final = frozenset({"SELECT", "SAVEPOINT", "RELEASE", "PRAGMA"})
_PLACE_OF_TABLE: Final = {"INSERT": 2, "DELETE": 2, "UPDATE": 1}
_tables: Final[dict[int, tuple[Executable, frozenset[str]]]] = {}
"""The tables of each statement that is remembered. They are constants, and few."""

T = TypeVar("T")
Rows = Sequence[Row[Any]]
Ask = Callable[[Executable, frozenset[str], Mapping[str, Any]], Rows]
Question = tuple[Executable, Mapping[str, Any]]
_Key = tuple[int, tuple[Any, ...]]


class Memory:
    """The answers of one unit of work, by statement and values."""

    def __init__(self) -> None:
        self._answers: dict[_Key, Rows] = {}
        self._of: dict[str, list[_Key]] = {}
        self._made: dict[int, tuple[Rows, Any]] = {}
        self.asked: dict[_Key, Question] = {}
        """What `recall` was asked, once each."""

    def recall(self, ask: Ask, statement: Executable, values: Mapping[str, Any]) -> Rows:
        """Return the rows of a prepared SELECT, from the database or as they were found before.

        `ask` first writes what waits for the tables that it is told.
        """
        key = (id(statement), tuple(values.values()))
        known = self._answers.get(key)
        self.asked.setdefault(key, (statement, values))
        if known is None:
            tables = _tables_of(statement)
            known = ask(statement, tables, values)
            self._keep(key, tables, known)
        return known

    def foresee(self, statement: Executable, values: Mapping[str, Any], rows: Rows) -> None:
        """Keep an answer that was found together with others."""
        key = (id(statement), tuple(values.values()))
        self._keep(key, _tables_of(statement), rows)

    def take(self, statement: Executable, values: Mapping[str, Any]) -> Rows | None:
        """Return an answer that was kept, for this once, or None."""
        return self._answers.pop((id(statement), tuple(values.values())), None)

    def made_of(self, rows: Rows, make: Callable[[Row[Any]], T]) -> T:
        """Return what is made of the first of some rows, the same for the same rows."""
        known = self._made.get(id(rows))
        if known is None:
            # With the rows: while they are kept, no others can have their place.
            known = self._made[id(rows)] = (rows, make(rows[0]))
        return cast(T, known[1])

    def _keep(self, key: _Key, tables: frozenset[str], rows: Rows) -> None:
        self._answers[key] = rows
        for name in tables:
            self._of.setdefault(name, []).append(key)

    def note(self, sql: str) -> None:
        """Take away what a statement may have changed."""
        words = sql.split(None, 3)
        verb = words[0].upper()
        if verb in _HARMLESS or not self._answers:
            return
        place = _PLACE_OF_TABLE.get(verb)
        if place is None:
            # A rollback, or whatever we cannot read: nothing is known any more.
            self._answers.clear()
            self._of.clear()
            return
        for key in self._of.pop(words[place].strip('"'), ()):
            self._answers.pop(key, None)


@contextmanager
def attached(connection: Connection, memory: Memory) -> Iterator[None]:
    """Let a memory hear of what is run on a connection, for the length of a block."""
    # Kept: of a connection that was lost meanwhile it cannot be asked for any more.
    info = connection.info
    info[_KEY] = memory
    try:
        yield
    finally:
        info.pop(_KEY, None)


def note_statement(connection: Connection, _cursor: object, sql: str, *_rest: object) -> None:
    """Tell the connection's memory of a statement: SQLAlchemy's `before_cursor_execute`."""
    memory = connection.info.get(_KEY)
    if memory is not None:
        memory.note(sql)


def _tables_of(statement: Executable) -> frozenset[str]:
    known = _tables.get(id(statement))
    if known is None:
        parts = visitors.iterate(cast(ClauseElement, statement))
        found = (part.name for part in parts if isinstance(part, TableClause))
        known = _tables[id(statement)] = (statement, frozenset(found))
    return known[1]
