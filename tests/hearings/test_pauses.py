"""Shutdown mode: a switch in the log; clocks stand still, and every reader is told."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest
from app import hearings, worker
from app.cli.opened import opened_house
from app.federation.health.jobs import Doctor
from app.forum import Post
from app.forum.errors import StaleSettingsError
from app.hearings import Pause, count_days
from app.hearings.model import QuestionState
from app.kernel.clock import DAY_S, day_of
from app.main import create_app
from app.opinion.model import Vote
from app.records.codec import sign_record
from app.records.errors import WrongSignerError
from app.wiring import House
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests import factories
from tests.hearings import hall as halls
from tests.hearings.counting import Recount, read_log
from tests.hearings.hall import CHARTER, Hall
from tests.hearings.test_ledger import answer, go_on
from tests.houses import advance, publish, release, submit

pytestmark = pytest.mark.slow

FIRST = date(2026, 11, 1)
AVA = factories.person("Ava")


def turn(house: House, *, is_on: bool) -> bool:
    """Turn the switch, and let the log tell it."""
    with house.db.write() as work:
        changed = hearings.set_shutdown(work, house.door, is_on=is_on)
    release(house)
    return changed


def test_pages_that_are_kept_hear_of_a_switch_that_a_command_turned(
    house: House, client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command has a process of its own; not even its tick is waited for."""
    before = client.get("/en/boards").text
    monkeypatch.setenv("GOFTOGU_DATA", str(house.settings.data))
    with opened_house() as command, command.db.write() as work:
        hearings.set_shutdown(work, command.door, is_on=True)

    worker.step(house, 1)

    assert "Shutdown mode since" not in before
    assert "Shutdown mode since" in client.get("/en/boards").text


def after(days: int) -> date:
    return FIRST + timedelta(days=days)


SPANS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=4)


@given(SPANS, st.integers(0, 30), st.integers(0, 30), st.sampled_from((0, 1)))
def test_days_are_those_on_which_no_clock_stood_still(
    spans: list[tuple[int, int]], since: int, length: int, is_last_open: int
) -> None:
    pauses, day = [], 0
    for number, (gap, span) in enumerate(spans, 1):
        begun, day = day + gap, day + gap + span
        is_open = bool(is_last_open) and number == len(spans)
        ended = None if is_open else after(day)
        pauses.append(Pause(number=number, begun_on=after(begun), ended_on=ended))

    counted = [
        each
        for each in range(since, since + length)
        if not any(
            p.begun_on <= after(each) and (p.ended_on is None or after(each) < p.ended_on)
            for p in pauses
        )
    ]

    assert count_days(after(since), after(since + length), pauses) == len(counted)


def test_clock_that_is_set_back_counts_no_day() -> None:
    assert count_days(after(3), after(1), []) == 0


def test_switch_is_a_record_that_follows_the_last_one(house: House) -> None:
    did = house.door.instance_did
    assert [turn(house, is_on=value) for value in (False, True, True)] == [False, True, False]
    advance(house, 3 * DAY_S)
    assert turn(house, is_on=False)
    advance(house, DAY_S)
    assert turn(house, is_on=True)

    with house.db.read() as work:
        first, second = hearings.list_pauses(work, did)
        assert hearings.find_pause(work, did) == second
    assert (first.ended_on, second.ended_on) == (first.begun_on + timedelta(days=3), None)
    told = [each for each in read_log(house) if "urn:goftogu:shutdown" in each]
    assert [each["urn:goftogu:shutdown"] for each in told] == ["on", "off", "on"]
    assert [each.get("urn:goftogu:previous") for each in told] == [
        None, told[0]["digest"], told[1]["digest"],
    ]  # fmt: skip


