"""0013, consultations: empty tables; what was posted stays as it was, and is nothing but a post."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0002 import BOARD, COUNT

TABLES = {
    "analysis", "analysis_due", "ballot", "ballot_given", "ballot_issuer", "conversation", "ground", "machine_translation", "opinion_release",
    "panel_duty", "rating", "ratings_count", "sheet", "standing", "statement",
}  # fmt: skip
THREAD = (
    "INSERT INTO thread (id, board, opening, is_public, post_count, next_number, first_index, "
    "last_index, started_on, last_day) SELECT 'water', did, :opening, :yes, 1, 2, 0, 0, "
    "'2026-11-21', '2026-11-21' FROM board"
)
KEY = "INSERT INTO posting_key VALUES ('did:key:lone', 'lone', NULL, 'device', 'active')"
POST = (
    "INSERT INTO post (digest, record_id, thread, board, author, custody, day, current, head) "
    "SELECT :opening, 'ap://one', 'water', did, 'did:key:lone', 'device', '2026-11-21', :opening, "
    ":opening FROM board"
)
CONVERSATION = (
    "INSERT INTO conversation SELECT 'water', did, 'ap://two', 'Whose water?', 'en', 'voted', "
    ":yes, 'open', '2026-11-21', NULL, 'zOne zTwo zThree', :opening FROM board"
)


def load(connection: Connection) -> None:
    """Put in a board, a thread and its opening."""
    values = {"opening": b"one", "yes": _yes(connection)}
    connection.execute(text(BOARD))
    connection.execute(text(THREAD), values)
    connection.execute(text(KEY))
    connection.execute(text(POST), values)


def check_upgrade(connection: Connection) -> None:
    """The post is a post; its thread can have a consultation with votes."""
    assert connection.execute(text("SELECT kind, about FROM post")).one() == ("", None)
    values = {"opening": b"one", "yes": _yes(connection)}
    connection.execute(text(CONVERSATION), values)
    sheet = "INSERT INTO sheet VALUES ('water', 'a ballot', :opening, NULL)"
    connection.execute(text(sheet), {"opening": b"\x01\x03"})


def check_downgrade(connection: Connection) -> None:
    """The tables are gone; board and post are there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text(COUNT)).scalar_one() == 1
    assert connection.execute(text("SELECT count(*) FROM post")).scalar_one() == 1


def _yes(connection: Connection) -> object:
    return connection.dialect.name == "postgresql" or 1
