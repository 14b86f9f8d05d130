"""A database's schema as a value, and the way to move it."""

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from app.settings import ROOT
from sqlalchemy import Connection, Engine, create_engine, event, inspect

BASE: Final = "base"
"""What Alembic calls a database before the first revision."""


def configure(url: str = "") -> Config:
    """Return Alembic's configuration for a database."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["url"] = url
    return config


@cache
def list_revisions() -> tuple[str, ...]:
    """Return every revision, oldest first."""
    script = ScriptDirectory.from_config(configure())
    return tuple(revision.revision for revision in script.walk_revisions())[::-1]


def before(revision: str) -> str:
    """Return the revision that one follows."""
    place = list_revisions().index(revision)
    return list_revisions()[place - 1] if place else BASE


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database up to a revision."""
    command.upgrade(configure(url), revision)


def downgrade(url: str, revision: str) -> None:
    """Take a database back to a revision."""
    command.downgrade(configure(url), revision)


def connect_to(url: str) -> Engine:
    """Return an engine that keeps foreign keys, as ours does."""
    if not url.startswith("sqlite"):
        return create_engine(url)
    from pysqlite3 import dbapi2

    engine = create_engine(url, module=dbapi2)
    event.listen(engine, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=ON"))
    return engine


def describe(connection: Connection) -> dict[str, Any]:
    """Return tables, columns, keys and indexes as plain values that can be compared."""
    seen = inspect(connection)
    return {
        table: {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"], column["default"])
                for column in seen.get_columns(table)
            ),
            "primary key": seen.get_pk_constraint(table)["constrained_columns"],
            "foreign keys": sorted(map(repr, seen.get_foreign_keys(table))),
            "unique": sorted(map(repr, seen.get_unique_constraints(table))),
            "indexes": sorted(map(_describe_index, seen.get_indexes(table))),
        }
        for table in seen.get_table_names()
    }


def _describe_index(index: Mapping[str, Any]) -> str:
    # What rows an index is of comes as a clause, which is equal to itself alone.
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return repr({**index, "dialect_options": options})
