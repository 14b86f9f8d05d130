"""0003, stewards: boards are as they were founded, and a steward must be a persona."""

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from tests.migrations.rev_0002 import BOARD, COUNT


def load(connection: Connection) -> None:
    """Put in a board."""
    connection.execute(text(BOARD))


def check_upgrade(connection: Connection) -> None:
    """The board has no tags, takes posts and has no settings yet; nobody unknown is a steward."""
    row = connection.execute(text("SELECT tags, is_archived, head FROM board")).one()
    assert (row.tags, bool(row.is_archived), row.head) == ("[]", False, None)
    stranger = text("INSERT INTO steward (root) VALUES ('did:key:nobody')")
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(stranger)


def check_downgrade(connection: Connection) -> None:
    """Stewards are gone, the board is there."""
    assert "steward" not in inspect(connection).get_table_names()
    assert connection.execute(text(COUNT)).scalar_one() == 1
