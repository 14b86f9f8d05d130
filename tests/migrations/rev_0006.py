"""0006, drafts: a draft that is there stays, waits for nothing and has no tags."""

from sqlalchemy import Connection, inspect, text

from tests.migrations import rev_0004

DRAFT = "('a', 'did:key:ava', '/b/square/new', '', 'Water', 'en', '', '2026-11-21')"
WORDS = "SELECT text FROM draft"


def load(connection: Connection) -> None:
    """Put in a persona with a draft."""
    rev_0004.load(connection)
    connection.execute(text(f"INSERT INTO draft VALUES {DRAFT}"))


def check_upgrade(connection: Connection) -> None:
    """It is there, and can be given both."""
    row = connection.execute(text("SELECT text, wait_h, tags FROM draft")).one()
    assert tuple(row) == ("Water", 0, "[]")
    connection.execute(text("UPDATE draft SET wait_h = 24, tags = '[\"news\"]'"))


def check_downgrade(connection: Connection) -> None:
    """The words are there, the columns gone."""
    assert connection.execute(text(WORDS)).scalar_one() == "Water"
    names = {column["name"] for column in inspect(connection).get_columns("draft")}
    assert not names & {"wait_h", "tags"}
