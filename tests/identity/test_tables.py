"""What the database can hold at all: nothing that leads to a person, and no precise time."""

import re

import app.wiring  # noqa: F401 (every room's tables must be known before they are walked)
import pytest
from app.db import Base, CoarseInstant
from app.db.tables import Day, TextList, TextMap
from app.kernel.clock import FixedClock, Instant
from app.wiring import House
from sqlalchemy import Boolean, Column, Integer, LargeBinary, Text
from sqlalchemy.dialects import sqlite
from starlette.testclient import TestClient

from tests import factories
from tests.houses import read_rows, release, submit
from tests.visitor import Visitor

COLUMNS = [column for table in Base.metadata.tables.values() for column in table.columns]
LEADS_TO_PEOPLE = {
    "address", "addr", "agent", "birth", "browser", "city", "client", "contact", "cookie", "country",
    "device", "email", "forwarded", "header", "host", "ip", "legal", "location", "mail", "mobile",
    "passphrase", "password", "peer", "phone", "referer", "referrer", "remote", "surname", "tel",
}  # fmt: skip
# Every whole number that is no time. A new one has to be written here, by somebody who thought of it.
COUNTS = {
    "board.position", "board.thread_count", "board.tick_s", "board.delay_s", "thread.delay_s", "moderation_case.weight", "moderation_case.rank", "moderation_case.report_count", "cluster.number", "cluster.reporters", "desk.number", "desk_exposure.count", "instance_card.sequence",
    "persona.sequence", "post.log_index", "post.number", "thread.first_index", "thread.last_index",
    "thread.next_number", "thread.post_count", "notice.log_index", "notices_read.last_index", "tlog_entry.index", "tlog_aside.index", "tlog_state.id", "tlog_state.shown", "tlog_state.beside", "carried.tries", "moved_board.size", "replica.size", "replica.entries", "replica.copied_bytes", "partner.most_entries", "partner.most_bytes", "set_aside.place", "set_aside.tries", "tlog_lane.tick_s", "draft.wait_h", "version.number", "health.value", "shutdown.number",
    "invitations_given.count", "thread_names_taken.count",
    "commitment_change.number", "analysis.people", "hearing_question.appeals", "hearing_answer.people", "hearing_answer.share", "ground.place", "opinion_release.people", "opinion_release.sequence", "rating.helps", "ratings_count.count", "standing.number", "statement.merged_into", "statement.number", "statement.priority",
}  # fmt: skip

# The index of words is SQLite's own, and knows posts by their place in the log.
SEARCH = "post_search"


def name_of(column: Column[object]) -> str:
    """Return `table.column`."""
    return f"{column.table.name}.{column.name}"


def test_no_column_is_named_after_what_leads_to_a_person() -> None:
    names = [name_of(column) for column in COLUMNS]

    assert [name for name in names if set(re.split(r"[_.]", name)) & LEADS_TO_PEOPLE] == []


def test_columns_hold_text_bytes_days_flags_counts_and_coarse_times() -> None:
    others = (Boolean, CoarseInstant, Day, LargeBinary, Text, TextList, TextMap)
    unknown = {
        name_of(column)
        for column in COLUMNS
        if not isinstance(column.type, others)
        and not (isinstance(column.type, Integer) and name_of(column) in COUNTS)
    }

    assert unknown == set(), "a number that is a time must be a CoarseInstant"


@pytest.mark.parametrize("second", [1, 30, 59, 61, 1_795_255_621])
def test_precise_time_is_refused_before_it_reaches_the_disk(second: int) -> None:
    with pytest.raises(ValueError, match="whole minute"):
        CoarseInstant().process_bind_param(Instant(second), sqlite.dialect())


def live_an_hour(house: House, client: TestClient, clock: FixedClock) -> None:
    """Do at odd seconds what people do: join, write, log in, revise, erase, carry."""
    clock.advance(17)
    visitor = Visitor(client)
    visitor.join("Ava")
    first = visitor.open_thread("Water", "Where does it go?")
    clock.advance(1234)
    visitor.log_out()
    visitor.log_in("Ava")
    visitor.send_post(f"/p/{first}/revise", text="Where did it go?")
    submit(house, factories.note(factories.person("Babak"), board=factories.LIVE))
    release(house)
    clock.advance(11)
    visitor.send_post(f"/p/{first}/erase")


@pytest.mark.slow
def test_no_stored_time_is_finer_than_a_minute(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    live_an_hour(house, client, clock)

    numbers = [
        (table, column, value)
        for table, row in read_rows(house)
        for column, value in row.items()
        if isinstance(value, int) and value > 1_000_000_000 and not table.startswith(SEARCH)
    ]

    assert numbers, "there are times to look at"
    assert [item for item in numbers if item[2] % 60] == []


def test_no_table_keeps_the_order_of_arrival(house: House) -> None:
    """A hidden row number would tell who wrote before whom, whatever the log's shuffle says."""
    with house.db.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'alembic%'"
        ).all()
    ours = [(name, sql) for name, sql in rows if not name.startswith(SEARCH)]

    ordered = {name for name, sql in ours if "WITHOUT ROWID" not in sql}
    assert all("STRICT" in sql for _, sql in ours)
    assert ordered == {"tlog_entry"}, "only the log has an order, and it is public"
