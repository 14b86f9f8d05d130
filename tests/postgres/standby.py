"""A second cluster that follows a first one by streaming, and may be promoted."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres.server import Postgres, _account

_PROMOTED_S = 30.0


@contextmanager
def running_standby(primary: Postgres, name: str = "standby") -> Iterator[Postgres]:
    """Copy a running cluster and follow it; `name` is what its `synchronous_standby_names` says."""
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=primary.folder.parent))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres")
    standby = Postgres(folder, primary.programs, primary.settings)
    way = f"host={primary.folder} user=goftogu application_name={name}"
    words = [
        "--pgdata",
        str(standby.data),
        "--dbname",
        way,
        "--write-recovery-conf",
        "--checkpoint=fast",
    ]
    subprocess.run(
        [primary.programs / "pg_basebackup", *words, "--no-sync"], check=True, cwd="/", **_account()
    )
    standby.start()
    try:
        yield standby
    finally:
        if standby._process is not None and standby._process.poll() is None:
            standby.stop()
        shutil.rmtree(folder)


def promote(standby: Postgres) -> None:
    """Let a standby take writes, and return once it does."""
    with standby.connect() as connection:
        connection.execute("SELECT pg_promote(true, 30)")
    deadline = time.monotonic() + _PROMOTED_S
    while is_following(standby):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def is_following(cluster: Postgres) -> bool:
    """Whether a cluster only follows another."""
    with cluster.connect() as connection:
        row = connection.execute("SELECT pg_is_in_recovery()").fetchone()
        assert row is not None
        return bool(row[0])


def run(cluster: Postgres, statement: str) -> None:
    """Run a statement of an administrator's."""
    with cluster.connect() as connection:
        connection.execute(statement.encode())


def wait_until_caught_up(primary: Postgres, standby: Postgres) -> None:
    """Return once a standby has replayed what its primary holds now."""
    with primary.connect() as first, standby.connect() as second:
        row = first.execute("SELECT pg_current_wal_lsn()::text").fetchone()
        assert row is not None
        deadline = time.monotonic() + _PROMOTED_S
        asked = "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn"
        while second.execute(asked, row).fetchone() != (True,):
            assert time.monotonic() < deadline
            time.sleep(0.01)


def url_of_both(url: str, standby: Postgres) -> str:
    """Return the URL of whichever of two clusters takes writes."""
    return f"{url},{standby.folder}&target_session_attrs=read-write"
