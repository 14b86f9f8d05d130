"""A unit of work: what a verb needs to do its part and nothing else."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Executable, Result
from sqlalchemy.orm import Session

from app.kernel.clock import MINUTE_S, Instant

from .memory import Memory, Rows, attached
from .piping import Statement, run_all

EVERYTHING: Final = "*"
"""Stands for every subject in `Work.changed`: all pages change, or somebody could not say which."""


class Randomness(Protocol):
    """A source of random bytes: the system's, or a seeded one in tests and the village."""

    def token_bytes(self, nbytes: int, /) -> bytes:
        """Return `nbytes` random bytes."""
        ...


@dataclass(frozen=True, slots=True)
class Work:
    """One transaction with its time and its randomness. Verbs take it as their first argument."""

    _session: Session
    _connection: Connection
    now: Instant
    randomness: Randomness
    changed: set[str] = field(default_factory=set)
    """Subjects of pages that this work changes; told to listeners after the commit."""
    accepted: list[str] = field(default_factory=list)
    """Types of records that this work takes in, to be counted after the commit."""
    erased: list[bytes] = field(default_factory=list)
    """Digests whose words this work takes away: their traces on the disk must go as well."""
    withheld: list[bytes] = field(default_factory=list)
    """Digests whose words this work keeps from readers and may give back: files and pages that hold
    them must go, but no list of erasures names them."""
    carried: set[bytes] = field(default_factory=set)
    """Digests of records that came together with this one: who brings them knows them all."""
    logged: set[bytes] = field(default_factory=set)
    """Digests of records that the signed log holds and this database has lost: they were accepted
    once, and what holds by now is no reason to refuse them."""
    answered: set[bytes] = field(default_factory=set)
    """Digests of records for whose authors the partner that brings them answers: they are no
    newcomers'."""
    patient: set[bytes] = field(default_factory=set)
    """Digests of records whose authors chose to wait: nothing lets them out sooner."""
    deleted: list[str] = field(default_factory=list)
    """Ids of drafts and the like that it takes away; such traces go too, but no list names them."""
    undo: list[Callable[[], None]] = field(default_factory=list)
    """What is called if nothing comes of this work: it gives back what was counted in memory."""
    _memory: Memory = field(default_factory=Memory)
    _added: list[Statement] = field(default_factory=list)

    @property
    def session(self) -> Session:
        """The session, once what was added stands in the database."""
        self.put_added()
        return self._session

    @property
    def connection(self) -> Connection:
        """The connection, once what was added stands in the database."""
        self.put_added()
        return self._connection

    def add(self, statement: Executable, values: Mapping[str, Any]) -> None:
        """Run an INSERT with others, before anything else is asked: nobody waits for its answer.

        What it violates is heard of then.
        """
        self._added.append((statement, values))

    def put_added(self, *last: str) -> None:
        """Run what was added, and some bare statements behind it.

        Raises:
            DBAPIError: one of them failed; none after it was run.

        """
        if self._added or last:
            statements = [*self._added, *((one, None) for one in last)]
            self._added.clear()
            run_all(self._connection, statements)

    def flush_session(self) -> None:
        """Run what the session holds back; with nothing there, what was added goes on waiting."""
        if self._session.new or self._session.dirty or self._session.deleted:
            self.session.flush()

    def forget_added(self) -> None:
        """Let what was added and not run yet go with the step that failed."""
        self._added.clear()

    def run(
        self,
        statement: Executable,
        values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> Result[Any]:
        """Run a prepared statement on plain tables: what the door does for every record.

        Five times less work than the same through rows and their session. With several sets of
        values it runs once for each, at little more than the price of one.
        """
        return self.connection.execute(statement, values)

    def recall(self, statement: Executable, values: Mapping[str, Any]) -> Rows:
        """Return the rows of a prepared SELECT, asked for once in a unit of work that writes.

        For what each of many records asks about the same: their board, their author.
        """
        return self._memory.recall(self._connection, self.put_added, statement, values)

    def remembering(self) -> AbstractContextManager[None]:
        """Let the work's memory hear of all that it writes, for the length of a block."""
        return attached(self._connection, self._memory)

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what a block wrote if it raises; what was written before it stays.

        Raises:
            DBAPIError: the database took the whole transaction back, as where the disk is full.

        """
        self.session.flush()
        self.connection.exec_driver_sql("SAVEPOINT attempt")
        try:
            with self.told_only_if_done():
                yield
                self.session.flush()
        except BaseException:
            self.forget_added()
            self.session.expunge_all()
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT attempt")
            self.connection.exec_driver_sql("RELEASE SAVEPOINT attempt")
            raise
        self.connection.exec_driver_sql("RELEASE SAVEPOINT attempt")

    @contextmanager
    def told_only_if_done(self) -> Iterator[None]:
        """Tell nothing after the commit of what a block that raises did; undo what it counted."""
        told: tuple[list[Any], ...] = (
            self.accepted, self.erased, self.withheld, self.deleted, self.undo,
        )  # fmt: skip
        before = [len(items) for items in told]
        try:
            yield
        except BaseException:
            for give_back in self.undo[before[-1] :]:
                give_back()
            for items, count in zip(told, before, strict=True):
                del items[count:]
            raise

    @property
    def minute(self) -> Instant:
        """The present minute: what stored times are compared with."""
        return Instant(self.now - self.now % MINUTE_S)
