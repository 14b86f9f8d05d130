"""Every revision of the schema, up and down with data, on both databases."""

from importlib import import_module
from pathlib import Path
from types import ModuleType

import app.main  # noqa: F401 (every room's tables must be known before they are compared)
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from app.db import Base
from app.db.engine import sqlite_url
from app.settings import ROOT

from tests.migrations.schema import (
    configure,
    connect_to,
    describe,
    downgrade,
    list_revisions,
    upgrade,
)
from tests.postgres.server import Postgres

pytestmark = pytest.mark.slow

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
REVISIONS = list_revisions()


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.create_database()


def data_of(revision: str) -> ModuleType:
    """Return what a revision is tried with."""
    return import_module(f"tests.migrations.rev_{revision}")


def before(revision: str) -> str:
    """Return the revision that one follows."""
    place = REVISIONS.index(revision)
    return REVISIONS[place - 1] if place else "base"


def test_history_is_one_line() -> None:
    script = ScriptDirectory.from_config(configure())

    assert len(script.get_heads()) == 1
    assert all(len(revision._all_down_revisions) <= 1 for revision in script.walk_revisions())


def test_every_revision_is_tried_with_data() -> None:
    files = {path.stem.split("_")[0] for path in (ROOT / "migrations/versions").glob("*.py")}

    assert files == set(REVISIONS)
    for revision in REVISIONS:
        for name in ("load", "check_upgrade", "check_downgrade"):
            assert callable(getattr(data_of(revision), name))


@pytest.mark.parametrize("revision", REVISIONS)
def test_revision_keeps_data_up_and_down(url: str, revision: str) -> None:
    data = data_of(revision)
    engine = connect_to(url)
    upgrade(url, before(revision))
    with engine.begin() as connection:
        data.load(connection)

    upgrade(url, revision)
    with engine.begin() as connection:
        data.check_upgrade(connection)

    downgrade(url, before(revision))
    with engine.begin() as connection:
        data.check_downgrade(connection)
    engine.dispose()


@pytest.mark.parametrize("revision", REVISIONS)
def test_up_down_up_ends_in_the_same_schema(url: str, revision: str) -> None:
    engine = connect_to(url)
    upgrade(url, revision)
    with engine.connect() as connection:
        first = describe(connection)

    downgrade(url, before(revision))
    upgrade(url, revision)

    with engine.connect() as connection:
        assert describe(connection) == first
    engine.dispose()


def test_newest_schema_is_what_the_code_expects(url: str) -> None:
    upgrade(url)
    engine = connect_to(url)

    with engine.connect() as connection:
        # The search index is made by hand: no row class describes it.
        opts = {
            "compare_type": True,
            "include_name": lambda name, kind, _: not (kind == "table" and "post_search" in name),
        }
        context = MigrationContext.configure(connection, opts=opts)
        differences = compare_metadata(context, Base.metadata)

    engine.dispose()
    assert differences == []


def test_upgrading_again_changes_nothing(url: str) -> None:
    engine = connect_to(url)
    upgrade(url)
    with engine.connect() as connection:
        first = describe(connection)

    upgrade(url)

    with engine.connect() as connection:
        assert describe(connection) == first
    engine.dispose()
