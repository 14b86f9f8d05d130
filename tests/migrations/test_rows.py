"""No revision loses a row: made-up ones in every table, and those of an instance that people used."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from alembic.migration import MigrationContext
from app.db.engine import sqlite_url
from app.kernel.clock import FixedClock
from app.settings import Settings
from app.wiring import init_house, migrate
from sqlalchemy import Boolean, Connection, LargeBinary, MetaData, String, Table, inspect, text

from tests import factories
from tests.houses import publish, submit
from tests.migrations.conftest import At
from tests.migrations.schema import before, connect_to, downgrade, list_revisions, upgrade

pytestmark = pytest.mark.slow

ROWS = 3
# The index for searching is made by hand and can be made again from the posts.
BY_HAND = ("alembic_", "post_search", "sqlite_")
REVISIONS = list_revisions()
STEPS = [(before(revision), revision) for revision in REVISIONS]

Rows = dict[str, list[dict[str, Any]]]

_seen: dict[tuple[str | None, ...], list[Table]] = {}

every_step = pytest.mark.parametrize(("before", "revision"), STEPS, ids=REVISIONS)


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    """Connect for the length of a block, and commit at its end."""
    engine = connect_to(url)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def tables_of(connection: Connection) -> list[Table]:
    """Return the tables as they are in the database, parents before children.

    A revision's tables are looked at once: that they are always the same `test_migrations` sees to.
    """
    names = [name for name in inspect(connection).get_table_names() if not name.startswith(BY_HAND)]
    key = (connection.dialect.name, *sorted(names), revision_of(connection))
    if key not in _seen:
        metadata = MetaData()
        metadata.reflect(connection, only=names)
        _seen[key] = metadata.sorted_tables
    return _seen[key]


def revision_of(connection: Connection) -> str | None:
    """Return the revision that a database says it is at; None: before the first."""
    return MigrationContext.configure(connection).get_current_revision()


def fill(url: str, first: int = 1) -> None:
    """Add made-up rows to every table, numbered from `first`; every second one has nulls where it may.

    A value is its row's number in the column's type, so that a row's parent is the one with its number.
    """
    with connected(url) as connection:
        for table in tables_of(connection):
            for number in range(first, first + ROWS):
                connection.execute(table.insert().values(make_row(table, number)))


def make_row(table: Table, number: int) -> dict[str, Any]:
    """Return a made-up row."""
    row: dict[str, Any] = {}
    for column in table.columns:
        value: Any = number
        if isinstance(column.type, String):
            value = f"آب {number}"
        elif isinstance(column.type, LargeBinary):
            # Whoever decides is nobody who acted: columns that are no key differ from each other.
            of_row = column.primary_key or column.foreign_keys
            value = number.to_bytes(32, "big") + (b"" if of_row else column.name.encode())
        elif isinstance(column.type, Boolean):
            value = number % 2 == 1
        row[column.name] = None if column.nullable and number % 2 == 0 else value
    return row


def read(url: str) -> Rows:
    """Return all rows of all tables, in a fixed order."""
    with connected(url) as connection:
        return {
            table.name: sorted(
                (dict(row) for row in connection.execute(table.select()).mappings()), key=repr
            )
            for table in tables_of(connection)
        }


def shared(rows: Rows, other: Rows) -> Rows:
    """Return what `rows` say of the tables and columns that `other` has too."""
    kept: Rows = {}
    for name in rows.keys() & other.keys():
        columns = other[name][0].keys() if other[name] else set[str]()
        kept[name] = [
            {column: value for column, value in row.items() if column in columns}
            for row in rows[name]
        ]
    return kept


def require_same(rows: Rows, before: Rows) -> None:
    """Require that what both states of a database know is the same in both."""
    assert shared(rows, before) == shared(before, rows)


def find_orphans(url: str) -> list[Any]:
    """Return rows whose parents are missing; PostgreSQL cannot have any."""
    with connected(url) as connection:
        if connection.dialect.name != "sqlite":
            return []
        return list(connection.execute(text("PRAGMA foreign_key_check")))


@every_step
def test_upgrade_keeps_every_row(at: At, before: str, revision: str) -> None:
    url = at(before)
    fill(url)
    rows = read(url)

    upgrade(url, revision)

    require_same(read(url), rows)
    assert find_orphans(url) == []


@every_step
def test_downgrade_keeps_every_row_of_what_stays(at: At, before: str, revision: str) -> None:
    url = at(before)
    fill(url)
    upgrade(url, revision)
    fill(url, first=100)
    rows = read(url)

    downgrade(url, before)

    require_same(read(url), rows)
    assert find_orphans(url) == []


def test_upgrade_again_keeps_every_row(at: At) -> None:
    url = at(REVISIONS[-1])
    fill(url)
    rows = read(url)

    migrate(url)

    assert read(url) == rows
    assert {len(found) for found in rows.values()} == {ROWS}


def test_all_the_way_down_leaves_nothing(url: str) -> None:
    upgrade(url)
    fill(url)

    downgrade(url, "base")

    assert read(url) == {}
    upgrade(url)
    assert not any(read(url).values())


@pytest.mark.slow
def test_living_instance_comes_through_the_last_revision_and_back(
    url: str, tmp_path: Path, clock: FixedClock
) -> None:
    """Posts, revisions, tombstones, cards and what waits for its tick."""
    ava = factories.person("Ava")
    settings = Settings(data=tmp_path / "instance", database_url=url, origin="")
    house = init_house(settings, clock=clock)
    submit(house, factories.board(factories.SQUARE, home=house.keys["instance"]))
    opening = factories.note(ava, title="آب")
    publish(house, factories.card(ava), opening)
    answer = factories.note(ava, reply_to=opening)
    publish(house, factories.update(ava, opening), answer)
    publish(house, factories.erasure(ava, answer))
    submit(house, factories.note(ava))
    house.db.close()
    rows = read(url)

    downgrade(url, STEPS[-1][0])
    lower = read(url)
    upgrade(url)

    require_same(lower, rows)
    # A table that the last revision made is empty now; what was there below it had to stay.
    after = read(url)
    require_same({name: after[name] for name in lower}, {name: rows[name] for name in lower})
    assert find_orphans(url) == []


def test_rows_without_their_parents_stop_a_migration(tmp_path: Path) -> None:
    """Only SQLite can have some: its foreign keys sleep while tables are copied."""
    url = sqlite_url(tmp_path)
    upgrade(url)
    fill(url)
    with connected(url) as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.execute(text("UPDATE thread SET board = 'did:key:nobody'"))
    copy = tmp_path / "copy"
    copy.mkdir()
    shutil.copy(tmp_path / "goftogu.db", copy)

    with pytest.raises(RuntimeError, match="without their parents"):
        upgrade(url)

    assert read(url) == read(sqlite_url(copy))
