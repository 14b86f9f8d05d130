"""0021, removal that travels: every act so far binds, and partners have their usual share."""

from sqlalchemy import Connection, inspect, text

TABLES = {"erasure_asked", "erasure_owed"}
PARTNER = (
    "INSERT INTO partner (did, name, url, log_origin, log_key, witness_key, met_on, state) "
    "VALUES ('did:key:home', 'sepidar', 'http://a', 'goftogu/a', 'k', 'w', '2026-11-23', 'active')"
)
ACTION = (
    "INSERT INTO action (digest, record_id, kind, subject_kind, subject, board, desk, second, "
    "rule, words, day, taken_at) VALUES (:digest, 'ap://one', 'hide', 'post', 'ab', '', "
    "'did:key:desk', '', 'spam', '', '2026-11-23', 0)"
)


def load(connection: Connection) -> None:
    """Put in a partner, how far its log was read, and an act of a desk."""
    connection.execute(text(PARTNER))
    connection.execute(text("INSERT INTO replica (partner, size) VALUES ('did:key:home', 7)"))
    connection.execute(text(ACTION), {"digest": b"one"})


def check_upgrade(connection: Connection) -> None:
    """The act binds; the partner is followed, has its share and used nothing of it."""
    assert connection.execute(text("SELECT binds FROM action")).scalar_one()
    found = connection.execute(text("SELECT follows_rules, most_entries, most_bytes FROM partner"))
    follows, *share = found.one()
    assert follows
    assert share == [200_000, 20 * 1024**3]
    used = connection.execute(text("SELECT size, counted_on, entries, copied_bytes FROM replica"))
    assert tuple(used.one()) == (7, None, 0, 0)


def check_downgrade(connection: Connection) -> None:
    """The tables are gone; partner and act are there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text("SELECT count(*) FROM partner")).scalar_one() == 1
    assert connection.execute(text("SELECT kind FROM action")).scalar_one() == "hide"
