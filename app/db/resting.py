"""Connections to PostgreSQL between two users: what the one asked for, and whether they still live.

A restart of the server closes all of them. Asking each time whether it did, as SQLAlchemy does by
itself, is one way there and back more for every page and every commit; a connection that answered a
moment ago is used, and if the server went away since, its user is told to come again (ADR-0060).
"""

from time import monotonic
from typing import Any, Final

from psycopg import IsolationLevel
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

REST_S: Final = 1.0
_SINCE: Final = "rests_since"


def look_after(engine: Engine) -> None:
    """Ask connections that nobody used for a second or more before they are used."""

    def rest(driver: Any, record: Any) -> None:  # noqa: ANN401 (the driver's and the pool's own)
        record.info[_SINCE] = monotonic()
        if driver is not None and not driver.closed and driver.read_only:
            driver.isolation_level = driver.read_only = None

    def ask(driver: Any, record: Any, _taken: object) -> None:  # noqa: ANN401 (as above)
        since = record.info.get(_SINCE)
        if since is None or monotonic() < since + REST_S:
            return
        try:
            engine.dialect.do_ping(driver)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error

    event.listen(engine, "checkin", rest)
    event.listen(engine, "checkout", ask)


def read_only(connection: Connection) -> None:
    """Let the transaction that begins next see one state and write nothing, until it is given back.

    Said with the `BEGIN` that goes before its first statement, and not in one more.
    """
    driver: Any = connection.connection.driver_connection
    driver.isolation_level, driver.read_only = IsolationLevel.REPEATABLE_READ, True
