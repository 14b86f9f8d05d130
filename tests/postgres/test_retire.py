"""`goftogu retire` on PostgreSQL: no table stays, and what stopped halfway is finished by the next run."""

from pathlib import Path

import pytest
from app import wiring
from app.cli import ending
from app.crypto.multikey import fingerprint
from app.kernel.clock import FixedClock, SystemClock
from app.settings import Settings

from tests import factories
from tests.cli.command import Done, goftogu
from tests.houses import publish
from tests.postgres.server import Postgres

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

_COUNT = b"SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"


def test_database_is_emptied_and_what_stopped_halfway_is_finished(
    postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, data = postgres.create_database(), tmp_path / "home"
    settings = Settings(data=data, database_url=url, origin="")
    home = wiring.init_house(settings, clock=FixedClock(SystemClock().now()))
    publish(home, factories.board(factories.SQUARE, home=home.keys["instance"]))
    mark = fingerprint(home.keys["instance"].public)
    home.db.close()
    name = postgres.name_of(url)
    with postgres.connect() as connection:
        connection.execute(f'CREATE DATABASE "{name}_drill"'.encode())
    with postgres.connect(f"{name}_drill") as connection:
        connection.execute(b"CREATE TABLE post AS SELECT 'what a drill left' AS source")

    def retire() -> Done:
        words = ("retire", "--wait", "0", "--yes", mark, "--end", factories.SQUARE.slug)
        return goftogu(*words, data=data, settings={"DATABASE_URL": url})

    def fail(_path: Path) -> None:
        raise OSError(5, "The disk fails")

    with monkeypatch.context() as patched:
        patched.setattr(ending, "_overwrite", fail)
        stopped = retire()
    done, again = retire(), retire()

    for database in (name, f"{name}_drill"):
        with postgres.connect(database) as connection:
            assert connection.execute(_COUNT).fetchone() == (0,)
    assert (stopped.code, done.code, again.code) == (1, 0, 0), (stopped.err, done.err, again.err)
    assert f"Emptied what a drill left in {name}_drill: 1 table." in stopped.err
    assert "Emptied PostgreSQL's database" in stopped.err
    assert "Emptied PostgreSQL's database" not in again.err
    assert {path.name for path in data.iterdir()} == {"public", "retired.json", "worker.lock"}
