"""0001, the house: everything begins here, so there is nothing before it to keep."""

from typing import Any

import pytest
from sqlalchemy import Boolean, Column, Connection, LargeBinary, MetaData, inspect, select
from sqlalchemy.exc import IntegrityError


def load(connection: Connection) -> None:
    """Put in what a database held before: nothing."""


def check_upgrade(connection: Connection) -> None:
    """Every table takes a row and gives it back; a child without its parent is refused."""
    tables = MetaData()
    tables.reflect(connection)
    for table in tables.sorted_tables:
        if table.name == "alembic_version":
            continue
        row = {column.name: _sample(column) for column in table.columns}
        connection.execute(table.insert().values(row))
        assert connection.execute(select(table)).one()._mapping == row

    orphan = tables.tables["post"].update().values(thread="no such thread")
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(orphan)


def check_downgrade(connection: Connection) -> None:
    """Nothing of ours is left."""
    assert set(inspect(connection).get_table_names()) == {"alembic_version"}


def _sample(column: Column[Any]) -> object:
    """Return a value for a column; columns that refer to each other get the same one."""
    if isinstance(column.type, LargeBinary):
        return b"sample"
    if isinstance(column.type, Boolean):
        return True
    return 60 if column.type.python_type is int else "sample"
