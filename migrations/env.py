"""Runs migrations on a URL that the caller sets, one transaction for all of them.

SQLite's foreign keys are off while tables are copied and checked before the commit: Alembic's batch
mode with them on deleted every child row in a trial (SECURITY.md, fact 3).
"""

import app.federation.partners.tables
import app.forum.tables
import app.hearings.tables
import app.identity.tables
import app.identity.tables.tokens
import app.listening.tables
import app.moderation.tables
import app.opinion.tables
import app.records.tables
import app.site.tables
import app.tlog.tables  # noqa: F401
from alembic import context
from app.db import Base
from app.settings import Settings
from sqlalchemy import create_engine, text

url = context.config.attributes.get("url") or Settings().resolved_database_url()


def run() -> None:
    """Migrate."""
    options = {}
    if url.startswith("sqlite"):
        from pysqlite3 import dbapi2

        options["module"] = dbapi2
    engine = create_engine(url, hide_parameters=True, **options)
    with engine.connect() as connection:
        is_sqlite = connection.dialect.name == "sqlite"
        if is_sqlite:
            connection.connection.driver_connection.isolation_level = None
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("PRAGMA secure_delete=ON")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=True,
            compare_type=True,
            # The search index is made by hand: no row class describes it.
            include_name=lambda name, kind, _: (
                kind != "table" or not name.startswith("post_search")
            ),
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
            if is_sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
                raise RuntimeError("a migration left rows without their parents")
        if is_sqlite:
            connection.commit()
    engine.dispose()


run()
