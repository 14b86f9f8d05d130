"""0020, offices and declines: who holds an office answers for a persona; what was declined in an open hearing is left out."""

from sqlalchemy import Connection, inspect, text

from tests.migrations.rev_0013 import CONVERSATION
from tests.migrations.rev_0013 import load as load_thread
from tests.migrations.rev_0014 import HEARING, QUESTION

OFFICE = (
    "INSERT INTO office (offer, record_id, root, ministry, title, institution, domain, topics, "
    "languages, until, accept, ended_on) VALUES (:offer, :id, :root, 'did:key:ministry', 'Deputy', "
    "'Ministry', 'a.example', 'Water', 'en', :until, :accept, :ended)"
)
STATEMENT = (
    "INSERT INTO statement (post, conversation, number, is_seed) VALUES (:opening, 'water', 1, :no)"
)


def load(connection: Connection) -> None:
    """Put in four offices of three personas, and a declined question of an open hearing."""
    no = connection.dialect.name == "sqlite" and 0
    load_thread(connection)
    yes = connection.dialect.name == "postgresql" or 1
    connection.execute(text(CONVERSATION), {"opening": b"one", "yes": yes})
    connection.execute(text(STATEMENT), {"opening": b"one", "no": no})
    connection.execute(text(HEARING), {"opening": b"one"})
    connection.execute(text(QUESTION), {"opening": b"one"})
    connection.execute(text("UPDATE hearing_question SET state = 'declined'"))
    for number, (root, until, accept, ended) in enumerate(
        (
            ("held", "2027-01-01", b"a", None),
            ("held", "2027-06-01", b"b", None),
            ("ended", "2027-06-01", b"c", "2026-11-22"),
            ("offered", "2027-06-01", None, None),
        )
    ):
        values = {"root": root, "until": until, "accept": accept, "ended": ended}
        named = {"offer": bytes([number]), "id": f"ap://office/{number}"}
        connection.execute(text(OFFICE), {**values, **named})


def check_upgrade(connection: Connection) -> None:
    """The office that holds longest answers for its persona, and the question is left out."""
    found = connection.execute(text("SELECT root, until FROM officeholder")).all()
    assert [tuple(row) for row in found] == [("held", "2027-06-01")]
    assert connection.execute(text("SELECT is_left_out FROM statement")).scalar_one()


def check_downgrade(connection: Connection) -> None:
    """The table is gone; offices, and the statement without its mark, are there."""
    assert "officeholder" not in inspect(connection).get_table_names()
    assert connection.execute(text("SELECT count(*) FROM office")).scalar_one() == 4
    assert connection.execute(text("SELECT number FROM statement")).scalar_one() == 1
