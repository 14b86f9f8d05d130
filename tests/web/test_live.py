"""A thread followed live: what is released, revised, erased or closed reaches who follows it."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from threading import Event
from typing import Any, cast

import pytest
from app import forum
from app.db import Work
from app.forum.model import Glance
from app.forum.service import live
from app.main import create_app
from app.web.streams import CHUNKS_KEPT
from app.wiring import House
from fastapi import FastAPI
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from tests import factories
from tests.houses import open_at, publish, release, require_post, submit, tick
from tests.opinion.notes import context
from tests.place import Place
from tests.visitor import ORIGIN, Visitor
from tests.web.following import Follower, following, settled

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
BABAK = factories.person("Babak")
OPENING = factories.note(AVA, title="Water", text="Where does it go?")
THREAD = factories.digest_of(OPENING).hex()[:20]
EVENTS = f"/en/t/{THREAD}/events?first=1&since=1"


def answer(text: str = "Upstream.") -> bytes:
    """Return an answer to the opening."""
    return factories.note(BABAK, reply_to=OPENING, text=text)


@pytest.fixture
def app(house: House) -> FastAPI:
    """The forum, with a thread of one post."""
    publish(house, OPENING)
    return create_app(house, ORIGIN)


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Let a story happen."""
    asyncio.run(story())


def say_beside(house: House, *, stands: bool, note: bytes) -> None:
    with house.db.write() as work:
        forum.put_beside(work, require_post(house, note), stands=stands)


def set_pace(app: FastAPI, **bounds: float) -> None:
    """Set bounds of the streams."""
    streams = app.state.site.streams
    streams.pace = replace(streams.pace, **bounds)


def test_released_post_arrives_as_the_page_would_show_it(app: FastAPI, house: House) -> None:
    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            submit(house, answer("**Upstream.**"))
            release(house)
            post = await reader.next()

        assert (post.name, post.id) == ("post", "2")
        page = TestClient(app, ORIGIN).get(f"/en/t/{THREAD}/live").text
        assert post.data in page
        assert "<strong>Upstream.</strong>" in post.data

    run(story)


def test_waiting_post_does_not_arrive(app: FastAPI, house: House) -> None:
    """Posts appear with the tick alone, so that a stream tells nothing of when they were written."""

    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            submit(house, answer("still waiting"))
            tick(house)
            submit(house, factories.erasure(AVA, OPENING))
            event = await reader.next()

        assert 'id="p1"' in event.data
        assert "still waiting" not in event.data

    run(story)


def test_reader_who_comes_again_gets_what_came_meanwhile(app: FastAPI, house: House) -> None:
    publish(house, answer("two"))
    publish(house, answer("three"))

    async def story() -> None:
        async with following(app, EVENTS, headers=[("last-event-id", "2")]) as reader:
            await settled(reader)
            post = await reader.next()

        assert post.id == "3"
        assert "three" in post.data

    run(story)


def test_reader_who_comes_again_gets_back_what_was_hidden_meanwhile_no_more(
    app: FastAPI, house: House
) -> None:
    raw = answer("given back")
    publish(house, raw)
    digest = factories.digest_of(raw)
    with house.db.write() as work:
        forum.hide_post(work, forum.get_post(work, digest), act=b"a" * 32, rule="spam")
    with house.db.write() as work:
        forum.give_post_back(work, forum.get_post(work, digest))

    async def story() -> None:
        async with following(app, f"/en/t/{THREAD}/events?first=1&since=2") as reader:
            await settled(reader)
            post = await reader.next()

        assert 'id="p2"' in post.data
        assert "given back" in post.data

    run(story)


@pytest.mark.parametrize("last_id", ["", "x", "-1", "٢", "9" * 40, "1e3"])
def test_odd_last_id_counts_as_none(app: FastAPI, house: House, last_id: str) -> None:
    publish(house, answer("two"))

    async def story() -> None:
        async with following(app, EVENTS, headers=[("last-event-id", last_id)]) as reader:
            await settled(reader)
            assert (await reader.next()).id == "2"

    # Header bytes of another alphabet arrive as they are.
    run(story)


