"""Engines for SQLite and PostgreSQL and the two kinds of unit of work.

SQLAlchemy's default transactions on SQLite lose updates silently (150 of 200 in a trial), so the
driver's own are off and ours begin explicitly. Debian 12's SQLite has the WAL-reset corruption bug:
we load `pysqlite3`, which brings its own build, and refuse an older one at start (ADR-0008).
"""

import secrets
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.kernel.clock import Clock
from app.kernel.counting import Counters
from app.kernel.errors import CorruptStateError, ReadOnlyError, UnavailableError

from . import memory
from .asking import ask_together
from .group import GroupWriter, LookAhead
from .memory import Question
from .piping import sent_together
from .replicas import Replicas
from .resting import look_after, refuse_writes
from .work import Randomness, Work

T = TypeVar("T")
Teller = Callable[[set[str], bool], None]
"""Called with subjects of pages that this process changed, and whether words were taken away."""

# Web threads and the worker hold one connection each; a pool smaller than the threads deadlocks.
POOL_SIZE: Final = 20
# Any number will do, as long as it is ours alone in the database.
WRITE_LOCK: Final = 0x676F66746F67
BUSY_WAIT_MS: Final = 10_000
SCRUB_WAIT_MS: Final = 50
REWRITE_WAIT_MS: Final = 1000
LONG_LOG_BYTES: Final = 16 * 1024 * 1024
"""About four times as long as SQLite's log is where readers now and then leave it alone."""
SQLITE_FLOOR: Final = (3, 51, 3)
_LOCK: Final = text("SELECT pg_advisory_xact_lock(:lock)")
_PRAGMAS: Final = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    f"busy_timeout={BUSY_WAIT_MS}",
    "secure_delete=ON",
    "trusted_schema=OFF",
    "cell_size_check=ON",
)


class Database:
    """One database and the way to work with it: `read()`, `write()`."""

    def __init__(
        self, engine: Engine, clock: Clock, randomness: Randomness, *, is_read_only: bool = False
    ) -> None:
        self.engine = engine
        self.replicas: Replicas | None = None
        self.is_read_only = is_read_only
        self._clock = clock
        self.randomness = randomness
        self._group = GroupWriter(self.write)
        self._turn = Lock()
        self.counters = Counters()
        self.must_scrub = False
        self.listeners: list[Callable[[set[str]], None]] = []
        """They hear of subjects of pages that changed, here or in another process."""
        self.tellers: list[Teller] = []
        """They tell other processes what this one changed."""
        self.erasure_listeners: list[Callable[[list[bytes]], None]] = []
        self.removal_listeners: list[Callable[[list[bytes]], None]] = []
        """They hear of what was erased and of what is only withheld."""
        self.removal_steps: list[Callable[[Work], None]] = []
        """They take what was made of such words, in the transaction that takes those."""

    @contextmanager
    def read(self, *, may_lag: bool = False) -> Iterator[Work]:
        """Open a unit of work that cannot write.

        `may_lag` lets a replica answer that is at most a second behind what others committed.
        """
        with self._connected(may_lag=may_lag) as connection:
            _begin(connection, writes=False)
            with Session(connection, autoflush=False, expire_on_commit=False) as session:
                yield Work(session, connection, self._clock.now(), self.randomness)

    @contextmanager
    def _connected(self, *, may_lag: bool) -> Iterator[Connection]:
        if may_lag and self.replicas is not None:
            with self.replicas.connect() as connection:
                if connection is not None:
                    yield connection
                    return
        with self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self, asked: Collection[Question] = ()) -> Iterator[Work]:
        """Open a unit of work that commits on leaving, or leaves nothing behind if it raises.

        What it will probably recall is `asked` with its turn to write: on PostgreSQL one way there
        and back for all of it. SQLite has no such way, and is asked when somebody wants to know.

        The commit returns after fsync (SQLite `synchronous=FULL`, PostgreSQL `synchronous_commit`):
        an answer written after this block is a promise that survives the power being cut.

        Raises:
            ReadOnlyError: the operator lets this host only read.

        """
        if self.is_read_only:
            raise ReadOnlyError("this host only reads now")
        with self._taking_turns(), self.engine.connect() as connection:
            with sent_together(connection):
                _begin(connection, writes=True)
                answers = ask_together(connection, asked)
            session = Session(connection, expire_on_commit=False)
            work = Work(session, connection, self._clock.now(), self.randomness)
            work.keep_answers(answers)
            with work.told_only_if_done(), work.remembering():
                with session:
                    yield work
                    self._take_along(work)
                    work.session.flush()
                connection.commit()
        # Only now: a reader who came before the commit would have kept the page as it was.
        self.hear(work.changed)
        gone = [*work.erased, *work.withheld]
        if work.changed or gone:
            for tell in self.tellers:
                tell(work.changed, bool(gone))
        for kind in work.accepted:
            self.counters.add("records", kind)
        if gone:
            for note in self.removal_listeners:
                note(gone)
        if work.erased or work.deleted:
            # First, so that a listener that fails keeps no words on the disk.
            self.must_scrub = True
            for note in self.erasure_listeners:
                note(work.erased)
            self.scrub()

    def hear(self, changed: set[str]) -> None:
        """Let this process's listeners hear what changed, here or elsewhere."""
        if changed:
            for listener in self.listeners:
                listener(changed)

    def _take_along(self, work: Work) -> None:
        for step in self.removal_steps if work.erased or work.withheld else ():
            step(work)

    def write_together(self, step: Callable[[Work], T]) -> T:
        """Run a step in a unit of work that it shares with what queued at the same time."""
        return self.queue(step).result()

    def queue(
        self, step: Callable[[Work], T], ahead: tuple[LookAhead, Any] | None = None
    ) -> Future[T]:
        """Queue a step for such a unit of work; the result is there once it is durable.

        `ahead` is how the same is looked up for many of its kind, and this one's: see `group`.
        """
        return self._group.queue(step, ahead)

    async def arrival(self, promise: Future[T]) -> T:
        """Return the result of a queued step to who awaits it, or raise what it raised."""
        return await self._group.arrivals.wait(promise)

    def give_way(self, most_s: float) -> None:
        """Let the steps that queue go first, but wait for no longer than some seconds."""
        self._group.wait_until_idle(most_s)

    def scrub(self) -> None:
        """Empty SQLite's write-ahead log if erased words linger in it, or if it has grown long.

        SQLite begins its log anew only at a moment when nobody reads in it: where there is always
        somebody it would grow until the disk is full.

        A reader can hold the log open; then the worker tries again at its next tick. What was
        asked is committed already, so nothing that goes wrong here is the asker's to hear.
        """
        if self.engine.dialect.name != "sqlite" or not (self.must_scrub or self._has_long_log()):
            return
        # Before the words are taken off: those that another thread erases meanwhile are not.
        self.must_scrub = is_done = False
        with suppress(DBAPIError), self.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA query_only=OFF")
            connection.exec_driver_sql(f"PRAGMA busy_timeout={SCRUB_WAIT_MS}")
            row = connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").one()
            connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_WAIT_MS}")
            is_done = not row[0]
        if not is_done:
            self.must_scrub = True

    def _has_long_log(self) -> bool:
        try:
            return Path(f"{self.engine.url.database}-wal").stat().st_size > LONG_LOG_BYTES
        except FileNotFoundError:
            return False

    def rewrite(self, tables: Iterable[str]) -> None:
        """Write PostgreSQL's files of these tables anew, without what was deleted from them.

        Its own clean-up marks space as free and leaves the bytes, and its index of words keeps a
        word for ever. Each table is closed to everyone meanwhile. SQLite overwrites as it deletes.

        Raises:
            OperationalError: somebody reads a table for long, as a backup does: try again later.

        """
        if self.engine.dialect.name != "postgresql":
            return
        with self.engine.connect() as opened:
            connection = opened.execution_options(isolation_level="AUTOCOMMIT")
            # While it waits for a reader, whoever comes after waits for it.
            connection.exec_driver_sql(f"SET lock_timeout = {REWRITE_WAIT_MS}")
            try:
                for table in tables:
                    connection.exec_driver_sql(f"VACUUM (FULL) {table}")
            finally:
                connection.exec_driver_sql("RESET lock_timeout")

    def close(self) -> None:
        """Finish what is queued and close every connection."""
        self._group.close()
        self.engine.dispose()
        if self.replicas is not None:
            self.replicas.close()

    @contextmanager
    def _taking_turns(self) -> Iterator[None]:
        """Let this process's writers wait for each other without asking the database again.

        SQLite makes a second writer sleep for up to a tenth of a second and look once more.

        Raises:
            UnavailableError: one of them holds on for longer than the database would wait.

        """
        if not self._turn.acquire(timeout=BUSY_WAIT_MS / 1000):
            raise UnavailableError("another writer holds on")
        try:
            yield
        finally:
            self._turn.release()


