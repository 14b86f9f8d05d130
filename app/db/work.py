"""A unit of work: what a verb needs to do its part and nothing else."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, TypeVar

from sqlalchemy import Connection, Executable, Insert, Result, Row
from sqlalchemy.orm import Session

from app.kernel.clock import MINUTE_S, Instant

from .memory import Memory, Question, Rows, attached
from .piping import Added, sent_together

T = TypeVar("T")

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
    proven: set[bytes] = field(default_factory=set)
    """Digests of records that a board's former home logged while it was the home."""
    patient: set[bytes] = field(default_factory=set)
    """Digests of records whose authors chose to wait: nothing lets them out sooner."""
    deleted: list[str] = field(default_factory=list)
    """Ids of drafts and the like that it takes away; such traces go too, but no list names them."""
    undo: list[Callable[[], None]] = field(default_factory=list)
    """What is called if nothing comes of this work: it gives back what was counted in memory."""
    _memory: Memory = field(default_factory=Memory)
    added: Added = field(init=False)
    """Rows that wait to be written with others."""

    def __post_init__(self) -> None:
        """Let rows wait for this work's connection."""
        object.__setattr__(self, "added", Added(self._connection))

    @property
    def session(self) -> Session:
        """The session, once what was added stands in the database."""
        self._save()
        return self._session

    @property
    def connection(self) -> Connection:
        """The connection, once what was added stands in the database."""
        self._save()
        return self._connection

    def _save(self) -> None:
        # Whoever has the connection may write, so a step of a group needs a savepoint from here on.
        self.added.save()
        self.added.put()

    def add(self, statement: Insert, values: Mapping[str, Any]) -> None:
        """Run an INSERT with others, before its table is asked: nobody waits for its answer.

        What it violates is heard of then.
        """
        self.added.add(statement, values)

    def flush_session(self) -> None:
        """Run what the session holds back; with nothing there, what was added goes on waiting."""
        if self._session.new or self._session.dirty or self._session.deleted:
            self.session.flush()

    def run(
        self,
        statement: Executable,
        values: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    ) -> Result[Any]:
        """Run a prepared statement on plain tables: what the door does for every record.

        Five times less work than the same through rows and their session. With several sets of
        values it runs once for each, at little more than the price of one.
        """
        if statement.is_select:
            self.added.put()
            return self._connection.execute(statement, values)
        return self.connection.execute(statement, values)

    def sending_together(self) -> AbstractContextManager[None]:
        """Send what a block writes without waiting for each answer; in it nothing can be asked.

        What is refused is heard of at its end.
        """
        return sent_together(self._connection)

    def recall(self, statement: Executable, values: Mapping[str, Any]) -> Rows:
        """Return the rows of a prepared SELECT, asked for once in a unit of work that writes.

        For what each of many records asks about the same: their board, their author.
        """
        return self._memory.recall(self._ask, statement, values)

    def recall_one(
        self, statement: Executable, values: Mapping[str, Any], make: Callable[[Row[Any]], T]
    ) -> T | None:
        """Return what is made of the first row that `recall` finds, made once, or None."""
        rows = self.recall(statement, values)
        return self._memory.made_of(rows, make) if rows else None

    def _ask(
        self, statement: Executable, tables: Collection[str], values: Mapping[str, Any]
    ) -> Rows:
        if self.added.concerns(tables):
            self.added.put()
        return self._connection.execute(statement, values).all()

    @property
    def asked(self) -> Collection[Question]:
        """What `recall` was asked so far."""
        return self._memory.asked.values()

    def keep_answers(self, answers: Collection[tuple[Question, Rows]]) -> None:
        """Keep what was asked with the beginning, for who recalls it."""
        for (statement, values), rows in answers:
            self._memory.foresee(statement, values, rows)

    def foresee(self, statement: Executable, values: Mapping[str, Any], rows: Rows) -> None:
        """Keep the answer to a prepared SELECT for whoever asks first, until its table changes.

        For what was asked for many records at once. Rows that only wait are no change: whoever
        foresees knows that none of them is meant.
        """
        self._memory.foresee(statement, values, rows)

    def ask_foreseen(self, statement: Executable, values: Mapping[str, Any]) -> Rows:
        """Return the rows of a prepared SELECT, as they were foreseen or from the database."""
        known = self._memory.take(statement, values)
        return self.run(statement, values).all() if known is None else known

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
            self.added.forget()
            self.session.expunge_all()
            self.connection.exec_driver_sql("ROLLBACK TO SAVEPOINT attempt")
            self.connection.exec_driver_sql("RELEASE SAVEPOINT attempt")
            raise
        self.connection.exec_driver_sql("RELEASE SAVEPOINT attempt")

    @property
    def is_open(self) -> bool:
        """Whether the transaction that was begun is still there."""
        if self._connection.invalidated:
            return False
        driver = self._connection.connection.driver_connection
        return bool(getattr(driver, "in_transaction", True))

    @contextmanager
    def step(self, *, is_careful: bool) -> Iterator[None]:
        """Do a block of a group's, and leave nothing of it if it raises.

        A careful one is in the database before the next begins, so that what is refused is known to
        be its own.
        """
        self.added.begin_step()
        try:
            # Of a step that fails nothing is told after the commit. Pages made anew harm nobody.
            with self.told_only_if_done():
                if is_careful:
                    self._save()
                yield
                self.flush_session()
                if is_careful:
                    self.added.put()
        except Exception:
            self._session.expunge_all()
            if self.is_open:
                self.added.undo_step()
            raise
        self.added.end_step()

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
