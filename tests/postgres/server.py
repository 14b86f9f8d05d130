"""A throw-away PostgreSQL cluster: no port, no fsync unless asked for, gone at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import psycopg

from tests.tiers import folder_in_memory

_READY_S: Final = 60.0
_POLL_S: Final = 0.01
# How the first process is told to end.
_SIGNALS: Final = {
    "fast": signal.SIGINT,
    "immediate": signal.SIGQUIT,
    "killed": signal.SIGKILL,
}
_databases = count(1)


@dataclass
class Postgres:
    """A cluster, reached through a socket in a folder.

    Its first process is ours and not `pg_ctl`'s, which looks only ten times a second whether a
    server is up or gone: a round of a fault would be ten times as long.
    """

    folder: Path
    programs: Path
    settings: tuple[str, ...] = ("fsync=off",)
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _alive: int = field(default=-1, init=False)
    """Ends when the last process of the server has ended: each of them holds the other side."""

    @property
    def data(self) -> Path:
        """The cluster's own files."""
        return self.folder / "data"

    @property
    def pid(self) -> int:
        """The number of the server's first process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the server, and return once it answers."""
        words = ["-D", str(self.data), "-k", str(self.folder)]
        for setting in ("listen_addresses=", "max_connections=60", *self.settings):
            words += ["-c", setting]
        self._alive, held = os.pipe()
        try:
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(
                    [self.programs / "postgres", *words],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    pass_fds=[held],
                    **_account(),
                )
        finally:
            os.close(held)
        deadline = time.monotonic() + _READY_S
        while not self._answers():
            assert self._process.poll() is None, (self.folder / "log").read_text()[-2000:]
            assert time.monotonic() < deadline, "PostgreSQL did not come up"
            time.sleep(_POLL_S)

    def stop(self, mode: str = "immediate") -> None:
        """End the server and wait until the last of its processes is gone.

        `fast` ends sessions in order, `immediate` leaves a recovery to do, and `killed` ends the
        first process without a chance to tidy up: the others notice and end.
        """
        assert self._process is not None
        self._process.send_signal(_SIGNALS[mode])
        self._process.wait()
        os.read(self._alive, 1)
        os.close(self._alive)

    def connect(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """Open a connection whose statements are transactions of their own."""
        return psycopg.connect(
            host=str(self.folder), user="goftogu", dbname=database, autocommit=True
        )

    def create_database(self, copy_of: str = "template1") -> str:
        """Make a database, empty or as another that nobody is connected to; return its URL."""
        name = f"test{next(_databases)}"
        with self.connect() as connection:
            # A fifth of the time that it takes by way of the write-ahead log, block by block.
            copied = f"CREATE DATABASE {name} TEMPLATE {copy_of} STRATEGY FILE_COPY"
            connection.execute(copied.encode())
        return f"postgresql+psycopg://goftogu@/{name}?host={self.folder}"

    def drop_database(self, url: str) -> None:
        """Delete a database by its URL: hundreds of them would fill the memory that they are in."""
        with self.connect() as connection:
            connection.execute(f"DROP DATABASE {self.name_of(url)} WITH (FORCE)".encode())

    @staticmethod
    def name_of(url: str) -> str:
        """Return the name of the database that a URL leads to."""
        return urlsplit(url).path.removeprefix("/")

    def _answers(self) -> bool:
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True


def find_programs() -> Path | None:
    """Return the folder of the newest server's programs, or None if there is no server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


@contextmanager
def running_postgres(programs: Path, *, syncs: bool = False) -> Iterator[Postgres]:
    """Start a cluster, and stop and delete it at the end of a block."""
    # A socket's path may have about a hundred characters: pytest's own folders are longer. What
    # need not survive a power cut is in memory where there is room: each test makes a database.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp" if syncs else folder_in_memory("/tmp")))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    cluster = Postgres(folder, programs, () if syncs else ("fsync=off",))
    words = ["--username=goftogu", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
    subprocess.run(
        [programs / "initdb", "--pgdata", cluster.data, *words],
        check=True,
        stdout=subprocess.DEVNULL,
        cwd="/",
        **_account(),
    )
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def _account() -> dict[str, Any]:
    """Return whose processes these are: root's the server's programs refuse to be."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if not os.geteuid() else {}
