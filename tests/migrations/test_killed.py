"""A migration whose process is killed leaves the database as it was, and is made anew at the next start."""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from app.db.engine import sqlite_url
from app.wiring import migrate
from sqlalchemy import Engine, event, text

from tests.faults.host import PROCESSES
from tests.faults.rounds import IS_NIGHT
from tests.migrations.schema import list_revisions, upgrade
from tests.migrations.test_rows import connected, fill, find_orphans, read, require_same

pytestmark = pytest.mark.slow

KILLS = 60 if IS_NIGHT else 5
OLDEST = list_revisions()[0]


def test_killed_migration_was_not_made_and_is_made_again(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    upgrade(sqlite_url(old), OLDEST)
    fill(sqlite_url(old))
    rows = read(sqlite_url(old))
    whole = shutil.copytree(old, tmp_path / "whole")
    with counting() as statements:
        migrate(sqlite_url(whole))
    last = len(statements)
    assert last > 2 * KILLS

    for number in range(KILLS):
        place = shutil.copytree(old, tmp_path / str(number))
        url = sqlite_url(place)
        process = PROCESSES.Process(target=migrate_and_die, args=(url, last * number // KILLS))
        process.start()
        process.join()

        assert process.exitcode == -signal.SIGKILL
        with connected(url) as connection:
            assert connection.scalar(text("PRAGMA integrity_check")) == "ok"
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == OLDEST
        assert read(url) == rows
        migrate(url)
        require_same(read(url), rows)
        assert find_orphans(url) == []
        shutil.rmtree(place)


@contextmanager
def counting() -> Iterator[list[str]]:
    """Collect the statements that any engine executes in a block."""
    statements = list[str]()

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def migrate_and_die(url: str, statement: int) -> None:
    """Migrate until a statement is about to be executed."""

    def count(*_: object) -> None:
        if len(statements) > statement:
            os.kill(os.getpid(), signal.SIGKILL)

    with counting() as statements:
        event.listen(Engine, "before_cursor_execute", count)
        migrate(url)
