"""0002, search: the index is new and empty; the posts that were there stay as they were."""

from sqlalchemy import Connection, inspect, text

BOARD = (
    "INSERT INTO board (did, slug, fingerprint, position, name, purpose, rules, tick_s, openers, "
    "founded_on, thread_count, home) VALUES ('did:key:board', 'water', 'aaaa', 0, '{}', '{}', '{}', "
    "900, 'anyone', '2026-11-21', 0, 'did:key:home')"
)
COUNT = "SELECT count(*) FROM board WHERE slug = 'water'"


def load(connection: Connection) -> None:
    """Put in a board."""
    connection.execute(text(BOARD))


def check_upgrade(connection: Connection) -> None:
    """The board is there, and the index takes a row and gives its place back."""
    assert connection.execute(text(COUNT)).scalar_one() == 1
    value = "'water'" if connection.dialect.name == "sqlite" else "'water'::tsvector"
    connection.execute(text(f"INSERT INTO post_search(rowid, words) VALUES (7, {value})"))
    assert connection.execute(text("SELECT rowid FROM post_search")).scalar_one() == 7


def check_downgrade(connection: Connection) -> None:
    """The index is gone with all its parts, the board is there."""
    assert not [name for name in inspect(connection).get_table_names() if "post_search" in name]
    assert connection.execute(text(COUNT)).scalar_one() == 1
