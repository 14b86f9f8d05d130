"""0009, invitations: four empty tables; the personas stay as they were, and can be invited."""

from sqlalchemy import Connection, inspect, text

from tests.migrations import rev_0004

TABLES = {"invitation_cohort", "invitations_given", "spent_invitation", "invited"}


def load(connection: Connection) -> None:
    """Put in a persona."""
    rev_0004.load(connection)


def check_upgrade(connection: Connection) -> None:
    """The persona is there, was not invited, and can be."""
    assert connection.execute(text(rev_0004.COUNT)).scalar_one() == 1
    assert connection.execute(text("SELECT count(*) FROM invited")).scalar_one() == 0
    is_frozen = "0" if connection.dialect.name == "sqlite" else "false"
    cohort = f"INSERT INTO invitation_cohort VALUES ('2026-11', :key, NULL, {is_frozen})"
    connection.execute(text(cohort), {"key": b"key"})
    connection.execute(text("INSERT INTO invited VALUES ('did:key:ava', '2026-11')"))
    connection.execute(text("INSERT INTO invitations_given VALUES ('did:key:ava', '2026-11', 1)"))
    spent = "INSERT INTO spent_invitation VALUES (:mark, '2026-11')"
    connection.execute(text(spent), {"mark": b"mark"})


def check_downgrade(connection: Connection) -> None:
    """The tables are gone, the persona is there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text(rev_0004.COUNT)).scalar_one() == 1
