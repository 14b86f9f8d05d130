"""0023, shutdown mode: an empty table; hearings stay."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0019 import PARTNER

BEGUN = (
    "INSERT INTO shutdown (home, number, begun_on, head) "
    "VALUES ('did:key:home', 1, '2026-11-23', :digest)"
)


def load(connection: Connection) -> None:
    """Put in a partner."""
    connection.execute(text(PARTNER))


def check_upgrade(connection: Connection) -> None:
    """Nobody is in shutdown mode, and somebody can be."""
    assert connection.execute(text("SELECT count(*) FROM shutdown")).scalar_one() == 0
    connection.execute(text(BEGUN), {"digest": b"one"})


def check_downgrade(connection: Connection) -> None:
    """The table is gone; the partner is there."""
    assert "shutdown" not in inspect(connection).get_table_names()
    assert connection.execute(text("SELECT name FROM partner")).scalar_one() == "sepidar"
