"""0008, witnesses: what was there stays, and a witness can be added."""

from sqlalchemy import Connection, inspect, text

WITNESS = "('w.example', 'w.example+00+AA', 'https://w.example', :note)"
LANE = "SELECT tick_s FROM tlog_lane WHERE name = 'house'"


def load(connection: Connection) -> None:
    """Put in a lane."""
    connection.execute(text("INSERT INTO tlog_lane VALUES ('house', 7)"))


def check_upgrade(connection: Connection) -> None:
    """The lane is there, and a witness can be."""
    assert connection.execute(text(LANE)).scalar_one() == 7
    connection.execute(text(f"INSERT INTO tlog_witness VALUES {WITNESS}"), {"note": b"signed"})
    assert connection.execute(text("SELECT cosigned FROM tlog_witness")).scalar_one() == b"signed"


def check_downgrade(connection: Connection) -> None:
    """The lane is there, the table gone."""
    assert connection.execute(text(LANE)).scalar_one() == 7
    assert "tlog_witness" not in inspect(connection).get_table_names()
