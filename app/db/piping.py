"""Statements whose answers nobody waits for, sent to PostgreSQL in one go.

Each round trip costs as much as what it asks for: a post is five rows in five tables, and none of
them is read again before the commit. psycopg sends them together (libpq's pipeline mode) and hears
all answers at once; SQLite has no way to go, and runs one after the other.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from sqlalchemy import Connection, Executable
from sqlalchemy.exc import DBAPIError

Statement = tuple[Executable | str, Mapping[str, Any] | None]


def run_all(connection: Connection, statements: Sequence[Statement]) -> None:
    """Run statements in their order.

    Raises:
        DBAPIError: one of them failed; none after it was run.

    """
    driver = connection.connection.driver_connection
    if not isinstance(driver, psycopg.Connection) or len(statements) < 2:
        _run_each(connection, statements)
        return
    try:
        with driver.pipeline():
            _run_each(connection, statements)
    except psycopg.Error as error:
        # What a statement said only at the end of the pipeline, SQLAlchemy has not seen.
        if driver.closed:
            connection.invalidate(error)
        raise DBAPIError.instance(
            None, None, error, psycopg.Error, hide_parameters=True, dialect=connection.dialect
        ) from error


def _run_each(connection: Connection, statements: Sequence[Statement]) -> None:
    for statement, values in statements:
        if isinstance(statement, str):
            connection.exec_driver_sql(statement)
        else:
            connection.execute(statement, values)
