"""0017, what became of commitments: empty tables; hearings and posts stay as they were."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0014 import HEARING
from tests.migrations.rev_0014 import load as load_thread

TABLES = {"commitment_change", "commitment_evidence"}
COMMITMENT = (
    "INSERT INTO commitment (post, record_id, board, owner, measure, theme, due_on, filed_on, "
    "filer, state, head) SELECT :opening, 'ap://four', did, 'The minister', 'A gauge.', "
    "'Water', '2027-01-01', '2026-11-22', 'did:key:reader', 'not-started', :opening FROM board"
)
CHANGE = (
    "INSERT INTO commitment_change (post, number, record, state, evidence, why, day, by) "
    "VALUES (:opening, 1, :record, 'kept', 'https://water.example.org/', 'Open.', '2026-12-01', '')"
)


def load(connection: Connection) -> None:
    """Put in a thread with a hearing."""
    load_thread(connection)
    connection.execute(text(HEARING), {"opening": b"one"})


def check_upgrade(connection: Connection) -> None:
    """A commitment of the thread can change."""
    connection.execute(text(COMMITMENT), {"opening": b"one"})
    connection.execute(text(CHANGE), {"opening": b"one", "record": b"two"})
    found = connection.execute(text("SELECT number, state FROM commitment_change")).one()
    assert found == (1, "kept")


def check_downgrade(connection: Connection) -> None:
    """The tables are gone; commitment and hearing are there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text("SELECT state FROM commitment")).scalar_one() == "not-started"
    assert connection.execute(text("SELECT count(*) FROM hearing")).scalar_one() == 1
