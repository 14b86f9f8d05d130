"""What readers over Tor get: nothing from elsewhere, the address to compare, a way out that is theirs."""

import re
from collections import deque
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from app import wiring
from app.crypto.checksum import checksum_words
from app.federation.bundles.codec import read_bundle
from app.kernel.clock import FixedClock
from app.kernel.errors import MalformedError
from app.main import create_app
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.federation.made import export
from tests.houses import publish, release
from tests.listeners.ways import ADDRESS, LISTENERS, OnListener, browsing
from tests.visitor import ORIGIN
from tests.web.test_headers import require_headers

pytestmark = pytest.mark.slow

# What a browser loads or follows without being asked.
_automatic = re.compile(
    r"<(?:img|script|iframe|frame|embed|source|audio|video|track|input)\b[^>]*?\bsrc=\"([^\"]*)\""
    r"|<link\b[^>]*?\bhref=\"([^\"]*)\"|<object\b[^>]*?\bdata=\"([^\"]*)\"|\bsrcset=\"([^\"]*)\""
    r"|\bposter=\"([^\"]*)\"|<meta\b[^>]*?http-equiv[^>]*?url=([^\"]*)\"|<form\b[^>]*?\baction=\"([^\"]*)\""
    r"|\bmanifest=\"([^\"]*)\"|\bping=\"([^\"]*)\"|<base\b[^>]*?\bhref=\"([^\"]*)\""
)
_in_styles = re.compile(r"url\(\s*[\"']?([^\"')]+)|@import\s+[\"']([^\"']+)")
_links = re.compile(r"<a\b[^>]*?\bhref=\"([^\"]*)\"")
PAGES_AT_MOST = 700


def automatic(origin: str, place: str, body: str) -> set[str]:
    """Return the addresses of other places that a browser would load by itself."""
    found = [*_automatic.findall(body), *_in_styles.findall(body)]
    asked = {urljoin(origin + place, unescape(part)) for parts in found for part in parts if part}
    return {url for url in asked if not url.startswith((origin + "/", "data:"))}


def test_crawler_sees_what_would_be_loaded() -> None:
    bad = [
        '<img alt="" src="https://a.example/x.png">', '<link rel="icon" href="//a.example/x">', '<form action="http://a.example/">',
        "@font-face{src:url(https://a.example/f)}", '<meta http-equiv="refresh" content="0;url=https://a.example/">',
    ]  # fmt: skip
    for page in bad:
        assert automatic("http://x.onion", "/en/", page) != set(), page
    assert automatic("http://x.onion", "/en/", '<form action="/en/x"><link href="data:,">') == set()


def test_crawler_from_the_root_meets_no_other_place(village_house: House) -> None:
    """Every page that can be reached from the front door, in three languages."""
    listener = LISTENERS["onion"]
    app = create_app(village_house, ORIGIN)
    seen, waiting, outside = {"/"}, deque(["/"]), set()
    with browsing(app, listener) as visitor:
        while waiting and len(seen) < PAGES_AT_MOST:
            path = waiting.popleft()
            answer = visitor.client.get(path)
            assert answer.status_code < 400 or answer.status_code == 404, path
            assert "forum.example" not in answer.text
            assert ORIGIN not in answer.text
            leads = [answer.headers.get("location", "/")]
            kind = answer.headers.get("content-type", "")
            if kind.startswith(("text/html", "text/css")):
                assert automatic(listener.origin, path, answer.text) == set(), path
                leads += _links.findall(answer.text)
            for lead in leads:
                url = urlsplit(urljoin(listener.origin + path, unescape(lead)))
                if f"{url.scheme}://{url.netloc}" != listener.origin:
                    outside.add(path)
                    continue
                following = url.path + (f"?{url.query}" if url.query else "")
                is_page = not following.startswith(("/tlog", "/records", "/exit", "/bundles"))
                if following not in seen and is_page:
                    seen.add(following)
                    waiting.append(following)
    assert len(seen) > 100
    # Only the page about leaving may lead to another place.
    assert {path for path in outside if "/leaving?" not in path} == set()


@pytest.fixture
def announced(house: House) -> House:
    wiring.announce_onion(house, ADDRESS)
    return house


@pytest.fixture
def reader(announced: House) -> Iterator[OnListener]:
    with browsing(create_app(announced, ORIGIN), LISTENERS["onion"]) as visitor:
        yield visitor


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
@pytest.mark.parametrize("path", ["/", "/boards", "/safety", "/login", "/nowhere"])
def test_every_page_names_the_address_and_its_words(
    reader: OnListener, language: str, path: str
) -> None:
    page = reader.client.get(f"/{language}{path}").text

    assert page.count(ADDRESS) == 1
    assert " ".join(checksum_words(ADDRESS, language)) in page


