"""Readers' settings: one small cookie, no id, and pages of their own that nobody else is shown."""

from datetime import date

import pytest
from app.kernel.clock import HOUR_S, Instant
from app.web.reader import ZONES, Reader
from starlette.testclient import TestClient

from tests import factories
from tests.forms.languages import LANGUAGES
from tests.place import Place
from tests.visitor import Visitor, find_form

DAY = date(2026, 11, 21)


def choose(visitor: Visitor, **typed: str) -> str:
    """Send the second form of the settings; return the cookie as it is set."""
    token = visitor.open_form("/settings").fields["token"]
    answer = visitor.post("/en/settings", {"token": token, "next": "/en/boards", **typed})
    assert answer.status_code == 303
    cookie: str = answer.headers["set-cookie"]
    return cookie


def test_choices_are_kept_in_one_cookie_and_shown(client: TestClient) -> None:
    visitor = Visitor(client)

    cookie = choose(visitor, calendar="jalali", digits="persian", size="larger", zone="tehran")

    assert cookie.startswith("reader=jalali.persian.larger.tehran;")
    page = visitor.get("/status").text
    assert ' class="larger"' in page
    assert "۳۰ Aban ۱۴۰۵" in page
    shown = visitor.get("/settings")
    assert "larger" in shown.text.split('name="size"')[1].split("selected")[0]
    client.cookies.clear()
    assert "21 November 2026" in visitor.get("/status").text


def test_choosing_as_the_language_again_takes_the_cookie_away(client: TestClient) -> None:
    cookie = choose(Visitor(client), calendar="", digits="", size="", zone="")

    assert cookie.startswith("reader=;")
    assert "Max-Age=0" in cookie


@pytest.mark.parametrize(
    ("zone", "hour"),
    [
        ("", "12:00 (%sUTC</a>) on"),
        ("tehran", "15:30 (%sTehran time</a>) on"),
        ("toronto", "07:00 (%sToronto and New York time</a>) on"),
        ("mars", "12:00 (%sUTC</a>) on"),
    ],
)
def test_promise_of_a_receipt_is_told_in_the_readers_time(
    client: TestClient, zone: str, hour: str
) -> None:
    visitor = Visitor(client)
    visitor.join("Ava")
    digest = visitor.open_thread("Water", "It is late.")

    choose(visitor, calendar="", digits="", size="", zone=zone)

    # It leads to where another zone is chosen, and from there back.
    link = f'<a href="/en/settings?next=/en/receipts/{digest}">'
    assert hour % link in visitor.get(f"/receipts/{digest}").text


def test_every_time_zone_exists() -> None:
    for zone in ZONES:
        assert Reader(zone=zone).local(Instant(0)).utcoffset() is not None
    assert Reader(zone="sydney").local(factories.NOW).day == factories.TODAY.day
    assert Reader(zone="sydney").local(Instant(factories.NOW + 4 * HOUR_S)).day == 22


@pytest.mark.parametrize(
    "value",
    ["", "..", "x.y.z", "jalali", "a" * 500, "gregorian.latin.huge.more", '"><script>', "....."],
)
def test_cookie_that_we_never_wrote_breaks_nothing(place: Place, value: str) -> None:
    answer = place.stranger.client.get("/en/status", headers={"cookie": f"reader={value}"})

    assert answer.status_code == 200
    assert "<script" not in answer.text


def test_page_made_for_a_reader_is_shown_to_nobody_else(client: TestClient) -> None:
    mine = client.get("/en/boards", headers={"cookie": "reader=..large"})

    assert ' class="large"' in mine.text
    assert "cdn-cache-control" not in mine.headers
    assert ' class="large"' not in client.get("/en/boards").text


@pytest.mark.parametrize(
    ("code", "calendar", "digits", "day", "number"),
    [
        ("fa", "", "", "۳۰ آبان ۱۴۰۵", "۱٬۲۳۴"),
        ("fa", "gregorian", "", "۲۱ نوامبر ۲۰۲۶", "۱٬۲۳۴"),
        ("fa", "", "latin", "30 آبان 1405", "1,234"),
        ("en", "jalali", "", "30 Aban 1405", "1,234"),
        ("en", "", "persian", "۲۱ November ۲۰۲۶", "۱٬۲۳۴"),
        ("fr", "jalali", "persian", "۳۰ Aban ۱۴۰۵", "۱٬۲۳۴"),
    ],
)
def test_day_and_number_follow_the_reader(
    code: str, calendar: str, digits: str, day: str, number: str
) -> None:
    language = LANGUAGES[code].read_with(calendar, digits)

    assert language.day(DAY) == day
    assert language.number(1234) == number
    assert language.read_with("", "") is language


def test_theme_stays_when_other_settings_are_kept(client: TestClient) -> None:
    visitor = Visitor(client)
    visitor.send(find_form(visitor.get("/settings"), "/en/settings"), theme="dark")

    choose(visitor, calendar="jalali", digits="", size="", zone="")

    assert 'data-theme="dark"' in visitor.get("/boards").text
