"""Group commit: what queued together is committed together, with one fsync for all.

One thread runs the steps that wait, and commits once; while it does, others queue behind it. No
answer exists before that commit. Whoever waits holds no thread of the web process: eight submitters
that wake each other cost more than their records do (ADR-0016).

Steps that only add rows write them together at the end. If the database refuses one, nobody can
tell whose it was: all is taken back and done once more with care, each step by itself (ADR-0060).
"""

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from threading import Event, Lock
from typing import Any, Final, TypeVar

from sqlalchemy.exc import SQLAlchemyError

from app.kernel.errors import UnavailableError

from .arriving import Arrivals
from .memory import Question
from .work import Work

T = TypeVar("T")
Step = Callable[[Work], Any]
GATHER_S: Final = 0.003
"""So long a group waits at most for as many as it was the last time."""
_ASKED_AT_MOST: Final = 64
"""Each costs a fifth of what it costs to ask for it alone, also if nobody wants to know it."""
LookAhead = Callable[[Work, Sequence[Any]], None]


@dataclass(slots=True)
class _Item:
    step: Step
    future: Future[Any]
    ahead: tuple[LookAhead, Any] | None = None
    result: Any = None
    error: BaseException | None = None


class GroupWriter:
    """Runs steps in shared transactions."""

    def __init__(
        self, write: Callable[[Collection[Question]], AbstractContextManager[Work]]
    ) -> None:
        self._write = write
        self.arrivals = Arrivals()
        self._waiting: list[_Item] = []
        self._queue_lock = Lock()
        self._is_idle = Event()
        self._is_idle.set()
        self._runner = ThreadPoolExecutor(1, thread_name_prefix="group")
        self._expected = 1
        self._asked: Collection[Question] = ()
        """What the group before looked up: this one's authors and boards are often the same."""
        self._are_all_here = Event()

    def queue(
        self, step: Callable[[Work], T], ahead: tuple[LookAhead, Any] | None = None
    ) -> Future[T]:
        """Queue a step; its result, or what it raised, is there once it is durable.

        It is done again if the database refused what it was done with. `ahead` looks up, for all
        steps of a group that name the same, what each would look up for its own.
        """
        item = _Item(step, Future(), ahead)
        with self._queue_lock:
            is_first = not self._waiting
            self._waiting.append(item)
            self._is_idle.clear()
            if len(self._waiting) >= self._expected:
                self._are_all_here.set()
        if is_first:
            # Whoever comes while it waits for its turn goes with it.
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
        # Whoever was answered together comes again together, and begins and commits cost as much as
        # three posts. Who comes alone waits for nobody.
        if self._expected > 1:
            self._are_all_here.wait(GATHER_S)
        with self._queue_lock:
            waiting, self._waiting = self._waiting, []
            self._expected = max(1, len(waiting))
            self._are_all_here.clear()
        # Whoever gave up before their turn was promised nothing; from here on nobody can.
        batch = [item for item in waiting if item.future.set_running_or_notify_cancel()]
        if not batch:
            return
        try:
            if not self._try(batch, is_careful=False):
                self._try(batch, is_careful=True)
        except BaseException as error:  # noqa: BLE001 (each waiter must hear that nothing was kept)
            for item in batch:
                item.error = error
        for item in batch:
            if item.error is not None:
                item.future.set_exception(item.error)
            else:
                item.future.set_result(item.result)
        self.arrivals.tell()

    def _try(self, batch: list[_Item], *, is_careful: bool) -> bool:
        """Do the steps and commit; return False if nothing was done and care may help."""
        may_try_again = len(batch) > 1 and not is_careful
        try:
            with self._write(self._asked) as work:
                _run_all(batch, work, is_careful=is_careful)
                self._asked = list(islice(work.asked, _ASKED_AT_MOST))
                work.added.put()
                # What fails in the commit itself may have been done.
                may_try_again = False
        except (SQLAlchemyError, _SpoiltError) as error:
            if may_try_again and not getattr(error, "connection_invalidated", False):
                return False
            raise
        return True


class _SpoiltError(Exception):
    """Rows of several steps were refused together."""


def _run_all(batch: list[_Item], work: Work, *, is_careful: bool) -> None:
    if len(batch) == 1:
        # Nobody else is in this transaction: what fails takes all of it back.
        batch[0].result = batch[0].step(work)
        return
    if not is_careful:
        _look_ahead(batch, work)
    for item in batch:
        item.error = None
        try:
            with work.step(is_careful=is_careful):
                item.result = item.step(work)
        except Exception as error:
            if isinstance(error, SQLAlchemyError) and not is_careful:
                raise
            # A full disk or a lost server takes away the steps before this one as well: SQLite
            # rolls all of it back by itself, and the commit would have nothing to keep.
            if not work.is_open:
                raise UnavailableError("the database took the whole transaction back") from error
            item.error = error
        if work.added.is_spoilt:
            # Also where the step caught it: it may have been another's.
            raise _SpoiltError


def _look_ahead(batch: list[_Item], work: Work) -> None:
    """Ask at once what each of several steps would ask."""
    asked: dict[LookAhead, list[Any]] = {}
    for item in batch:
        if item.ahead is not None:
            look, about = item.ahead
            asked.setdefault(look, []).append(about)
    for look, abouts in asked.items():
        look(work, abouts)
