"""0022, health: two empty tables; partners that were met stay."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0019 import PARTNER

TABLES = {"health", "partner_flag"}
FLAG = (
    "INSERT INTO partner_flag (signer, about, code, evidence, day) "
    "VALUES ('did:key:here', 'did:key:home', 'split-view', :digest, '2026-11-23')"
)


def load(connection: Connection) -> None:
    """Put in a partner."""
    connection.execute(text(PARTNER))


def check_upgrade(connection: Connection) -> None:
    """Nobody was caught at anything, and somebody can be."""
    assert connection.execute(text("SELECT count(*) FROM health")).scalar_one() == 0
    connection.execute(text(FLAG), {"digest": b"one"})


def check_downgrade(connection: Connection) -> None:
    """The tables are gone; the partner is there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text("SELECT name FROM partner")).scalar_one() == "sepidar"