def test_switch_of_somebody_else_or_out_of_turn_is_refused(house: House) -> None:
    day = day_of(house.clock.now())

    def switch(said: str, **more: str) -> bytes:
        key = house.keys["log" if more.pop("by", "") else "instance"]
        members = {"urn:goftogu:shutdown": said, **more}
        return sign_record(key, "Announce", members, nonce=factories.nonce(), day=day)

    with pytest.raises(WrongSignerError):
        submit(house, switch("on", by="log"))
    with pytest.raises(StaleSettingsError):
        submit(house, switch("off"))
    publish(house, switch("on"))
    for late in (switch("on"), switch("off")):
        with pytest.raises(StaleSettingsError):
            submit(house, late)


def hall_with_questions(house: House) -> tuple[Hall, list[Post]]:
    """Return a hearing whose questions were chosen today."""
    hall = halls.open_hall(house, replace(CHARTER, top=3, lot=0))
    halls.ask_some(house, hall, 4)
    halls.put_votes(house, hall, [dict.fromkeys(range(1, 5), Vote.AGREE)] * 12, kinds="invited")
    return hall, list(halls.choose(house, hall))


def test_paused_days_count_neither_in_the_report_nor_on_pages(house: House) -> None:
    hall, waiting = hall_with_questions(house)
    go_on(house, 1)
    turn(house, is_on=True)
    go_on(house, 4)
    client = TestClient(create_app(house, "http://testserver"))
    during = client.get(f"/en/t/{hall.thread}/hearing").text
    answer(house, hall, waiting[0])
    turn(house, is_on=False)
    go_on(house, 2)
    answer(house, hall, waiting[1])
    go_on(house, 1)
    release(house)

    hearing = halls.hearing_of(house, hall)
    with house.db.read() as work:
        report = json.loads(hearings.build_report(work, hearing, []))
        states = {each.state for each in hearings.list_questions(work, hall.thread)}
    today = day_of(house.clock.now())
    again = Recount(read_log(house), hearing.record_id, hearing.tallies).report([], today)
    page = client.get(f"/en/t/{hall.thread}/hearing").text

    assert report == again
    assert (report["questions"]["medianDays"], report["questions"]["pausedDays"]) == (3, 4)
    assert QuestionState.WAITING in states
    assert "Waits for 1 day<" in during
    assert "The clock stands still: shutdown" in during
    assert "Waits for 4 days<" in page
    assert "The clock stands still" not in page
    told = client.get(f"/en/t/{hall.thread}/hearing/report").text
    assert "shut for 4 days" in told


def test_everybody_is_told_and_caches_keep_pages_longer(house: House) -> None:
    publish(house, factories.card(AVA), factories.note(AVA, title="Whose water?"))
    client = TestClient(create_app(house, "http://testserver"))
    before = client.get("/en/")
    turn(house, is_on=True)
    own, data = house.door.instance_did, house.settings.data
    Doctor(house.db, house.sequencer.published, data, lambda: False, own).look()

    for code in ("fa", "en", "fr"):
        for path in ("", "boards", "hearings", "health", "not/there"):
            page = client.get(f"/{code}/{path}").text
            assert f'<p class="row"><a class="tap" href="/{code}/bundles">' in page, (code, path)
    assert "Shutdown mode since" in client.get("/en/").text
    assert "Shutdown mode" not in before.text
    feed = client.get("/en/latest/feed.atom").text
    assert feed.index("Shutdown mode since") < feed.index("Whose water?")
    for feed in ("b/square/feed", "hearings/feed", "commitments", "moderation/feed", "health/feed"):
        assert "Shutdown mode since" in client.get(f"/en/{feed}.atom").text, feed
    assert "Shutdown mode: On" in client.get("/en/health/feed.atom").text
    assert "clocks of officials stand still" in client.get("/en/health").text
    assert before.headers["cdn-cache-control"] == "public, max-age=10"
    during = client.get("/en/")
    assert during.headers["cdn-cache-control"] == "public, max-age=600, stale-if-error=3000"
    assert during.headers["cache-control"] == before.headers["cache-control"]

    turn(house, is_on=False)
    over = client.get("/en/")
    assert "Shutdown mode" not in over.text
    assert over.headers["cdn-cache-control"] == "public, max-age=10"
