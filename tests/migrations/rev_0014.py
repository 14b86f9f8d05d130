"""0014, hearings: empty tables; threads and posts stay as they were."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0002 import COUNT
from tests.migrations.rev_0013 import load as load_thread

TABLES = {"attester", "commitment", "hearing", "hearing_question", "office"}
HEARING = (
    "INSERT INTO hearing (thread, board, record_id, official, text, language, charter, head, state) "
    "SELECT 'water', did, 'ap://three', 'did:key:official', 'Ask.', 'en', '{}', :opening, 'open' "
    "FROM board"
)
QUESTION = (
    "INSERT INTO hearing_question (post, hearing, state, asked_on) "
    "VALUES (:opening, 'water', 'asked', '2026-11-22')"
)


def load(connection: Connection) -> None:
    """Put in a board, a thread and its opening."""
    load_thread(connection)


def check_upgrade(connection: Connection) -> None:
    """The thread can have a hearing with a question that waits for nothing."""
    connection.execute(text(HEARING), {"opening": b"one"})
    connection.execute(text(QUESTION), {"opening": b"one"})
    found = connection.execute(text("SELECT appeals, waits_since FROM hearing_question")).one()
    assert found == (0, None)


def check_downgrade(connection: Connection) -> None:
    """The tables are gone; board and post are there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text(COUNT)).scalar_one() == 1
    assert connection.execute(text("SELECT count(*) FROM post")).scalar_one() == 1
