"""How connections are set up: to lose nothing, to leak nothing, to let one write at a time."""

from importlib import import_module
from typing import Any

import pytest
from app.db import engine, open_database
from app.kernel.clock import FixedClock
from app.kernel.errors import CorruptStateError
from app.wiring import House
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from tests import factories

NEEDLE = "tahdig-with-saffron"
dbapi2: Any = import_module("pysqlite3.dbapi2")


def test_connection_is_set_up_to_lose_and_to_leak_nothing(house: House) -> None:
    wanted = {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1,
        "trusted_schema": 0, "cell_size_check": 1,
    }  # fmt: skip

    with house.db.engine.connect() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in wanted}

    assert found == wanted


def test_build_of_sqlite_that_can_corrupt_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine.SQLITE_FLOOR >= (3, 51, 3), "what came before corrupts a log that begins anew"
    newer = (*dbapi2.sqlite_version_info[:2], dbapi2.sqlite_version_info[2] + 1)
    monkeypatch.setattr(engine, "SQLITE_FLOOR", newer)

    with pytest.raises(CorruptStateError):
        open_database("sqlite://", FixedClock(factories.NOW))


def test_reading_cannot_write(house: House) -> None:
    with house.db.read() as work, pytest.raises(OperationalError, match="readonly"):
        work.session.execute(text("DELETE FROM tlog_lane"))


def test_writer_holds_the_lock_before_it_reads(house: House) -> None:
    """Else two writers could see the same state, and one of the updates would be lost."""
    other = dbapi2.connect(house.settings.data / "goftogu.db", timeout=0, isolation_level=None)
    with house.db.write(), pytest.raises(dbapi2.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.close()


def test_error_prints_no_value(house: House) -> None:
    statement = text("INSERT INTO tlog_lane (name, tick_s) VALUES (:name, NULL)")

    with pytest.raises(IntegrityError) as caught, house.db.write() as work:
        work.session.execute(statement, {"name": NEEDLE})

    assert NEEDLE not in str(caught.value)
