"""0018, what was heard: a column that says nothing of a sheet that was there, and empty tables."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0013 import CONVERSATION, _yes
from tests.migrations.rev_0013 import load as load_thread

TABLES = {"listening_cell", "listening_release", "second_round", "second_sheet"}
SHEET = "INSERT INTO sheet (conversation, ballot, votes) VALUES ('water', 'a ballot', :votes)"
ROUND = "INSERT INTO second_round VALUES ('water', '2026-12-05', '2026-12-11')"
SECOND = "INSERT INTO second_sheet VALUES ('water', 'a ballot', :votes)"
CELL = "INSERT INTO listening_cell VALUES ('water', 'all', '[[20]]', '{}')"


def load(connection: Connection) -> None:
    """Put in a consultation with a sheet."""
    load_thread(connection)
    connection.execute(text(CONVERSATION), {"opening": b"one", "yes": _yes(connection)})
    connection.execute(text(SHEET), {"votes": b"\x01\x03"})


def check_upgrade(connection: Connection) -> None:
    """The sheet says nothing of its voter, who can be asked again and heard."""
    assert connection.execute(text("SELECT votes, about FROM sheet")).one() == (b"\x01\x03", None)
    connection.execute(text(ROUND))
    connection.execute(text(SECOND), {"votes": b"\x01\x03"})
    connection.execute(text(CELL))


def check_downgrade(connection: Connection) -> None:
    """The tables are gone, and so is the column; the votes are there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    columns = {column["name"] for column in inspect(connection).get_columns("sheet")}
    assert "about" not in columns
    assert connection.execute(text("SELECT votes FROM sheet")).scalar_one() == b"\x01\x03"
