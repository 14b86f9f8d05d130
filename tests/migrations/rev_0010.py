"""0010, invitations told in words: an empty table beside the cohorts, which stay as they were."""

from sqlalchemy import Connection, inspect, text

from tests.migrations import rev_0004

COHORTS = "SELECT count(*) FROM invitation_cohort"


def load(connection: Connection) -> None:
    """Put in a persona and a month."""
    rev_0004.load(connection)
    is_frozen = "0" if connection.dialect.name == "sqlite" else "false"
    cohort = f"INSERT INTO invitation_cohort VALUES ('2026-11', :key, NULL, {is_frozen})"
    connection.execute(text(cohort), {"key": b"key"})


def check_upgrade(connection: Connection) -> None:
    """The month is there, and words can be kept for it."""
    assert connection.execute(text(COHORTS)).scalar_one() == 1
    box = "INSERT INTO invitation_box VALUES (:mark, '2026-11', :box)"
    connection.execute(text(box), {"mark": b"mark", "box": b"box"})


def check_downgrade(connection: Connection) -> None:
    """The table is gone, the month is there."""
    assert "invitation_box" not in inspect(connection).get_table_names()
    assert connection.execute(text(COHORTS)).scalar_one() == 1
