"""Group commit: what queued together is committed together, with one fsync for all.

One thread runs the steps that wait, each in a savepoint of its own, and commits once; while it
does, others queue behind it. No answer exists before that commit. Whoever waits holds no thread of
the web process: eight submitters that wake each other cost more than their records do (ADR-0016).
"""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any, Final, TypeVar

from sqlalchemy import Connection

from app.kernel.errors import UnavailableError

from .work import Work

T = TypeVar("T")
Step = Callable[[Work], Any]
_BEGIN: Final = "SAVEPOINT step"
_END: Final = "RELEASE SAVEPOINT step"


@dataclass(slots=True)
class _Item:
    step: Step
    future: Future[Any]
    result: Any = None
    error: BaseException | None = None


class GroupWriter:
    """Runs steps in shared transactions."""

    def __init__(self, write: Callable[[], AbstractContextManager[Work]]) -> None:
        self._write = write
        self._waiting: list[_Item] = []
        self._queue_lock = Lock()
        self._is_idle = Event()
        self._is_idle.set()
        self._runner = ThreadPoolExecutor(1, thread_name_prefix="group")

    def queue(self, step: Callable[[Work], T]) -> Future[T]:
        """Queue a step; its result, or what it raised, is there once it is durable."""
        item = _Item(step, Future())
        with self._queue_lock:
            self._waiting.append(item)
            self._is_idle.clear()
        self._runner.submit(self._run_waiting)
        return item.future

    def wait_until_idle(self, most_s: float) -> None:
        """Return once no step waits or runs, or after some seconds."""
        self._is_idle.wait(most_s)

    def close(self) -> None:
        """Finish what waits, and end the thread."""
        self._runner.shutdown()

    def _run_waiting(self) -> None:
        self._run_group()
        with self._queue_lock:
            if not self._waiting:
                self._is_idle.set()

    def _run_group(self) -> None:
        with self._queue_lock:
            waiting, self._waiting = self._waiting, []
        # Whoever gave up before their turn was promised nothing; from here on nobody can.
        batch = [item for item in waiting if item.future.set_running_or_notify_cancel()]
        if not batch:
            return
        try:
            with self._write() as work:
                _run_all(batch, work)
        except BaseException as error:  # noqa: BLE001 (each waiter must hear that nothing was kept)
            for item in batch:
                item.error = error
        for item in batch:
            if item.error is not None:
                item.future.set_exception(item.error)
            else:
                item.future.set_result(item.result)


def _run_all(batch: list[_Item], work: Work) -> None:
    if len(batch) == 1:
        # Nobody else is in this transaction: what fails takes all of it back.
        batch[0].result = batch[0].step(work)
        return
    # Steps write through plain tables, so a bare savepoint will do; the session's own costs more.
    work.put_added(_BEGIN)
    for item in batch:
        _run_one(item, work)
    work.put_added(_END)


def _run_one(item: _Item, work: Work) -> None:
    """Run a step after its savepoint, and set the next step's."""
    try:
        # Of a step that fails nothing is told after the commit. Pages made anew harm nobody.
        with work.told_only_if_done():
            item.result = item.step(work)
            work.flush_session()
            # With what the step added: it takes no time of its own.
            work.put_added(_END, _BEGIN)
    except Exception as error:
        work.forget_added()
        # A full disk or a lost server takes away the steps before this one as well: SQLite rolls
        # all of it back by itself, and the commit that follows would have nothing to keep.
        if not _is_open(work.connection):
            raise UnavailableError("the database took the whole transaction back") from error
        work.session.expunge_all()
        work.put_added("ROLLBACK TO SAVEPOINT step")
        item.error = error


def _is_open(connection: Connection) -> bool:
    """Return whether a connection is still in the transaction that was begun on it."""
    if connection.invalidated:
        return False
    return bool(getattr(connection.connection.driver_connection, "in_transaction", True))
