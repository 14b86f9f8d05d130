"""0015, domains of sponsors: an empty table; sponsors by their marks stay as they were."""

from sqlalchemy import Connection, inspect, text

SPONSOR = "INSERT INTO sponsor (person, name) VALUES (:mark, 'The Lake Fund')"
DOMAIN = "INSERT INTO sponsor_domain (domain, name) VALUES ('fund.example', 'The Lake Fund')"
NAMES = "SELECT name FROM sponsor"


def load(connection: Connection) -> None:
    """Put in a sponsor."""
    connection.execute(text(SPONSOR), {"mark": b"mark"})


def check_upgrade(connection: Connection) -> None:
    """The sponsor is there, and its domain can be named."""
    assert connection.execute(text(NAMES)).scalars().all() == ["The Lake Fund"]
    connection.execute(text(DOMAIN))


def check_downgrade(connection: Connection) -> None:
    """The table is gone; the sponsor is there."""
    assert "sponsor_domain" not in inspect(connection).get_table_names()
    assert connection.execute(text(NAMES)).scalars().all() == ["The Lake Fund"]