def test_far_behind_reader_catches_up_in_steps(
    app: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_AT_ONCE", 2)
    for text in ("two", "three", "four"):
        publish(house, answer(text))

    async def story() -> None:
        async with following(app, EVENTS) as reader:
            rest = await reader.rest()
        async with following(app, EVENTS, headers=[("last-event-id", "3")]) as reader:
            await settled(reader)
            last = await reader.next()

        assert "two" in rest
        assert "three" in rest
        assert "four" not in rest
        assert "four" in last.data

    run(story)


def test_erasure_reaches_open_streams_at_once(app: FastAPI, house: House) -> None:
    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            submit(house, factories.erasure(AVA, OPENING))
            event = await reader.next()

        assert (event.name, event.id) == ("post", "")
        assert 'id="p1"' in event.data
        assert "erased this post" in event.data
        assert "Where does it go?" not in event.data

    run(story)


def test_erasure_that_a_reader_missed_is_told_when_it_comes_again(
    app: FastAPI, house: House
) -> None:
    publish(house, answer("two"))
    submit(house, factories.erasure(AVA, OPENING))

    async def story() -> None:
        path = f"/en/t/{THREAD}/events?first=1&since=1"
        async with following(app, path, headers=[("last-event-id", "2")]) as reader:
            await settled(reader)
            assert "erased this post" in (await reader.next()).data

    run(story)


def test_revision_takes_the_place_of_its_post(app: FastAPI, house: House) -> None:
    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            submit(house, factories.update(AVA, OPENING, text="Where does it come from?"))
            release(house)
            event = await reader.next()

        assert event.id == ""
        assert 'id="p1"' in event.data
        assert "Where does it come from?" in event.data

    run(story)


def test_closing_a_thread_is_told(app: FastAPI, house: House) -> None:
    async def story() -> None:
        async with following(app, EVENTS) as reader:
            assert (await reader.until("state")).data == "open"
            home = house.keys["instance"]
            submit(house, factories.mark(OPENING, home=home, state="locked"))
            assert (await reader.until("state")).data == "locked"

    run(story)


def test_follower_of_a_closed_thread_hears_so(app: FastAPI, house: House) -> None:
    home = house.keys["instance"]
    submit(house, factories.mark(OPENING, home=home, state="archived"))

    async def story() -> None:
        async with following(app, EVENTS) as reader:
            assert (await reader.until("state")).data == "archived"

    run(story)


def test_each_language_has_its_own_words(app: FastAPI, house: House) -> None:
    async def story() -> None:
        persian = EVENTS.replace("/en/", "/fa/")
        async with following(app, EVENTS) as here, following(app, persian) as there:
            await settled(here)
            await settled(there)
            submit(house, factories.erasure(AVA, OPENING))
            english, other = await here.next(), await there.next()

        assert "erased this post" in english.data
        assert "erased this post" not in other.data
        assert 'id="p1"' in other.data

    run(story)


def test_what_another_process_did_is_found_by_the_size_of_the_log(
    app: FastAPI, house: House
) -> None:
    """Its commits call nobody here; the one look at the log finds them, and wakes every reader."""
    set_pace(app, poll_s=0.02)
    other = open_at(house.settings.data, house.clock)

    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            submit(other, answer())
            release(other)
            assert "Upstream." in (await reader.next()).data
            submit(other, factories.erasure(AVA, OPENING))
            assert "erased this post" in (await reader.next()).data

    run(story)
    other.db.close()


def test_many_readers_share_each_look_and_each_rendering(
    app: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[object] = []
    glance = live.glance

    def look(work: Work, thread_id: str) -> Glance:
        looks.append(thread_id)
        return glance(work, thread_id)

    monkeypatch.setattr(live, "glance", look)

    async def story() -> None:
        async with AsyncExitStack() as stack:
            readers = [await stack.enter_async_context(following(app, EVENTS)) for _ in range(20)]
            for reader in readers:
                await settled(reader)
            submit(house, answer())
            release(house)
            told = [await reader.next() for reader in readers]
        assert all(event == told[0] for event in told)

    run(story)
    assert len(looks) < 10


def test_one_reader_too_many_is_told_to_wait(app: FastAPI) -> None:
    set_pace(app, most_streams=1)

    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            async with following(app, EVENTS) as other:
                text = await other.rest()
            assert other.status == 503
            assert int(other.headers["retry-after"]) > 0
            assert text
        async with following(app, EVENTS) as again:
            await settled(again)

    run(story)
    assert app.state.site.streams.count == 0


def test_crowd_is_explained_in_the_readers_language(app: FastAPI) -> None:
    set_pace(app, most_streams=0)

    refused = TestClient(app, ORIGIN).get(EVENTS)

    assert "Open the thread itself" in refused.text


def test_reader_who_falls_behind_is_let_go(app: FastAPI, house: House) -> None:
    """Nothing is kept for a reader who does not read: the channel keeps a few chunks for all."""

    async def story() -> None:
        async with following(app, EVENTS) as quick, following(app, EVENTS, reads=False) as slow:
            await settled(quick)
            for turn in range(CHUNKS_KEPT + 2):
                submit(house, answer(f"answer {turn}"))
                release(house)
                await quick.next()
            slow.may_read.set()
            rest = await slow.rest()

        assert slow.has_ended
        assert "answer 13" not in rest

    run(story)


def test_reader_who_never_reads_is_let_go(app: FastAPI) -> None:
    set_pace(app, stall_s=0.01)

    async def story() -> None:
        async with following(app, EVENTS, reads=False) as stuck:
            await stuck.given_up()
        assert stuck.status == 0
        assert app.state.site.streams.count == 0

    run(story)


def test_more_than_can_be_told_at_once_lets_readers_come_again(
    app: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MOST_AT_ONCE", 2)

    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            submit(house, *(answer(f"answer {turn}") for turn in range(3)))
            release(house)
            assert "answer" not in await reader.rest()

    run(story)


def test_silence_is_broken_by_heartbeats_until_the_stream_ends(app: FastAPI) -> None:
    set_pace(app, heartbeat_s=0.01, life_s=0.05)

    async def story() -> None:
        async with following(app, EVENTS) as reader:
            text = await reader.rest()

        assert reader.has_ended
        assert ": ping\n\n" in text
        assert text.startswith("retry: ")

    run(story)


def test_stopping_server_ends_every_stream_and_begins_no_other(app: FastAPI) -> None:
    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            app.state.site.streams.close()
            await reader.rest()
            async with following(app, EVENTS) as late:
                await late.rest()
        assert reader.has_ended
        assert late.status == 503

    run(story)


def test_broken_database_ends_no_stream(
    app: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_pace(app, poll_s=0.01)
    read = house.db.read
    broken = Event()

    def failing() -> Any:
        broken.set()
        raise OperationalError("SELECT", {}, Exception("gone"))

    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            monkeypatch.setattr(house.db, "read", failing)
            assert await asyncio.to_thread(broken.wait, 5)
            monkeypatch.setattr(house.db, "read", read)
            submit(house, answer())
            release(house)
            assert "Upstream." in (await reader.next()).data

    run(story)


def test_nobody_reads_the_database_when_nobody_follows(app: FastAPI, house: House) -> None:
    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
        await asyncio.sleep(0)
        assert not [task for task in asyncio.all_tasks() if task.get_name() == "streams"]

    run(story)


def test_stream_is_neither_kept_nor_compressed_and_sets_no_cookie(app: FastAPI) -> None:
    async def story() -> None:
        async with following(app, f"/en/t/{THREAD}/events") as reader:
            await settled(reader)

        assert reader.status == 200
        assert reader.headers["content-type"].startswith("text/event-stream")
        assert reader.headers["cache-control"] == "no-store"
        assert reader.headers["x-accel-buffering"] == "no"
        for name in ("content-encoding", "content-length", "set-cookie", "cdn-cache-control"):
            assert name not in reader.headers
        assert "script-src" not in reader.headers["content-security-policy"]

    run(story)


def test_head_of_a_stream_ends_at_once(app: FastAPI) -> None:
    async def story() -> None:
        async with following(app, EVENTS, method="HEAD") as reader:
            assert await reader.rest() == ""
        assert reader.status == 200
        assert reader.headers["content-type"].startswith("text/event-stream")

    run(story)


def test_another_site_gets_no_stream(place: Place, stranger: Visitor) -> None:
    path, app = place.path("/en/t/{thread}/events"), cast("FastAPI", stranger.client.app)

    async def story() -> None:
        for site, status in (("cross-site", 403), ("same-site", 403), ("same-origin", 200)):
            async with following(app, path, headers=[("sec-fetch-site", site)]) as reader:
                assert await reader.answer() == status

    run(story)


@pytest.mark.parametrize(
    "path",
    [
        "/en/t/00000000000000000000/events",
        "/en/t/00000000000000000000/live",
        "/en/t/00000000000000000000/live/1",
        "/xx/t/{thread}/events",
        "/en/t/{thread}/events?since=x",
        "/en/t/{thread}/events?since=-1",
        "/en/t/{thread}/events?first=99999999999",
        "/en/t/{thread}/live/2",
        "/en/t/{thread}/live/-1",
        "/en/t/{thread}/live/x",
        "/en/t/{thread}/live/1/moving",
    ],
)
def test_odd_address_is_not_found(place: Place, stranger: Visitor, path: str) -> None:
    app = cast("FastAPI", stranger.client.app)

    async def story() -> None:
        async with following(app, place.path(path)) as reader:
            assert await reader.answer() == 404

    run(story)
    assert app.state.site.streams.count == 0


def test_waiting_thread_cannot_be_followed(house: House) -> None:
    submit(house, OPENING)
    client = TestClient(create_app(house, ORIGIN), ORIGIN)

    assert client.get(EVENTS).status_code == 404
    assert client.get(f"/en/t/{THREAD}/live").status_code == 404


def test_live_page_alone_may_run_its_script(place: Place, stranger: Visitor) -> None:
    page = stranger.get(place.path("/t/{thread}/live"))
    policy = page.headers["content-security-policy"]

    assert page.text.count("<script") == 1
    assert "/live.js" in page.text
    for part in ("script-src 'self'", "connect-src 'self'", "trusted-types live"):
        assert part in policy
    for path in ("/t/{thread}", "/join", "/t/{thread}/live/1"):
        other = stranger.get(place.path(path)).headers["content-security-policy"]
        assert "connect-src" not in other
        assert "trusted-types live" not in other


def test_thread_page_leads_to_the_live_one_and_carries_no_script(
    place: Place, stranger: Visitor
) -> None:
    page = stranger.get(place.path("/t/{thread}"))

    assert place.path('href="/en/t/{thread}/live"') in page.text
    assert "<script" not in page.text
    assert "script-src" not in page.headers["content-security-policy"]


def test_frame_may_stand_in_our_own_pages_and_nothing_else_may(
    place: Place, stranger: Visitor
) -> None:
    frame = stranger.get(place.path("/t/{thread}/live/1"))

    assert frame.headers["x-frame-options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in frame.headers["content-security-policy"]
    assert "<script" not in frame.text
    for path in ("/t/{thread}", "/t/{thread}/live"):
        page = stranger.get(place.path(path))
        assert page.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_frame_loads_itself_anew_unless_the_reader_keeps_it_still(
    place: Place, stranger: Visitor
) -> None:
    moving, still = (
        stranger.get(place.path(path))
        for path in ("/t/{thread}/live/1", "/t/{thread}/live/1/still")
    )

    again = place.path("1;url=/en/t/{thread}/live/1?after=")
    assert re.fullmatch(re.escape(again) + "[0-9a-f]{16}", moving.headers["refresh"])
    assert place.path('href="/en/t/{thread}/live/1/still"') in moving.text
    assert "refresh" not in still.headers
    assert "http-equiv" not in moving.text + still.text
    assert place.path('href="/en/t/{thread}/live/1"') in still.text


def test_frame_shows_what_is_newer_than_its_page_newest_first(app: FastAPI, house: House) -> None:
    client = TestClient(app, ORIGIN)
    path = f"/en/t/{THREAD}/live/1"
    assert "Where does it go?" not in client.get(path).text
    for text in ("from the well", "from the river"):
        publish(house, answer(text))

    page = client.get(path).text

    assert page.index("from the river") < page.index("from the well")
    assert "Where does it go?" not in page


def test_frame_forgets_what_is_erased(app: FastAPI, house: House) -> None:
    client = TestClient(app, ORIGIN)
    reply = answer("a needle")
    publish(house, reply)
    paths = [f"/en/t/{THREAD}/live/1", f"/en/t/{THREAD}/live"]
    assert all("a needle" in client.get(path).text for path in paths)

    submit(house, factories.erasure(BABAK, reply))

    assert not [path for path in paths if "a needle" in client.get(path).text]


def test_follower_does_not_touch_the_cached_page(app: FastAPI) -> None:
    """The thread page is the same bytes whoever follows, and still comes from the cache."""
    client = TestClient(app, ORIGIN)
    before = client.get(f"/en/t/{THREAD}", headers={"Accept-Encoding": "gzip"})

    async def story() -> None:
        async with following(app, EVENTS) as reader:
            await settled(reader)
            assert_same(before, await page_of(app))

    run(story)


def assert_same(before: Any, after: Follower) -> None:
    """Check that a page is the one that was kept."""
    assert after.status == before.status_code
    assert after.headers == dict(before.headers)


async def page_of(app: FastAPI) -> Follower:
    """Return the thread page as the cache answers it."""
    async with following(app, f"/en/t/{THREAD}") as page:
        assert await page.rest()
    return page


def test_context_arrives_with_its_post_when_it_is_shown_and_goes_again(
    app: FastAPI, house: House
) -> None:
    note = context(BABAK, OPENING, board=factories.SQUARE)
    publish(house, note)

    async def story() -> None:
        async with following(app, f"/en/t/{THREAD}/events?first=1&since=2") as reader:
            await settled(reader)
            assert "dammed above" not in (await reader.next()).data
            say_beside(house, stands=True, note=note)
            shown = await reader.next()
            say_beside(house, stands=False, note=note)
            gone = await reader.next()

        assert 'id="p1"' in shown.data
        assert "dammed above" in shown.data
        assert not shown.id, "the reader's place stays where it is"
        assert 'id="p1"' in gone.data
        assert "dammed above" not in gone.data

    run(story)


def test_context_stands_on_the_live_page_and_in_its_frame(app: FastAPI, house: House) -> None:
    note = context(BABAK, OPENING, board=factories.SQUARE)
    publish(house, note)
    client = TestClient(app, ORIGIN)
    pages = [f"/en/t/{THREAD}/live", f"/en/t/{THREAD}/live/0"]
    before = [client.get(page).text for page in pages]

    say_beside(house, stands=True, note=note)

    assert not [page for page in before if "dammed above" in page]
    assert [page for page in pages if "dammed above" in client.get(page).text] == pages
