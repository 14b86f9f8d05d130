"""Frames held open: who has no scripts waits for what is new, and one page is made for all."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import pytest
from app.forum.routes import live as routes
from app.forum.service import live
from app.main import create_app
from app.web import holding
from app.web.listener import CIRCUIT, Entry, Kind, web_listener
from app.web.places import REQUESTS_AT_MOST, Places, leave_place
from app.web.server import CONNECTIONS_AT_MOST, DESCRIPTORS
from app.web.streams import WAITING_AT_MOST
from app.wiring import House
from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from tests import factories
from tests.houses import publish, submit
from tests.visitor import ORIGIN
from tests.web.following import Follower, following, settled

pytestmark = pytest.mark.slow

AVA, BABAK = factories.person("Ava"), factories.person("Babak")
OPENING = factories.note(AVA, title="Water", text="Where does it go?")
BASE = f"/en/t/{factories.digest_of(OPENING).hex()[:20]}"
FRAME = f"{BASE}/live/1"
_CROWD = 12


@pytest.fixture
def app(house: House) -> FastAPI:
    """The forum, with a thread of one post."""
    publish(house, OPENING)
    return create_app(house, ORIGIN)


def run(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(story())


def set_most(app: FastAPI, most: int) -> None:
    streams = app.state.site.streams
    streams.pace = replace(streams.pace, most_streams=most)


async def next_of(app: FastAPI, path: str = FRAME) -> str:
    """Return where a frame goes on."""
    async with following(app, path) as frame:
        await frame.rest()
    assert frame.status == 200
    return frame.headers["refresh"].partition(";url=")[2]


async def waiting(app: FastAPI, count: int) -> None:
    """Wait until so many readers do."""
    async with asyncio.timeout(5):
        while app.state.site.streams.count != count:  # noqa: ASYNC110 (it tells nobody)
            await asyncio.sleep(0.01)


def answer(text: str = "Upstream.") -> bytes:
    return factories.note(BABAK, reply_to=OPENING, text=text)


def test_frame_is_answered_once_there_is_something_new(app: FastAPI, house: House) -> None:
    async def story() -> None:
        path = await next_of(app)
        async with following(app, path) as frame:
            await waiting(app, 1)
            assert not frame.status
            publish(house, answer())
            assert "Upstream." in await frame.rest()
        assert frame.headers["refresh"].startswith(f"1;url={FRAME}?after=")
        assert not frame.headers["refresh"].endswith(path)
        # A front may keep the page, and nothing that was held.
        assert "cdn-cache-control" not in frame.headers

    run(story)
    assert app.state.site.streams.count == 0


def test_frame_that_lags_behind_is_answered_at_once(app: FastAPI, house: House) -> None:
    async def story() -> None:
        path = await next_of(app)
        publish(house, answer())
        async with following(app, path) as frame:
            assert "Upstream." in await frame.rest()

    run(story)


def test_erased_words_leave_a_frame_that_is_held(app: FastAPI, house: House) -> None:
    reply = answer("a needle")
    publish(house, reply)

    async def story() -> None:
        path = await next_of(app)
        async with following(app, path) as frame:
            await waiting(app, 1)
            submit(house, factories.erasure(BABAK, reply))
            text = await frame.rest()
        assert text
        assert "a needle" not in text

    run(story)


def test_frame_is_not_held_for_ever(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holding, "HOLD_S", 0.0)

    async def story() -> None:
        path = await next_of(app)
        async with following(app, path) as frame:
            await frame.rest()
        assert frame.headers["refresh"].endswith(path)

    run(story)


def test_one_page_is_made_for_all_who_wait(
    app: FastAPI, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, show = [], routes._frame

    def frame(visit: Any, thread_id: str, since: int, *, is_still: bool) -> Any:
        made.append(thread_id)
        return show(visit, thread_id, since, is_still=is_still)

    monkeypatch.setattr(routes, "_frame", frame)

    async def story() -> None:
        path = await next_of(app)
        made.clear()
        async with following(app, path) as first:
            crowd = [asyncio.create_task(read(app, path)) for _ in range(_CROWD)]
            await waiting(app, _CROWD + 1)
            publish(house, answer())
            told = [await first.rest(), *[await each for each in crowd]]
        assert all("Upstream." in text for text in told)

    run(story)
    assert len(made) == 1


async def read(app: FastAPI, path: str) -> str:
    async with following(app, path) as frame:
        return await frame.rest()


def test_crowd_loads_frames_anew_now_and_then(app: FastAPI) -> None:
    """Nobody is refused: who finds no place to wait in comes again later."""
    set_most(app, 0)

    async def story() -> None:
        path = await next_of(app)
        async with following(app, path) as frame:
            assert await frame.rest()
        assert frame.status == 200
        assert frame.headers["refresh"] == f"5;url={path}"

    run(story)


def test_who_waits_by_one_listener_takes_no_place_of_another(app: FastAPI) -> None:
    set_most(app, 1)
    streams = app.state.site.streams

    async def story() -> None:
        async with following(app, f"{BASE}/events?first=1&since=1") as reader:
            await settled(reader)
            feed = routes.FramedThread(BASE.rpartition("/")[2])
            async with streams.joined(feed, Kind.ONION):
                assert streams.count == 2

    run(story)


def test_readers_who_hold_the_same_share_one_catching_up(
    app: FastAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, catch_up = [], live.catch_up

    def count(work: Any, thread_id: str, first: int, since: int) -> Any:
        read.append((first, since))
        return catch_up(work, thread_id, first, since)

    monkeypatch.setattr(live, "catch_up", count)

    async def story() -> None:
        async with AsyncExitStack() as stack:
            for path in (*[f"{BASE}/events?first=1&since=1"] * _CROWD, f"{BASE}/events?since=0"):
                reader = await stack.enter_async_context(following(app, path))
                await settled(reader)

    run(story)
    assert read == [(1, 1), (1, 0)]


def test_late_reader_is_told_what_came_after_others_caught_up(app: FastAPI, house: House) -> None:
    path = f"{BASE}/events?first=1&since=1"

    async def story() -> None:
        async with following(app, path) as first, AsyncExitStack() as stack:
            await settled(first)
            publish(house, answer())
            await first.until("post")
            late = await stack.enter_async_context(following(app, path))
            assert "Upstream." in (await late.until("post")).data

    run(story)


def test_reader_who_leaves_frees_the_place(app: FastAPI) -> None:
    async def story() -> None:
        path = await next_of(app)
        async with following(app, path) as frame:
            await waiting(app, 1)
            frame.leave()
            await frame.given_up()
        assert not frame.status
        assert app.state.site.streams.count == 0

    run(story)


def test_frame_of_a_thread_that_is_nowhere_says_so(app: FastAPI) -> None:
    path = f"/en/t/{'0' * 20}/live/1?after={'0' * 16}"

    assert TestClient(app, ORIGIN).get(path).status_code == 404
    assert app.state.site.streams.count == 0


def test_frame_that_is_refused_comes_again_inside_its_page(app: FastAPI) -> None:
    app.state.site.circuits.count = lambda _circuit, _now: 1

    async def by_circuit(scope: Scope, receive: Receive, send: Send) -> None:
        scope["state"][CIRCUIT] = 1
        await app(scope, receive, send)

    client = TestClient(Entry(by_circuit, web_listener(ORIGIN)), ORIGIN)
    for path, is_shown in ((FRAME, True), (f"{FRAME}?after={'0' * 16}", True), (BASE, False)):
        answer = client.get(path)
        assert answer.status_code == 429
        assert answer.headers.get("refresh") == ("5" if is_shown else None)
        policy = answer.headers["content-security-policy"]
        assert policy.endswith(f"frame-ancestors '{'self' if is_shown else 'none'}'")
        assert answer.headers["x-frame-options"] == ("SAMEORIGIN" if is_shown else "DENY")


@pytest.mark.parametrize("after", ["", "0", "g" * 16, "0" * 17, "0" * 16 + "&x=1"])
def test_odd_mark_is_not_waited_for(app: FastAPI, after: str) -> None:
    assert TestClient(app, ORIGIN).get(f"{FRAME}?after={after}").status_code == 200


def test_requests_have_bounds_of_their_own_and_who_waits_leaves_theirs() -> None:
    released = asyncio.Event()

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/waits":
            leave_place(scope)
        await released.wait()
        await PlainTextResponse("done")(scope, receive, send)

    places = Places(slow, most=2)

    async def ask(path: str, kind: str = "web") -> Follower:
        listener = replace(web_listener(ORIGIN), kind=Kind(kind))
        async with following(Entry(places, listener), path) as follower:
            await follower.rest()
        return follower

    async def story() -> None:
        waiters = [asyncio.create_task(ask("/waits")) for _ in range(5)]
        await asyncio.sleep(0)
        asked = [asyncio.create_task(ask("/asks")) for _ in range(2)]
        await asyncio.sleep(0.05)
        refused = await ask("/asks")
        assert (refused.status, refused.headers["retry-after"]) == (503, "5")
        other = asyncio.create_task(ask("/asks", "onion"))
        await asyncio.sleep(0.05)
        released.set()
        assert {(await each).status for each in [*waiters, *asked, other]} == {200}
        assert (await ask("/asks")).status == 200

    run(story)


def test_connections_are_enough_for_who_waits_and_who_asks() -> None:
    assert CONNECTIONS_AT_MOST >= REQUESTS_AT_MOST + WAITING_AT_MOST
    # Three listeners, all full.
    assert 3 * CONNECTIONS_AT_MOST < DESCRIPTORS
