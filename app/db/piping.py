"""INSERTs whose answers nobody waits for, run together: one statement for each table.

Each statement costs as much as what it asks for: a post is five rows in five tables, and none of
them is read again before the commit. Those of all posts of a group go table by table, and to
PostgreSQL they go in one round trip (libpq's pipeline mode): ADR-0060.
"""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TypeVar

import psycopg
from sqlalchemy import Connection, Dialect, Insert, LargeBinary
from sqlalchemy.exc import DBAPIError

from .tables import Base

T = TypeVar("T")
Values = Mapping[str, Any]
Statement = tuple[Insert, Sequence[Values]] | tuple[str, None]
_BEGIN: Final = "SAVEPOINT step"
_END: Final = "RELEASE SAVEPOINT step"
_UNDO: Final = "ROLLBACK TO SAVEPOINT step"


class Added:
    """What a unit of work added and the database was not told yet.

    A step of a group is *light* until it asks for the connection: what it added waits here, and is
    dropped if it fails. Only then it gets a savepoint, before all of its own.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: list[tuple[Insert, Values] | str] = []
        self._own_from: int | None = None
        self._has_savepoint = False
        self.is_spoilt = False
        """Whether rows of several steps were refused together: whose it was, nobody can tell."""

    def add(self, statement: Insert, values: Values) -> None:
        """Let a row wait."""
        self._waiting.append((statement, values))

    def concerns(self, tables: Collection[str]) -> bool:
        """Return whether rows of one of these tables wait."""
        return any(
            not isinstance(one, str) and one[0].table.name in tables for one in self._waiting
        )

    def begin_step(self) -> None:
        """Begin a step that can be undone."""
        self._own_from, self._has_savepoint = len(self._waiting), False

    def end_step(self) -> None:
        """Keep what a step did."""
        if self._has_savepoint:
            self._waiting.append(_END)
        self._own_from, self._has_savepoint = None, False

    def undo_step(self) -> None:
        """Undo what a step did, here and in the database, before anybody asks again."""
        if self._has_savepoint:
            run_all(self._connection, [(_UNDO, None), (_END, None)])
        del self._waiting[self._own_from or 0 :]
        self._own_from, self._has_savepoint = None, False

    def save(self) -> None:
        """Give a step its savepoint, if it has none."""
        if self._own_from is not None and not self._has_savepoint:
            self._waiting.insert(self._own_from, _BEGIN)
            self._has_savepoint = True

    def put(self) -> None:
        """Run what waits; a step's own behind its savepoint.

        Raises:
            DBAPIError: one of the statements failed; none after it was run.

        """
        if not self._waiting:
            return
        is_others = self._own_from is not None and self._own_from > 0
        if self._own_from is not None and len(self._waiting) > self._own_from:
            self.save()
        statements, self._waiting = list(_by_table(self._waiting)), []
        if self._own_from is not None:
            self._own_from = 0
        try:
            run_all(self._connection, statements)
        except BaseException:
            self.is_spoilt = self.is_spoilt or is_others
            raise

    def forget(self) -> None:
        """Let what was added go with the block that failed."""
        self._waiting.clear()


def _by_table(waiting: Sequence[tuple[Insert, Values] | str]) -> Iterator[Statement]:
    """Yield rows with others of their table; nothing passes a bare statement."""
    rows: dict[tuple[Insert, tuple[str, ...]], list[Values]] = {}
    for one in [*waiting, ""]:
        if not isinstance(one, str):
            rows.setdefault((one[0], tuple(one[1])), []).append(one[1])
            continue
        order = _order_of_tables(len(Base.metadata.tables))
        for key in sorted(rows, key=lambda key: order[key[0].table.name]):
            yield key[0], rows[key]
        rows = {}
        if one:
            yield one, None


@cache
def _order_of_tables(_count: int) -> dict[str, int]:
    """Return the place of each table behind those that its rows name, for so many tables."""
    return {table.name: place for place, table in enumerate(Base.metadata.sorted_tables)}


def run_all(connection: Connection, statements: Sequence[Statement]) -> None:
    """Run statements in their order.

    Raises:
        DBAPIError: one of them failed; none after it was run.

    """
    if len(statements) < 2:
        _run_each(connection, statements)
        return
    with sent_together(connection):
        _run_each(connection, statements)


@contextmanager
def sent_together(connection: Connection) -> Iterator[None]:
    """Send a block's statements to PostgreSQL without waiting for the answer to each.

    Raises:
        DBAPIError: one of them failed; none after it was run.

    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection):
        yield
        return
    try:
        with driver.pipeline():
            yield
    except psycopg.Error as error:
        # What a statement said only at the end of the pipeline, SQLAlchemy has not seen.
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def _run_each(connection: Connection, statements: Sequence[Statement]) -> None:
    dialect = connection.dialect
    for statement, rows in statements:
        if isinstance(statement, str):
            connection.exec_driver_sql(statement)
        elif not rows or len(rows) == 1:
            connection.execute(statement, rows[0] if rows else None)
        elif dialect.name == "postgresql":
            text, writers = _of_rows(statement, tuple(rows[0]), dialect)
            written = [{name: writers[name](value) for name, value in row.items()} for row in rows]
            connection.exec_driver_sql(text, (json.dumps(written, ensure_ascii=False),))
        else:
            connection.execute(statement, rows)


@cache
def _of_rows(
    statement: Insert, names: tuple[str, ...], dialect: Dialect
) -> tuple[str, Mapping[str, Callable[[Any], Any]]]:
    """Return an INSERT of rows that are one JSON text, and how their values stand in it.

    One text for any number of rows, so that it is planned once; and a fifth of the work of an array
    for each column, which the driver writes value by value.
    """
    quote, types = dialect.identifier_preparer.quote, statement.table.columns
    read, given, writers = [], [], {}
    for name in names:
        kind = types[name].type.dialect_impl(dialect)
        is_bytes = isinstance(kind, LargeBinary)
        read.append(f"decode({quote(name)}, 'hex')" if is_bytes else quote(name))
        given.append(f"{quote(name)} {'text' if is_bytes else kind.compile(dialect)}")
        writers[name] = _hex if is_bytes else kind.bind_processor(dialect) or _as_it_is
    # Names of our own tables; values go beside it.
    text = (
        f"INSERT INTO {quote(statement.table.name)} ({', '.join(map(quote, names))}) "  # noqa: S608
        f"SELECT {', '.join(read)} FROM json_to_recordset(%s) AS rows ({', '.join(given)})"
    )
    return text, writers


def _hex(value: bytes | None) -> str | None:
    return None if value is None else value.hex()


def _as_it_is(value: T) -> T:
    return value
