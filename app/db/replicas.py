"""Streaming replicas of PostgreSQL to read from: a second behind at most, and not what we heard of.

A replica is asked only if it has replayed the write-ahead log up to a *floor*: the place where the
primary was, asked at most a second ago, and after everything that this process wrote or heard of.
So no page that is kept is made from before a change that should have taken it away. While the
primary is gone the last floor stands, and pages go on (ADR-0057).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from time import monotonic
from typing import Final

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

MOST_LAG_S: Final = 1.0
REST_S: Final = 5.0
"""So long nobody asks a replica that did not answer."""
_FLOOR: Final = text("SELECT pg_current_wal_lsn()")
# One that was promoted has nothing to replay, and all there is.
_HAS_REPLAYED: Final = text(
    "SELECT NOT pg_is_in_recovery() OR pg_last_wal_replay_lsn() >= CAST(:floor AS pg_lsn)"
)


class Replicas:
    """Replicas of one primary, asked in turn."""

    def __init__(self, primary: Engine, engines: Sequence[Engine]) -> None:
        self._primary = primary
        self._engines = engines
        self._turn = count()
        self._resting: dict[Engine, float] = {}
        self._floor = ""
        self._floor_at = float("-inf")
        self._changes = 0

    def must_catch_up(self, _subjects: object = None) -> None:
        """Let no replica be asked before it has what was committed until now."""
        self._changes += 1
        self._floor_at = float("-inf")

    @contextmanager
    def connect(self) -> Iterator[Connection | None]:
        """Yield a connection to a replica that is near enough, or None if there is none."""
        connection = self._find()
        try:
            yield connection
        finally:
            if connection is not None:
                connection.close()

    def close(self) -> None:
        """Close every connection."""
        for engine in self._engines:
            engine.dispose()

    def _find(self) -> Connection | None:
        self._raise_floor()
        if not self._floor or not self._engines:
            return None
        first, now = next(self._turn), monotonic()
        for place in range(len(self._engines)):
            engine = self._engines[(first + place) % len(self._engines)]
            if self._resting.get(engine, now) > now:
                continue
            try:
                connection = engine.connect()
            except (DBAPIError, PoolTimeoutError):
                self._resting[engine] = now + REST_S
                continue
            try:
                is_near = connection.execute(_HAS_REPLAYED, {"floor": self._floor}).scalar()
                connection.rollback()
            except DBAPIError:
                self._resting[engine], is_near = now + REST_S, False
            if is_near:
                return connection
            connection.close()
        return None

    def _raise_floor(self) -> None:
        """Ask the primary where it is, if what we know is old or something was committed since."""
        changes, now = self._changes, monotonic()
        if now < self._floor_at + MOST_LAG_S:
            return
        try:
            with self._primary.connect() as connection:
                self._floor = str(connection.execute(_FLOOR).scalar())
        except (DBAPIError, PoolTimeoutError):
            # Nothing is committed while it is gone: what was known then is all there is. Asked
            # again in a second, so that readers do not all wait for it.
            changes = self._changes
        self._floor_at = now if changes == self._changes else float("-inf")