def open_database(
    url: str,
    clock: Clock,
    randomness: Randomness = secrets,
    *,
    is_read_only: bool = False,
    is_pooled: bool = False,
    replica_urls: Sequence[str] = (),
) -> Database:
    """Open a database by URL: `sqlite:////path/file.db` or `postgresql+psycopg://…`.

    `is_pooled` says that PgBouncer hands a connection on after each transaction, so that statements
    which it prepared are not there in the next.

    Raises:
        CorruptStateError: this build of SQLite can corrupt a database.

    """
    # An error must never print the values of a statement: they may be a draft or a sealed key.
    options: dict[str, Any] = {
        "hide_parameters": True,
        "pool_size": POOL_SIZE,
        "max_overflow": 0,
    }
    if url.startswith("sqlite"):
        from pysqlite3 import dbapi2  # noqa: PLC0415 (PostgreSQL hosts need none)

        if dbapi2.sqlite_version_info < SQLITE_FLOOR:
            raise CorruptStateError("this SQLite can corrupt a database: 3.51.3 or newer is needed")
        engine = create_engine(url, module=dbapi2, **options)
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        arguments = {"prepare_threshold": None} if is_pooled else {}
        options |= {"pool_pre_ping": True, "connect_args": arguments}
        engine = create_engine(url, **options)
        look_after(engine)
    event.listen(engine, "before_cursor_execute", memory.note_statement)
    database = Database(engine, clock, randomness, is_read_only=is_read_only)
    if replica_urls:
        engines = [create_engine(one, **options) for one in replica_urls]
        for one in engines:
            look_after(one)
        database.replicas = Replicas(engine, engines)
        # Before any other listener: whoever makes a page anew makes it of what was just written.
        database.listeners.append(database.replicas.must_catch_up)
    return database


def sqlite_url(folder: Path) -> str:
    """Return the URL of the embedded database in an instance's folder."""
    return f"sqlite:///{folder / 'goftogu.db'}"


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # The driver must not begin transactions of its own: ours begin in `_begin`.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection, *, writes: bool) -> None:
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
    elif writes:
        # One writer at a time, as on SQLite: what a rule saw stays true until its effect is stored.
        connection.execute(_LOCK, {"lock": WRITE_LOCK})
    else:
        refuse_writes(connection)
