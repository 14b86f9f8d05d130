"""0024, the lot: a hearing of before has no parts in it, and can have them afterwards."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0013 import load as load_thread
from tests.migrations.rev_0014 import HEARING

COLUMNS = {"lot", "drawn"}


def load(connection: Connection) -> None:
    """Put in a hearing that is open."""
    load_thread(connection)
    connection.execute(text(HEARING), {"opening": b"one"})


def check_upgrade(connection: Connection) -> None:
    """Nothing was sealed, and it is as open as it was; another could be sealed."""
    assert connection.execute(text("SELECT state, lot, drawn FROM hearing")).one() == (
        "open",
        None,
        None,
    )
    connection.execute(text("UPDATE hearing SET lot = :part, drawn = :part"), {"part": b"part"})


def check_downgrade(connection: Connection) -> None:
    """The columns are gone; the hearing is there."""
    columns = {column["name"] for column in inspect(connection).get_columns("hearing")}
    assert not COLUMNS & columns
    assert connection.execute(text("SELECT state FROM hearing")).scalar_one() == "open"
