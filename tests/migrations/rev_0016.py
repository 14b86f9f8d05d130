"""0016, answers: empty tables; questions stay as they were."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0014 import HEARING, QUESTION
from tests.migrations.rev_0014 import load as load_thread

TABLES = {"answer_draft", "answer_rating", "hearing_answer", "hearing_staff"}
ANSWER = (
    "INSERT INTO hearing_answer (post, question, is_second, speaks_as, says, is_spoken, share) "
    "VALUES (:opening, :opening, false, 'position', 'partly', false, 65536)"
)


def load(connection: Connection) -> None:
    """Put in a thread with a hearing and a question."""
    load_thread(connection)
    connection.execute(text(HEARING), {"opening": b"one"})
    connection.execute(text(QUESTION), {"opening": b"one"})


def check_upgrade(connection: Connection) -> None:
    """The question can have an answer that nobody has rated."""
    connection.execute(text(ANSWER), {"opening": b"one"})
    found = connection.execute(text("SELECT people, told FROM hearing_answer")).one()
    assert found == (0, "")


def check_downgrade(connection: Connection) -> None:
    """The tables are gone; the question is there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text("SELECT count(*) FROM hearing_question")).scalar_one() == 1
