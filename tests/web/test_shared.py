"""Two web processes of one instance over a real Redis: what one changes, the other forgets; limits hold over both; and Redis may die."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from shutil import copytree

import pytest
from app.kernel.clock import FixedClock, Instant
from app.kernel.errors import TooFastError
from app.main import create_app
from app.settings import Settings
from app.web.limits import Bucket
from app.web.page_cache import CachedPage, PageCache
from app.web.site import Site
from app.wiring import House, open_house
from fastapi import FastAPI
from starlette.testclient import TestClient

from tests import factories
from tests.houses import find_post, publish, submit
from tests.visitor import ORIGIN
from tests.web.redis_server import RedisServer, has_redis, running_redis

pytest.importorskip("redis")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not has_redis(), reason="redis-server is not installed"),
]

AVA = factories.person("Ava")
FEW = Bucket("a few", 3, 60)
NEEDLE = "A needle in the text."


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    """A Redis of this module."""
    with running_redis() as server:
        yield server


@pytest.fixture
def redis(server: RedisServer) -> RedisServer:
    """The same, with nothing in it."""
    server.kill()
    server.start()
    return server


@pytest.fixture
def houses(
    template: Path, tmp_path: Path, clock: FixedClock, redis: RedisServer
) -> Iterator[tuple[House, House]]:
    """One instance, opened by two processes' worth of objects."""
    data = tmp_path / "instance"
    copytree(template, data)
    settings = Settings(data=data, database_url="", origin="", redis_url=redis.url)
    first, second = (open_house(settings, clock=clock) for _ in range(2))
    with closing(first), closing(second):
        yield first, second


@pytest.fixture
def clients(houses: tuple[House, House]) -> tuple[TestClient, TestClient]:
    """A browser in front of each, once each hears the other."""
    first, second = (
        TestClient(create_app(house, ORIGIN, is_alone=False), ORIGIN, follow_redirects=False)
        for house in houses
    )
    wait_until(lambda: all(house.shared and house.shared.is_heard for house in houses))
    return first, second


def wait_until(is_so: Callable[[], bool], most_s: float = 5.0) -> float:
    """Return once something is so, with the seconds that it took."""
    begun = time.monotonic()
    while not is_so():
        assert time.monotonic() < begun + most_s
        time.sleep(0.01)
    return time.monotonic() - begun


def site_of(client: TestClient) -> Site:
    """Return the tools of the process behind a browser."""
    assert isinstance(client.app, FastAPI)
    site: Site = client.app.state.site
    return site


def open_thread(house: House) -> tuple[bytes, str]:
    """Publish a post to be erased; return it and its thread's address."""
    raw = factories.note(AVA, title="A needle", text=NEEDLE)
    publish(house, raw)
    post = find_post(house, raw)
    assert post is not None
    return raw, f"/en/t/{post.thread}"


def test_what_one_process_erases_the_other_shows_no_more(
    houses: tuple[House, House], clients: tuple[TestClient, TestClient]
) -> None:
    raw, path = open_thread(houses[0])
    wait_until(lambda: NEEDLE in clients[1].get(path).text)

    submit(houses[0], factories.erasure(AVA, raw))

    # Long before its pages would be too old.
    assert wait_until(lambda: NEEDLE not in clients[1].get(path).text) < 1.5


def test_pages_are_served_without_redis_and_an_erasure_holds_within_seconds(
    houses: tuple[House, House], clients: tuple[TestClient, TestClient], redis: RedisServer
) -> None:
    raw, path = open_thread(houses[0])
    wait_until(lambda: NEEDLE in clients[1].get(path).text)
    redis.kill()
    try:
        assert clients[1].get(path).status_code == 200

        submit(houses[0], factories.erasure(AVA, raw))

        assert clients[0].get(path).text.count(NEEDLE) == 0
        wait_until(lambda: NEEDLE not in clients[1].get(path).text, 10.0)
    finally:
        redis.start()


def test_who_comes_back_forgets_all_that_it_may_have_missed(
    houses: tuple[House, House], clients: tuple[TestClient, TestClient], redis: RedisServer
) -> None:
    shared = houses[1].shared
    assert shared is not None
    redis.kill()
    wait_until(lambda: not shared.is_heard)
    redis.start()

    wait_until(lambda: shared.is_heard)

    raw, path = open_thread(houses[0])
    wait_until(lambda: NEEDLE in clients[1].get(path).text)
    submit(houses[0], factories.erasure(AVA, raw))
    wait_until(lambda: NEEDLE not in clients[1].get(path).text)


def test_limits_hold_over_both(
    houses: tuple[House, House], clients: tuple[TestClient, TestClient]
) -> None:
    first, second = (site_of(client).gate for client in clients)
    now = houses[0].clock.now()

    assert [gate.take(FEW, "k", now) for gate in (first, second, first, second, first)] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert first.room(FEW, "k", now) == second.room(FEW, "k", now) == 0
    assert [gate.take_turn(FEW, now) for gate in (first, second, first)] == [0, 0, 0]
    assert second.take_turn(FEW, now) == first.wait_of_turn(FEW, now) == 60
    second.give_turn_back(FEW)
    assert second.take_turn(FEW, now) == 0
    assert first.take_own_turn(FEW, "k", now) == 0
    assert 0 < second.take_own_turn(FEW, "k", now) <= 60
    first.give_own_turn_back(FEW, "k")
    assert second.take_own_turn(FEW, "k", now) == 0
    first.use_once("challenge", now, until=Instant(now + 60))
    with pytest.raises(TooFastError):
        second.use_once("challenge", now, until=Instant(now + 60))


def test_limits_hold_in_each_process_without_redis(
    houses: tuple[House, House], clients: tuple[TestClient, TestClient], redis: RedisServer
) -> None:
    gate = site_of(clients[0]).gate
    now = houses[0].clock.now()
    assert [gate.take(FEW, "k", now) for _ in range(2)] == [True, True]
    redis.kill()
    try:
        assert [gate.take(FEW, "k", now) for _ in range(2)] == [True, False]
        assert [gate.take_turn(FEW, now) for _ in range(4)] == [0, 0, 0, 60]
    finally:
        redis.start()


def test_form_tokens_are_good_at_both_and_what_redis_holds_names_nobody(
    houses: tuple[House, House], clients: tuple[TestClient, TestClient]
) -> None:
    first, second = (site_of(client) for client in clients)
    first.gate.count(FEW, "did:key:somebody", houses[0].clock.now())

    assert first.form_key == second.form_key
    shared = houses[0].shared
    assert shared is not None
    held = str(shared.client.keys("*"))
    assert "somebody" not in held
    assert "a few" not in held


def test_page_that_is_too_old_is_made_anew() -> None:
    age = [10.0]
    cache = PageCache(most_age_s=lambda: age[0])
    page = CachedPage(
        headers=[], bodies={"identity": b"x"}, subjects=frozenset({"s"}), made_at=time.monotonic()
    )
    cache.keep((b"/a", b"", "web"), page, cache.changes())
    assert cache.find((b"/a", b"", "web")) is page

    age[0] = -1.0

    assert cache.find((b"/a", b"", "web")) is None
