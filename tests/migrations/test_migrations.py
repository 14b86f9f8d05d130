"""Every revision of the schema, up and down with data, on both databases."""

from importlib import import_module
from types import ModuleType

import app.main  # noqa: F401 (every room's tables must be known before they are compared)
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from app.db import Base
from app.settings import ROOT

from tests.migrations.conftest import At
from tests.migrations.schema import (
    before,
    configure,
    connect_to,
    describe,
    downgrade,
    list_revisions,
    upgrade,
)

pytestmark = pytest.mark.slow

REVISIONS = list_revisions()


def data_of(revision: str) -> ModuleType:
    """Return what a revision is tried with."""
    return import_module(f"tests.migrations.rev_{revision}")


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
def test_revision_keeps_data_up_and_down(at: At, revision: str) -> None:
    data = data_of(revision)
    url = at(before(revision))
    engine = connect_to(url)
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
def test_up_down_up_ends_in_the_same_schema(at: At, revision: str) -> None:
    url = at(revision)
    engine = connect_to(url)
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
