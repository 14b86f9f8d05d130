"""Prepared SELECTs that PostgreSQL answers together, in one round trip (libpq's pipeline mode).

SQLAlchemy waits for each answer before it sends the next statement. So these go by the driver, with
the text and the types that SQLAlchemy knows: what comes back cannot be told from its own.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, cast

import psycopg
from sqlalchemy import ClauseElement, Connection, Dialect, Executable, Select
from sqlalchemy.engine.result import IteratorResult, SimpleResultMetaData
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from .memory import Question, Rows
from .piping import sent_together

T = TypeVar("T")
_Convert = Callable[[Any], Any]


def ask_together(
    connection: Connection, questions: Collection[Question]
) -> list[tuple[Question, Rows]]:
    """Return the rows of some prepared SELECTs; nothing of those that take lists of any length.

    Raises:
        DBAPIError: one of them failed.

    """
    driver = connection.connection.driver_connection
    if not questions or not isinstance(driver, psycopg.Connection):
        return []
    prepared = [(one, _prepare(one[0], connection.dialect)) for one in questions]
    with sent_together(connection):
        sent = [
            (question, known, driver.execute(known.text, known.written(question[1])))
            for question, known in prepared
            if known is not None
        ]
    return [(question, known.read(answer.fetchall())) for question, known, answer in sent]


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A SELECT as the driver takes it."""

    text: bytes
    compiled: SQLCompiler
    writers: Mapping[str, _Convert]
    columns: SimpleResultMetaData
    readers: tuple[_Convert, ...]

    def written(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return its values as the database keeps them."""
        made = self.compiled.construct_params(values)
        return {name: self.writers[name](value) for name, value in made.items()}

    def read(self, rows: list[tuple[Any, ...]]) -> Rows:
        """Return rows as SQLAlchemy gives them."""
        found = (
            tuple(read(value) for read, value in zip(self.readers, row, strict=True))
            for row in rows
        )
        return cast(Rows, IteratorResult(self.columns, found).all())


@cache
def _prepare(statement: Executable, dialect: Dialect) -> _Prepared | None:
    """Return a statement prepared for the driver, or None if its text depends on its values."""
    compiled = cast(SQLCompiler, cast(ClauseElement, statement).compile(dialect=dialect))
    if any(bind.expanding for bind in compiled.binds.values()):
        return None
    columns = cast(Select[Any], statement).selected_columns
    return _Prepared(
        text=str(compiled).encode(),
        compiled=compiled,
        writers={
            name: _kind(bind.type, dialect).bind_processor(dialect) or _as_it_is
            for name, bind in compiled.binds.items()
        },
        columns=SimpleResultMetaData(columns.keys()),
        readers=tuple(
            _kind(column.type, dialect).result_processor(dialect, None) or _as_it_is
            for column in columns
        ),
    )


def _kind(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


def _as_it_is(value: T) -> T:
    return value
