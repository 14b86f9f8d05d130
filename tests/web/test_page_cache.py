"""A page stays until what it is about changes, and not a moment longer."""

import gc
import tracemalloc
from hashlib import shake_256

from app.web.listener import Entry, web_listener
from app.web.markup import render_post
from app.web.page_cache import CachedPage, PageCache, PageCacheMiddleware
from app.web.templating import _Memory
from app.wiring import House
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from tests import factories
from tests.factories import digest_of
from tests.houses import find_post, publish, release, submit


def page(subject: str, body: bytes = b"page") -> CachedPage:
    """Return something to keep."""
    return CachedPage(headers=[], bodies={"identity": body}, subjects=frozenset({subject}))


def thread_path(house: House, opening: bytes) -> str:
    """Return the address of the thread that a post opened."""
    post = find_post(house, opening)
    assert post is not None
    return f"/en/t/{post.thread}"


def test_page_is_forgotten_when_its_subject_changes() -> None:
    cache = PageCache()
    cache.keep((b"/a", b"", "web"), page("thread:1"), cache.changes())
    cache.keep((b"/b", b"", "web"), page("thread:2"), cache.changes())

    cache.forget({"thread:1"})

    assert cache.find((b"/a", b"", "web")) is None
    assert cache.find((b"/b", b"", "web")) is not None


def test_page_begun_before_a_change_is_not_kept() -> None:
    cache = PageCache()
    begun = cache.changes()
    cache.forget({"thread:1"})

    cache.keep((b"/a", b"", "web"), page("thread:1"), begun)

    assert cache.find((b"/a", b"", "web")) is None


def test_memory_is_bounded_and_the_least_asked_for_goes_first() -> None:
    cache = PageCache(most_bytes=3500)
    for name in (b"/a", b"/b"):
        cache.keep((name, b"", "web"), page("x", b"." * 100), cache.changes())
    cache.find((b"/a", b"", "web"))

    cache.keep((b"/c", b"", "web"), page("x", b"." * 100), cache.changes())

    assert cache.find((b"/b", b"", "web")) is None
    assert cache.find((b"/a", b"", "web")) is not None


def test_memory_stays_bounded_whatever_codings_are_asked_for() -> None:
    def show(request: Request) -> Response:
        request.state.subjects = frozenset({"x"})
        return PlainTextResponse(shake_256(request.url.path.encode()).hexdigest(16_000))

    most = 300_000
    cached = PageCacheMiddleware(Starlette(routes=[Route("/{name}", show)]), PageCache(most))
    app = Entry(cached, web_listener("http://testserver"))
    with TestClient(app) as client:
        client.get("/warm")
        tracemalloc.start()
        for number in range(20):
            for coding in ("identity", "gzip", "br"):
                client.get(f"/{number}", headers={"accept-encoding": coding})
        gc.collect()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()

    assert most / 2 < held < most * 1.5


def test_thread_page_shows_an_answer_after_its_tick(house: House, client: TestClient) -> None:
    opening = factories.note(factories.person("Ava"), text="Where is the water?")
    publish(house, opening)
    path = thread_path(house, opening)
    client.get(path)

    submit(house, factories.note(factories.person("Babak"), reply_to=opening, text="Upstream."))
    waiting = client.get(path).text
    release(house)
    released = client.get(path).text

    assert "Upstream." not in waiting
    assert "Upstream." in released


def test_erased_text_leaves_the_cache_at_once(house: House, client: TestClient) -> None:
    ava = factories.person("Ava")
    opening = factories.note(ava, title="A needle", text="A needle in the text.")
    publish(house, opening)
    paths = [
        "/en/",
        "/en/latest",
        "/en/b/square",
        "/en/b/square/feed.atom",
        thread_path(house, opening),
        thread_path(house, opening) + "/print",
        thread_path(house, opening) + ".txt",
        thread_path(house, opening) + "/feed.atom",
        f"/en/p/{digest_of(opening).hex()}",
    ]
    assert all("needle" in client.get(path).text for path in paths)

    submit(house, factories.erasure(ava, opening))

    assert not [path for path in paths if "needle" in client.get(path).text]


def test_erased_text_leaves_the_memory_of_the_renderer(house: House, client: TestClient) -> None:
    ava = factories.person("Ava")
    raw = factories.note(ava, title="Remembered", text="Not for long.")
    publish(house, raw)
    assert "Not for long." in client.get(thread_path(house, raw)).text
    assert [piece for piece in remembered() if "Not for long." in piece]

    submit(house, factories.erasure(ava, raw))

    assert not [piece for piece in remembered() if "Not for long." in piece]
    assert not render_post.cache_info().currsize


def remembered() -> list[str]:
    """Return the letters that the templates of this process remember."""
    memories = [item for item in gc.get_objects() if isinstance(item, _Memory)]
    return [piece for memory in memories for piece in memory._known.values()]


def test_new_name_is_on_cached_pages(house: House, client: TestClient) -> None:
    ava = factories.person("Ava")
    first = factories.card(ava)
    opening = factories.note(ava)
    publish(house, first, opening)
    path = thread_path(house, opening)
    assert "Ava" in client.get(path).text

    submit(house, factories.card(ava, name="Roya", after=first))

    assert "Roya" in client.get(path).text


def test_answer_from_the_cache_is_the_answer_that_was_kept(client: TestClient) -> None:
    first = client.get("/en/boards")
    second = client.get("/en/boards")

    assert second.content == first.content
    assert dict(second.headers) == dict(first.headers)
    assert "set-cookie" not in second.headers
    assert second.headers["cache-control"] == "no-store"
    assert second.headers["cdn-cache-control"] == "public, max-age=10"


def test_reader_with_a_theme_gets_a_page_of_their_own(client: TestClient) -> None:
    client.get("/en/boards")

    page = client.get("/en/boards", headers={"cookie": "theme=dark"})

    assert 'data-theme="dark"' in page.text
    assert "cdn-cache-control" not in page.headers
    assert 'data-theme="dark"' not in client.get("/en/boards").text


def test_address_that_asks_something_else_is_not_kept(house: House, client: TestClient) -> None:
    """It could be asked in endless ways, and each would push out a page that people read."""

    def answered_from_the_cache(path: str) -> int:
        for _ in range(2):
            assert client.get(path).status_code == 200
        return house.db.counters.read().get(("pages", "2xx_cached"), 0)

    assert answered_from_the_cache("/en/boards?page=1") == 1
    assert answered_from_the_cache("/en/boards?water=1") == 1
