"""0007, the sequencer: what is in the log was shown; nothing says that it was ever signed."""

from sqlalchemy import Connection, inspect, text

ENTRY = 'INSERT INTO tlog_entry ("index", leaf_hash, leaf) VALUES (:n, :raw, :raw)'
LATEST = 'SELECT max("index") FROM tlog_entry'


def load(connection: Connection) -> None:
    """Put in two entries."""
    connection.execute(text(ENTRY), [{"n": n, "raw": bytes([n]) * 32} for n in range(2)])


def check_upgrade(connection: Connection) -> None:
    """Both count as shown, and the log may begin to sign."""
    row = connection.execute(text("SELECT id, shown, has_begun FROM tlog_state")).one()
    assert tuple(row) == (0, 2, False)
    assert connection.execute(text("SELECT count(*) FROM tlog_aside")).scalar_one() == 0


def check_downgrade(connection: Connection) -> None:
    """The entries are there, the tables gone."""
    assert connection.execute(text(LATEST)).scalar_one() == 1
    assert not {"tlog_state", "tlog_aside"} & set(inspect(connection).get_table_names())
