"""0008, witnesses: what was there stays, and a witness can be added."""

from sqlalchemy import Connection, inspect, text

from tests.migrations import rev_0006

WITNESS = "('w.example', 'w.example+00+AA', 'https://w.example', :note)"


def load(connection: Connection) -> None:
    """Put in a persona with a draft."""
    rev_0006.load(connection)
    connection.execute(text("UPDATE draft SET wait_h = 24"))


def check_upgrade(connection: Connection) -> None:
    """The draft is there, and a witness can be."""
    assert connection.execute(text("SELECT wait_h FROM draft")).scalar_one() == 24
    connection.execute(text(f"INSERT INTO tlog_witness VALUES {WITNESS}"), {"note": b"signed"})
    assert connection.execute(text("SELECT cosigned FROM tlog_witness")).scalar_one() == b"signed"


def check_downgrade(connection: Connection) -> None:
    """The draft is there, the table gone."""
    assert connection.execute(text("SELECT wait_h FROM draft")).scalar_one() == 24
    assert "tlog_witness" not in inspect(connection).get_table_names()
