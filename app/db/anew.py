"""Rows written anew, so that their files do not tell when and in what order they came."""

from sqlalchemy import ColumnElement, delete, insert, true

from .tables import Base, columns_of
from .work import Work


def write_anew(work: Work, row: type[Base], where: ColumnElement[bool] | None = None) -> None:
    """Write rows anew in one transaction, in the order of their keys.

    PostgreSQL notes in each row which transaction wrote it, and keeps rows as they came: the tenth
    mark would be that of the tenth ballot, and an update would leave the order as it is. SQLite
    notes nothing and keeps such rows by their keys.
    """
    if work.session.get_bind().dialect.name == "sqlite":
        return
    table = columns_of(row)
    # The rows are sorted, so that all are gone before the first comes back.
    gone = delete(table).where(true() if where is None else where)
    gone_rows = gone.returning(*table.c).cte("gone")
    keys = [gone_rows.c[column.name] for column in table.primary_key]
    anew = insert(table).from_select(list(table.c.keys()), gone_rows.select().order_by(*keys))
    work.run(anew)
