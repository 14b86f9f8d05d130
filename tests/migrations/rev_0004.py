"""0004, readers: four empty tables of a persona's own things; the personas stay as they were."""

from sqlalchemy import Connection, inspect, text

PERSONA = (
    "INSERT INTO persona (root, fingerprint, name, name_folded, sequence, card_digest) "
    "VALUES ('did:key:ava', 'aaaa', 'Ava', 'ava', 1, {})"
)
COUNT = "SELECT count(*) FROM persona WHERE name = 'Ava'"
TABLES = {"draft", "saved_thread", "notice", "notices_read"}


def load(connection: Connection) -> None:
    """Put in a persona."""
    digest = "x'00'" if connection.dialect.name == "sqlite" else "'\\x00'::bytea"
    connection.execute(text(PERSONA.format(digest)))


def check_upgrade(connection: Connection) -> None:
    """The persona is there and can keep a draft."""
    assert connection.execute(text(COUNT)).scalar_one() == 1
    draft = "('a', 'did:key:ava', '/b/square/new', '', 'Water', 'en', '', '2026-11-21')"
    connection.execute(text(f"INSERT INTO draft VALUES {draft}"))
    assert connection.execute(text("SELECT text FROM draft")).scalar_one() == "Water"


def check_downgrade(connection: Connection) -> None:
    """The tables are gone, the persona is there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text(COUNT)).scalar_one() == 1
