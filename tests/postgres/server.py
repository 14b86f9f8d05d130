"""A throw-away PostgreSQL cluster: no port, no fsync, gone at the end."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg

_databases = count(1)


@dataclass(frozen=True)
class Postgres:
    """A running cluster, reached through a socket in a folder."""

    folder: Path
    programs: Path

    @property
    def data(self) -> Path:
        """The cluster's own files."""
        return self.folder / "data"

    def start(self) -> None:
        """Start the server, and return once it answers."""
        options = f"-F -k {self.folder} -c listen_addresses= -c max_connections=60"
        log = ["--log", self.folder / "log"]
        self._control("start", *log, "--options", options)

    def stop(self, mode: str = "immediate") -> None:
        """Stop the server: `fast` ends sessions in order, `immediate` leaves a recovery to do."""
        self._control("stop", "--mode", mode)

    def kill(self) -> None:
        """End the server's first process without a chance to tidy up; the others notice and end."""
        os.kill(int((self.data / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)

    def _control(self, verb: str, *more: str | Path) -> None:
        words = ["--wait", "--silent", "--pgdata", self.data]
        _run(self.programs / "pg_ctl", verb, *words, *more)

    def create_database(self) -> str:
        """Make an empty database; return its URL."""
        name = f"test{next(_databases)}"
        with psycopg.connect(
            host=str(self.folder), user="goftogu", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql+psycopg://goftogu@/{name}?host={self.folder}"


def find_programs() -> Path | None:
    """Return the folder of the newest server's programs, or None if there is no server."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).parent if elsewhere else None


@contextmanager
def running_postgres(programs: Path) -> Iterator[Postgres]:
    """Start a cluster, and stop and delete it at the end of a block."""
    # A socket's path may have about a hundred characters: pytest's own folders are longer.
    folder = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))
    data = folder / "data"
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    _run(
        programs / "initdb",
        "--pgdata",
        data,
        "--username",
        "goftogu",
        "--auth",
        "trust",
        "--encoding",
        "UTF8",
        "--no-locale",
        "--no-sync",
    )
    cluster = Postgres(folder, programs)
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(folder)


def _run(*words: str | Path) -> None:
    """Run one of the server's programs; as root it refuses, so then as its own account."""
    command = [str(word) for word in words]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
