"""0012, moderation: empty tables; personas stay as they were, and a case is open once a subject."""

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import IntegrityError

from tests.migrations import rev_0004

TABLES = {
    "action", "action_told", "appeal", "case_lease", "case_skipped", "cluster", "desk",
    "desk_exposure", "desk_session", "moderation_case", "muted", "persona_limit", "proposal", "report",
    "sealed_copy", "shield", "sponsor", "withheld",
}  # fmt: skip
CASE = (
    "INSERT INTO moderation_case (id, subject_kind, subject, board, version, state, is_dangerous, "
    "weight, report_count, rank, opened_at, decision, memo) VALUES "
    "(:id, 'post', 'aa', 'did:key:board', :version, :state, :danger, 0, 0, 0, 60, NULL, '')"
)


def load(connection: Connection) -> None:
    """Put in a persona."""
    rev_0004.load(connection)


def check_upgrade(connection: Connection) -> None:
    """The persona is there; a subject has one open case beside decided ones."""
    assert connection.execute(text(rev_0004.COUNT)).scalar_one() == 1
    values = {"version": b"v", "danger": connection.dialect.name == "postgresql" or 1}
    for case, state in (("one", "decided"), ("two", "decided"), ("three", "open")):
        connection.execute(text(CASE), {"id": case, "state": state, **values})
    with pytest.raises(IntegrityError), connection.begin_nested():
        connection.execute(text(CASE), {"id": "four", "state": "open", **values})


def check_downgrade(connection: Connection) -> None:
    """The tables are gone, the persona is there."""
    assert not TABLES & set(inspect(connection).get_table_names())
    assert connection.execute(text(rev_0004.COUNT)).scalar_one() == 1
