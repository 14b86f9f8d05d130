"""A PostgreSQL server of the tests' own: made in a temporary folder, on a unix socket only, gone afterwards."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

import psycopg
import pytest

_INSTALLED: Final = Path("/usr/lib/postgresql")
# PostgreSQL refuses to run as root; Debian's package brings this user.
_OWNER: Final = "postgres"
_OPTIONS: Final = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    # Nothing here has to survive the power being cut.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "100",
    "shared_buffers": "32MB",
}


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running server."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def create_database(self) -> str:
        """Make an empty database; return its URL."""
        name = f"test{next(self._numbers)}"
        where = {"host": str(self.folder), "user": _OWNER, "dbname": "postgres"}
        with psycopg.connect(**where, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://{_OWNER}@/{name}?host={self.folder}"


@contextmanager
def running_cluster() -> Iterator[Cluster]:
    """Run a server for the length of a block; skip the test where there is none to run."""
    programs = _require_programs()
    # A unix socket's address has at most 107 characters, so pytest's long folders will not do.
    folder = Path(mkdtemp(prefix="goftogu-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, _OWNER)
    data = folder / "data"
    options = " ".join(f"-c {name}='{value}'" for name, value in _OPTIONS.items())
    control = (programs / "pg_ctl", "--pgdata", data)
    try:
        _run(
            *(programs / "initdb", "--pgdata", data, "--username", _OWNER, "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
        )
        _run(
            *(*control, "start", "--wait", "--log", folder / "log"),
            *("--options", f"{options} -c unix_socket_directories='{folder}'"),
        )
        try:
            yield Cluster(folder)
        finally:
            _run(*control, "stop", "--wait", "--mode", "immediate")
    finally:
        shutil.rmtree(folder)


def _require_programs() -> Path:
    """Return the folder of the newest installed server's programs."""
    found = [path for path in _INSTALLED.glob("*/bin") if (path / "initdb").exists()]
    if found:
        return max(found, key=lambda path: int(path.parent.name))
    reason = "PostgreSQL's server programs are not installed"
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, and CI must not skip them")
    pytest.skip(reason)


def _run(*words: str | Path) -> None:
    become = ("runuser", "-u", _OWNER, "--") if os.geteuid() == 0 else ()
    done = subprocess.run([*become, *words], cwd="/", capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
