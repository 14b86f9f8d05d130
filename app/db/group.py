"""Group commit: what queued together is committed together, with one fsync for all.

Whoever gets the writer's lock runs every waiting step, each in a savepoint of its own, and commits
once; the others find their outcome when they get the lock. No answer exists before that commit.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar, cast

from sqlalchemy import Connection

from app.kernel.errors import UnavailableError

from .work import Work

T = TypeVar("T")
Step = Callable[[Work], Any]


@dataclass(slots=True)
class _Item:
    step: Step
    is_done: bool = False
    result: Any = None
    error: BaseException | None = None


class GroupWriter:
    """Runs steps in shared transactions."""

    def __init__(self, write: Callable[[], AbstractContextManager[Work]]) -> None:
        self._write = write
        self._waiting: list[_Item] = []
        self._queue_lock = Lock()
        self._writer_lock = Lock()

    def run(self, step: Callable[[Work], T]) -> T:
        """Run a step and return its result once it is durable; what it raises is raised here."""
        item = _Item(step)
        with self._queue_lock:
            self._waiting.append(item)
        with self._writer_lock:
            if not item.is_done:
                self._run_all()
        if item.error is not None:
            raise item.error
        return cast("T", item.result)

    def _run_all(self) -> None:
        with self._queue_lock:
            batch, self._waiting = self._waiting, []
        try:
            with self._write() as work:
                for item in batch:
                    _run_one(item, work)
        except BaseException as error:  # noqa: BLE001 (each waiter must hear that nothing was kept)
            for item in batch:
                item.error = error
        for item in batch:
            item.is_done = True


def _run_one(item: _Item, work: Work) -> None:
    connection = work.session.connection()
    try:
        with work.session.begin_nested():
            item.result = item.step(work)
    except Exception as error:
        # A full disk or a lost server takes away the steps before this one as well: SQLite rolls
        # all of it back by itself, and the commit that follows would have nothing to keep.
        if not _is_open(connection):
            raise UnavailableError("the database took the whole transaction back") from error
        item.error = error


def _is_open(connection: Connection) -> bool:
    """Return whether a connection is still in the transaction that was begun on it."""
    if connection.invalidated:
        return False
    return bool(getattr(connection.connection.driver_connection, "in_transaction", True))
