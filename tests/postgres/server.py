"""A throw-away PostgreSQL cluster: no port, no fsync, gone at the end."""

import os
import shutil
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
    options = f"-F -k {folder} -c listen_addresses= -c max_connections=60"
    _run(
        programs / "pg_ctl",
        "start",
        "--wait",
        "--silent",
        "--pgdata",
        data,
        "--log",
        folder / "log",
        "--options",
        options,
    )
    try:
        yield Postgres(folder)
    finally:
        _run(
            programs / "pg_ctl",
            "stop",
            "--wait",
            "--silent",
            "--pgdata",
            data,
            "--mode",
            "immediate",
        )
        shutil.rmtree(folder)


def _run(*words: str | Path) -> None:
    """Run one of the server's programs; as root it refuses, so then as its own account."""
    command = [str(word) for word in words]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")
