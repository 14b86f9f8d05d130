"""0019, partners: empty tables; every record so far is proven by this instance's own log."""

from sqlalchemy import Connection, inspect, text

TABLES = {"carried", "moved_board", "partner", "partner_grant", "replica", "set_aside"}
RECORD = (
    "INSERT INTO record (digest, id, type, signer, raw, include_by, is_public) "
    "VALUES (:digest, 'ap://one', 'Note', 'did:key:ava', :digest, 0, :yes)"
)
PARTNER = (
    "INSERT INTO partner (did, name, url, log_origin, log_key, witness_key, met_on, state) "
    "VALUES ('did:key:home', 'sepidar', 'http://a', 'goftogu/a', 'k', 'w', '2026-11-23', 'active')"
)


def load(connection: Connection) -> None:
    """Put in a record and how far the log is."""
    yes = connection.dialect.name == "postgresql" or 1
    connection.execute(text(RECORD), {"digest": b"one", "yes": yes})
    state = "INSERT INTO tlog_state (id, shown, has_begun) VALUES (0, 7, :yes)"
    connection.execute(text(state), {"yes": yes})


def check_upgrade(connection: Connection) -> None:
    """The record has no other home, no place is beside the log's, and a partner can be met."""
    assert connection.execute(text("SELECT home FROM record")).scalar_one() is None
    found = connection.execute(text("SELECT shown, beside FROM tlog_state")).one()
    assert found == (7, 0)
    connection.execute(text(PARTNER))


def check_downgrade(connection: Connection) -> None:
    """The tables are gone; the record and the log's state are there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text("SELECT count(*) FROM record")).scalar_one() == 1
    assert connection.execute(text("SELECT shown FROM tlog_state")).scalar_one() == 7
