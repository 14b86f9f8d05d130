"""The transparency page: figures that anyone can count again, and nothing about anybody."""

import os
import re
from datetime import date, timedelta

import pytest
from app import site
from app.forum.store import counting
from app.kernel.clock import DAY_S, FixedClock
from app.site.routes.state import list_months
from app.wiring import House
from sqlalchemy import event
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import LANGUAGES
from tests.houses import publish, release, submit, tick
from tests.tlog import cosigned
from tests.visitor import Visitor

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
DAY = date(2026, 11, 21)


def rows_of(page: str) -> list[list[str]]:
    """Return the table's rows as their texts."""
    body = page.split("<tbody>")[1].split("</tbody>", maxsplit=1)[0]
    rows = body.split("<tr>")[1:]
    return [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.split(r"</t[hd]>", row)[:-1]]
        for row in rows
    ]


def test_months_are_those_of_the_readers_calendar() -> None:
    # Azar 1405 begins on 22 November 2026.
    published = {date(2026, 11, 1): 2, date(2026, 11, 21): 3, date(2026, 11, 22): 5}

    gregorian = list_months(LANGUAGES["en"], published, {date(2026, 11, 22): 1})
    jalali = list_months(LANGUAGES["fa"], published, {date(2026, 11, 22): 1})

    assert [(line.name, line.published, line.erased) for line in gregorian] == [
        ("November 2026", 10, 1)
    ]
    assert [(line.name, line.published, line.erased) for line in jalali] == [
        ("آذر ۱۴۰۵", 5, 1),
        ("آبان ۱۴۰۵", 5, 0),
    ]


def test_months_without_posts_are_listed_and_those_long_past_are_one_line() -> None:
    published = {DAY - timedelta(days=40 * 365): 7, DAY - timedelta(days=70): 1, DAY: 2}

    lines = list_months(LANGUAGES["fr"], published, {})

    assert [line.published for line in lines[:4]] == [2, 0, 1, 0]
    assert lines[1].name == "octobre 2026"
    assert len(lines) == 25
    assert (lines[-1].name, lines[-1].published) == ("", 7)
    assert list_months(LANGUAGES["fr"], {}, {}) == ()


@pytest.mark.parametrize("calendar", ["gregorian", "jalali"])
def test_every_day_is_counted_in_one_month(calendar: str) -> None:
    language = LANGUAGES["en"].read_with(calendar, "")
    days = {DAY - timedelta(days=back): 1 for back in range(700)}

    lines = list_months(language, days, {})

    assert sum(line.published for line in lines) == 700
    assert {line.published for line in lines[1:-1]} <= {28, 29, 30, 31}


def test_page_counts_what_was_published_and_what_was_erased(
    house: House, client: TestClient
) -> None:
    posts = [factories.note(AVA, text=f"Number {number}.") for number in range(3)]
    early = factories.note(BABAK, day=date(2026, 10, 30))
    publish(house, early, *posts)
    submit(house, factories.update(AVA, posts[0]), factories.erasure(AVA, posts[1]))
    waiting = factories.note(AVA, text="Seen by nobody.")
    submit(house, waiting, factories.erasure(AVA, waiting))

    rows = rows_of(Visitor(client).get("/transparency").text)

    assert rows == [
        ["November 2026", "3", "1"],
        ["October 2026", "1", "0"],
        ["Altogether", "4", "1"],
    ]


def test_posts_are_counted_once_and_then_only_what_has_come(house: House) -> None:
    tally, asked = site.Tally(), []
    publish(house, factories.note(AVA), factories.note(BABAK))
    with house.db.read() as work:
        assert tally.count(work) == {factories.TODAY: 2}
    publish(house, factories.note(AVA, text="One more."))

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(house.db.engine, "before_cursor_execute", note)
    with house.db.read() as work:
        assert tally.count(work) == {factories.TODAY: 3}
        assert tally.count(work) == {factories.TODAY: 3}
    event.remove(house.db.engine, "before_cursor_execute", note)

    counted = [statement for statement in asked if "count(" in statement]
    assert len(counted) == 1
    assert "post.log_index >=" in counted[0]


def test_range_is_counted_by_its_index_and_all_of_it_in_the_tables_order(house: House) -> None:
    plans = {}
    with house.db.read() as work:
        for start in (0, 5):
            statement = counting._COUNT_FROM if start else counting._COUNT_ALL
            sql = str(statement.compile(dialect=house.db.engine.dialect))
            values = (start, 9) if start else (0, 9)
            plan = work.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values).all()
            plans[start] = " ".join(row[3] for row in plan)

    assert "SCAN post" in plans[0]
    assert "ix_post_index" in plans[5]


def test_log_and_its_files_are_shown_and_there(house: House, client: TestClient) -> None:
    publish(house, factories.note(AVA))
    path = cosigned.checkpoint_path(house)
    os.utime(path, (factories.NOW, factories.NOW))
    size = path.read_text().split("\n")[1]

    page = Visitor(client).get("/transparency").text

    assert f'<dt>Entries</dt><dd class="num">{size}</dd>' in page
    assert '<time class="num" datetime="2026-11-21">21 November 2026</time>' in page
    found = re.findall(r'href="(/(?:tlog|\.well-known)/[^"]+)"', page)
    assert len(found) == 4
    assert [client.get(path).status_code for path in found] == [200] * 4


def test_witnesses_are_told_with_their_age(
    house: House, client: TestClient, clock: FixedClock
) -> None:
    visitor = Visitor(client)
    assert "Nobody else signs this list yet" in visitor.get("/transparency").text
    cosigned.ask(house, 0)
    cosigned.sign(house, 0, factories.NOW)

    assert "signed within the last hour" in visitor.get("/transparency").text
    clock.advance(3 * DAY_S)
    page = visitor.get("/transparency").text

    assert "signed 3 days ago" in page
    assert "1 of 1 witness has signed every entry." in page


def test_empty_host_has_no_table(client: TestClient) -> None:
    page = Visitor(client).get("/transparency").text

    assert "Nobody has published anything here yet." in page
    assert "<table" not in page


def test_page_names_nobody_and_no_hour(house: House, client: TestClient) -> None:
    card = factories.card(AVA, name="A telling name")
    publish(house, card, factories.note(AVA, title="A telling title"))

    page = Visitor(client).get("/transparency").text

    assert "telling" not in page
    assert AVA.did not in page
    assert not re.search(r"\d\d:\d\d", page.split("<main")[1].split("</main>")[0])


def test_every_page_leads_to_it(client: TestClient, house: House) -> None:
    tick(house)
    release(house)
    for path in ("/", "/boards", "/status"):
        assert 'href="/en/transparency"' in Visitor(client).get(path).text
