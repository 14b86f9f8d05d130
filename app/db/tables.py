"""The declarative base and our column types.

SQLite's strict tables know integers, text and blobs only: days and maps are text everywhere.
"""

import json
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    text,
)
from sqlalchemy.orm import DeclarativeBase

from app.kernel.clock import MINUTE_S, Instant

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Every table's parent. Constraints are named, so that SQLite can drop them later."""

    metadata = MetaData(naming_convention=_NAMES)


@lru_cache(maxsize=256)
def _read_json(text: str) -> Any:  # noqa: ANN401 (what the column holds)
    """Read what a column holds; a board's texts are read for each post on it."""
    return json.loads(text)


class Blob(LargeBinary):
    """Bytes as both drivers take and give them: the log has a million, and wrapping costs most."""

    def bind_processor(self, dialect: Dialect) -> None:
        """Hand the bytes over as they are."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Take them as they are."""


class CoarseInstant(TypeDecorator[Instant]):
    """A time in whole minutes: a precise one never reaches the disk (SECURITY.md H6)."""

    impl = BigInteger().with_variant(Integer(), "sqlite")
    cache_ok = True

    def process_bind_param(self, value: Instant | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Refuse a value that is not a whole minute."""
        if value is not None and value % MINUTE_S:
            raise ValueError("a stored time must be a whole minute")
        return value

    def process_result_value(self, value: int | None, dialect: Dialect) -> Instant | None:  # noqa: ARG002
        """Return the stored minute."""
        return None if value is None else Instant(value)


class Day(TypeDecorator[date]):
    """A day, as ISO text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: date | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the day."""
        return None if value is None else value.isoformat()

    def process_result_value(self, value: str | None, dialect: Dialect) -> date | None:  # noqa: ARG002
        """Read the day."""
        return None if value is None else date.fromisoformat(value)


class TextMap(TypeDecorator[dict[str, str]]):
    """Texts by language."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the map."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, str] | None:  # noqa: ARG002
        """Read the map."""
        return None if value is None else dict(_read_json(value))


class TextList(TypeDecorator[list[str]]):
    """Short texts in their order."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: list[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Write the list."""
        return None if value is None else json.dumps(value, ensure_ascii=False)

    def process_result_value(self, value: str | None, dialect: Dialect) -> list[str] | None:  # noqa: ARG002
        """Read the list."""
        return None if value is None else list(_read_json(value))


def part(name: str, *columns: str, where: str, is_unique: bool = False) -> Index:
    """Return an index of some of a table's rows: small, and no work for the others."""
    rows = text(where)
    return Index(name, *columns, unique=is_unique, sqlite_where=rows, postgresql_where=rows)


FLAG = Boolean().with_variant(Integer(), "sqlite")


def columns_of(row: type[Base]) -> Table:
    """Return the plain table of a row class, for prepared statements."""
    table = row.__table__
    if not isinstance(table, Table):
        raise TypeError("a row class without a table of its own")
    return table


STRICT: dict[str, Any] = {"sqlite_strict": True}
# Tables whose row order would tell the order of arrival have no hidden row number.
UNORDERED: dict[str, Any] = {"sqlite_strict": True, "sqlite_with_rowid": False}
