"""Connections to PostgreSQL whose transactions read one state and write nothing."""

from typing import Any

from psycopg import IsolationLevel
from sqlalchemy import Connection, Engine, event


def refuse_writes(connection: Connection) -> None:
    """Let the transaction that begins next see one state and write nothing.

    Said with the `BEGIN` that goes before its first statement, and not in one more. It lasts until
    the connection is given back: see `look_after`.
    """
    driver: Any = connection.connection.driver_connection
    driver.isolation_level, driver.read_only = IsolationLevel.REPEATABLE_READ, True


def look_after(engine: Engine) -> None:
    """Let whoever takes a connection next write with it."""

    def rest(driver: Any, _record: object) -> None:  # noqa: ANN401 (the driver's own)
        if driver is not None and not driver.closed and driver.read_only:
            driver.isolation_level = driver.read_only = None

    event.listen(engine, "checkin", rest)
