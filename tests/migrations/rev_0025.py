"""0025, doubt: of no partner is it known since when it hands out what does not verify."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0021 import PARTNER

REPLICA = (
    "INSERT INTO replica (partner, size, heard_at, trouble) "
    "VALUES ('did:key:home', 7, 60, 'unverified: record-differs')"
)


def load(connection: Connection) -> None:
    """Put in a partner of which something did not verify."""
    connection.execute(text(PARTNER))
    connection.execute(text(REPLICA))


def check_upgrade(connection: Connection) -> None:
    """It stands as it stood; since when is not known, and can be."""
    found = connection.execute(text("SELECT size, heard_at, trouble, doubted_at FROM replica"))
    assert tuple(found.one()) == (7, 60, "unverified: record-differs", None)
    connection.execute(text("UPDATE replica SET doubted_at = 120"))


def check_downgrade(connection: Connection) -> None:
    """The column is gone; how far the log was read is there."""
    columns = {column["name"] for column in inspect(connection).get_columns("replica")}
    assert "doubted_at" not in columns
    assert connection.execute(text("SELECT size FROM replica")).scalar_one() == 7
