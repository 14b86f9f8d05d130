"""A consistent copy of a database, and back, on SQLite and PostgreSQL."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, MetaData, create_engine, text
from sqlalchemy import inspect as look_at
from sqlalchemy.engine import make_url

from app.db import Base, open_database
from app.kernel.clock import SystemClock
from app.kernel.errors import ConflictError, MalformedError, UnavailableError

_SEARCH: Final = "post_search"


def dump(engine: Engine, to: Path) -> dict[str, Any]:
    """Write a copy of a database that is in use; return its kind, revision and rows by table."""
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            # The file is there first, so that its mode is ours. Free pages are not copied.
            to.touch(mode=0o600)
            connection.exec_driver_sql("PRAGMA query_only=OFF")
            connection.exec_driver_sql("VACUUM INTO ?", (str(to),))
            copy = open_database(f"sqlite:///{to}", SystemClock())
            try:
                with copy.engine.connect() as copied:
                    facts = _facts(copied)
                    copied.exec_driver_sql("PRAGMA journal_mode=DELETE")
                return facts
            finally:
                copy.close()
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        options = ["--format=custom", f"--snapshot={snapshot}", f"--file={to}"]
        _run("pg_dump", str(engine.url.render_as_string(hide_password=False)), *options)
        to.chmod(0o600)
        return _facts(connection)


@contextmanager
def loaded(url: str, folder: Path, manifest: dict[str, Any]) -> Iterator[None]:
    """Load what `dump` wrote for the length of a block; if the block raises, nothing stays.

    Raises:
        MalformedError: it is of the other kind of database, or its rows are not the declared ones.

    """
    kind = "sqlite" if url.startswith("sqlite") else "postgresql"
    if manifest.get("kind") != kind:
        raise MalformedError(f"the backup is of a {manifest.get('kind')} database, not {kind}")
    engine = open_database(url, SystemClock()).engine
    if kind == "sqlite":
        (folder / "database").rename(make_url(url).database or "")
    try:
        if kind == "postgresql":
            options = ["--no-owner", "--single-transaction", "--exit-on-error"]
            _run("pg_restore", url, *options, str(folder / "database"))
        with engine.connect() as connection:
            facts = _facts(connection)
        if facts != {name: manifest.get(name) for name in facts}:
            raise MalformedError("the backup does not hold its declared rows")  # noqa: TRY301
        engine.dispose()
        yield
    except BaseException:
        engine.dispose()
        if kind == "postgresql":
            drop_all(url)
        raise


def require_kept(engine: Engine, manifest: dict[str, Any]) -> None:
    """Require that a migration left every row, and every table that this version works with.

    Raises:
        MalformedError: it did not.

    """
    with engine.connect() as connection:
        counts = _facts(connection)["counts"]
    gone = sorted(set(Base.metadata.tables) - set(counts))
    lost = [name for name, count in manifest["counts"].items() if counts.get(name, count) < count]
    if gone or lost:
        raise MalformedError(f"a migration lost rows or tables: {', '.join([*gone, *lost])}")


def require_empty(url: str) -> None:
    """Refuse a database with tables; an empty URL stands for a file that is yet to be made.

    Raises:
        ConflictError: it has some.

    """
    if not url or url.startswith("sqlite"):
        return
    engine = create_engine(url, hide_parameters=True)
    tables = look_at(engine).get_table_names()
    engine.dispose()
    if tables:
        raise ConflictError("the database is not empty: restore into an empty one")


def _facts(connection: Connection) -> dict[str, Any]:
    names = sorted(
        name
        for name in look_at(connection).get_table_names()
        if not name.startswith((_SEARCH, "sqlite_", "alembic_"))
    )
    quote = connection.dialect.identifier_preparer.quote
    counts = {
        name: connection.exec_driver_sql(f"SELECT count(*) FROM {quote(name)}").scalar_one()  # noqa: S608 (names of tables that are there)
        for name in names
    }
    revision = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one()
    return {"kind": connection.dialect.name, "revision": revision, "counts": counts}


def drop_all(url: str) -> int:
    """Empty a PostgreSQL database: no table stays. Returns how many there were."""
    engine = create_engine(url, hide_parameters=True)
    tables = MetaData()
    tables.reflect(engine)
    tables.drop_all(engine)
    engine.dispose()
    return len(tables.tables)


def beside(url: str) -> str:
    """Return the URL of the PostgreSQL database in which drills restore: its name has `_drill`."""
    own = make_url(url)
    return own.set(database=f"{own.database}_drill").render_as_string(hide_password=False)


def is_there(url: str, database: str | None) -> bool:
    """Return whether the server of a PostgreSQL database has another of some name."""
    engine = create_engine(url, hide_parameters=True)
    with engine.connect() as connection:
        query = text("SELECT 1 FROM pg_database WHERE datname = :name")
        found = connection.execute(query, {"name": database}).first()
    engine.dispose()
    return found is not None


def _run(program: str, url: str, *options: str) -> None:
    """Run one of PostgreSQL's programs; the password goes by the environment, not by its words."""
    found = shutil.which(program)
    if found is None:
        raise UnavailableError(f"{program} is not installed: it comes with postgresql-client")
    address = make_url(url).set(drivername="postgresql")
    plain = address.set(password=None).render_as_string(hide_password=False)
    environment = {**os.environ, "PGPASSWORD": str(address.password or "")}
    done = subprocess.run(  # noqa: S603 (our own words, no shell)
        [found, f"--dbname={plain}", *options], env=environment, capture_output=True, check=False
    )
    if done.returncode:
        raise UnavailableError(f"{program} failed (exit code {done.returncode})")
