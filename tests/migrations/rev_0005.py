"""0005, many posts: the index of words is made anew and lets go of what is taken out; rows stay."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0002 import BOARD, COUNT

WORD = "zinnober"
ADDED = {"ix_post_index", "ix_post_board_latest", "ix_post_thread_author"}


def load(connection: Connection) -> None:
    """Put in a board."""
    connection.execute(text(BOARD))


def check_upgrade(connection: Connection) -> None:
    """The board is there; a word that was put into the index and taken out is nowhere in it."""
    assert connection.execute(text(COUNT)).scalar_one() == 1
    names = {index["name"] for index in inspect(connection).get_indexes("post")}
    assert names >= ADDED
    if connection.dialect.name == "sqlite":
        # What stands in the index is written at the end of each savepoint.
        with connection.begin_nested():
            connection.execute(text(f"INSERT INTO post_search(rowid, words) VALUES (7, '{WORD}')"))
        assert holds_word(connection)
        with connection.begin_nested():
            connection.execute(text("DELETE FROM post_search WHERE rowid = 7"))
        assert not holds_word(connection)


def check_downgrade(connection: Connection) -> None:
    """The indexes are gone, the index of words takes a row, the board is there."""
    names = {index["name"] for index in inspect(connection).get_indexes("post")}
    assert not names & ADDED
    value = f"'{WORD}'" if connection.dialect.name == "sqlite" else f"'{WORD}'::tsvector"
    connection.execute(text(f"INSERT INTO post_search(rowid, words) VALUES (7, {value})"))
    assert connection.execute(text(COUNT)).scalar_one() == 1


def holds_word(connection: Connection) -> bool:
    """Return whether the index of words has a trace of the word, in its parts or its copy."""
    blocks = connection.execute(text("SELECT block FROM post_search_data")).scalars()
    copies = connection.execute(text("SELECT c0 FROM post_search_content")).scalars()
    return any(WORD.encode() in block for block in blocks) or any(WORD in copy for copy in copies)