def test_receipt_and_status_name_them_too(reader: OnListener) -> None:
    reader.join("Ava")
    digest = reader.open_thread("Water", "Where does it go?")
    words = " ".join(checksum_words(ADDRESS, "en"))

    for path in (f"/receipts/{digest}", "/status"):
        page = reader.get(path).text
        assert ADDRESS in page
        assert words in page


def test_bundle_names_them_too(announced: House) -> None:
    publish(announced, factories.note(factories.person("Ava")))

    page = read_bundle(export(announced)).contents.page.decode()

    assert ADDRESS in page
    assert (
        " ".join(checksum_words(ADDRESS, "fa")) in page
        or " ".join(checksum_words(ADDRESS, "en")) in page
    )


def test_instance_without_an_onion_says_nothing_of_one(client: TestClient) -> None:
    page = client.get("/en/boards")

    assert ".onion" not in page.text
    assert "onion-location" not in page.headers


def test_card_names_the_address_until_it_is_taken_back(house: House, clock: FixedClock) -> None:
    with browsing(create_app(house, ORIGIN), LISTENERS["onion"]) as visitor:

        def card() -> dict[str, object]:
            found: dict[str, object] = visitor.client.get("/.well-known/goftogu").json()
            return found

        first = card()
        wiring.announce_onion(house, ADDRESS)
        wiring.announce_onion(house, ADDRESS)
        named = card()
        wiring.announce_onion(house, "")
        last = card()
    release(house)

    assert "urn:goftogu:onion" not in first
    assert named["urn:goftogu:onion"] == ADDRESS
    assert named["urn:goftogu:sequence"] == 2
    assert named["urn:goftogu:logKey"] == first["urn:goftogu:logKey"]
    assert "urn:goftogu:onion" not in last
    assert last["urn:goftogu:sequence"] == 3


@pytest.mark.parametrize(
    "address", ["example.org", "a.onion", ADDRESS.upper(), ADDRESS + "/", "x" + ADDRESS]
)
def test_what_is_no_v3_address_is_not_announced(house: House, address: str) -> None:
    with pytest.raises(MalformedError):
        wiring.announce_onion(house, address)


def test_feed_and_record_address_are_the_onions_own(announced: House) -> None:
    note = factories.note(factories.person("Ava"))
    publish(announced, note)
    with browsing(create_app(announced, ORIGIN), LISTENERS["onion"]) as visitor:
        feed = visitor.get("/latest/feed.atom")
        post = visitor.get(f"/p/{factories.digest_of(note).hex()}")
        policy = visitor.client.get("/.well-known/goftogu-policy")

    for answer in (feed, post, policy):
        assert ORIGIN not in answer.text
        assert ADDRESS in answer.text


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/fr/boards"), ("HEAD", "/en/"), ("POST", "/en/login"), ("GET", "/exit"),
     ("GET", "/api/v1/boards"), ("GET", "/static/x/goftogu.css")],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["onion", "staff"])
def test_site_that_fetches_onion_pages_for_others_gets_none(
    announced: House, kind: str, method: str, path: str
) -> None:
    with browsing(create_app(announced, ORIGIN), LISTENERS[kind]) as visitor:
        answer = visitor.client.request(method, path, headers={"X-Tor2web": "encrypted"})

    assert answer.status_code == 403
    require_headers(answer)


@pytest.mark.parametrize("language", ["en", "fa", "fr"])
def test_who_comes_by_such_a_site_is_told_why_and_how_to_come(
    announced: House, language: str
) -> None:
    app, path, said = create_app(announced, ORIGIN), f"/{language}/boards", {"x-tor2web": "1"}
    with browsing(app, LISTENERS["onion"]) as visitor, browsing(app, LISTENERS["web"]) as web:
        answer = visitor.client.get(path, headers=said)
        clear = web.client.get(path, headers=said)

    assert clear.status_code == 200, "on the clear web the word means nothing"
    assert "Tor Browser, and open the address" in answer.text
    assert ADDRESS in answer.text
    assert " ".join(checksum_words(ADDRESS, language)) in answer.text
    assert "/b/square" not in answer.text
    main = answer.text.partition("<main")[2].partition("</main>")[0]
    assert ADDRESS in main
    assert f"/{language}/boards" not in main, "every page of this way is closed"
