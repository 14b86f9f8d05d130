"""0011, names for one thread: three empty tables; personas and their keys stay as they were."""

from sqlalchemy import Connection, inspect, text

from tests.migrations import rev_0004

TABLES = {"thread_name_cohort", "thread_names_taken", "thread_name"}


def load(connection: Connection) -> None:
    """Put in a persona, and a key without a card."""
    rev_0004.load(connection)
    key = "INSERT INTO posting_key VALUES ('did:key:lone', 'lone', NULL, 'device', 'active')"
    connection.execute(text(key))


def check_upgrade(connection: Connection) -> None:
    """The persona is there and can take a name; the key is there and is none, and can be one."""
    assert connection.execute(text(rev_0004.COUNT)).scalar_one() == 1
    assert connection.execute(text("SELECT count(*) FROM thread_name")).scalar_one() == 0
    cohort = "INSERT INTO thread_name_cohort VALUES ('2026-11', :key, NULL)"
    connection.execute(text(cohort), {"key": b"key"})
    connection.execute(text("INSERT INTO thread_names_taken VALUES ('did:key:ava', '2026-11', 1)"))
    connection.execute(text("INSERT INTO thread_name VALUES ('did:key:lone', 'thread')"))


def check_downgrade(connection: Connection) -> None:
    """The tables are gone, persona and key are there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text(rev_0004.COUNT)).scalar_one() == 1
    lone = "SELECT count(*) FROM posting_key WHERE did = 'did:key:lone'"
    assert connection.execute(text(lone)).scalar_one() == 1
