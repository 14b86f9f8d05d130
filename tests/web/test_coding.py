"""Answers travel in the coding that their reader likes best, and not at all if it has them."""

import gzip
import re

import brotli
import pytest
from app.web.coding import choose_coding, etag_of, is_known
from app.wiring import House
from starlette.testclient import TestClient

from tests import factories
from tests.factories import digest_of
from tests.houses import publish, submit
from tests.visitor import app_of

OFFERED = ("br", "gzip")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", "identity"),
        ("gzip", "gzip"),
        ("gzip, deflate", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5, gzip", "gzip"),
        ("BR", "br"),
        ("br;q=0, gzip;q=0", "identity"),
        ("br;q=nonsense, gzip", "gzip"),
        ("*", "br"),
        ("*, br;q=0", "gzip"),
        ("identity", "identity"),
        ("xgzip, brotli", "identity"),
    ],
)
def test_coding_is_the_one_that_the_reader_likes_best(accepted: str, coding: str) -> None:
    assert choose_coding(accepted.encode(), OFFERED) == coding


def test_listener_offers_what_it_offers() -> None:
    assert choose_coding(b"gzip, br", ("gzip",)) == "gzip"


@pytest.mark.parametrize(
    ("asked", "known"),
    [("x", False), ('"a"', True), ('W/"a"', True), ('"b", W/"a"', True), ("*", True), ("a", False)],
)
def test_tag_is_known_in_any_list_that_names_it(asked: str, *, known: bool) -> None:
    assert is_known('W/"a"', asked) is known


@pytest.mark.parametrize("cookie", [{}, {"cookie": "theme=dark"}])
def test_page_is_the_same_in_every_coding(client: TestClient, cookie: dict[str, str]) -> None:
    plain = _get_raw(client, "/en/boards", "identity", cookie)
    decoders = {"gzip": gzip.decompress, "br": brotli.decompress}
    # Twice, so that an answer from the cache is among them.
    for coding in ("gzip", "br", "gzip", "br"):
        body, headers = _get_raw(client, "/en/boards", coding, cookie)
        assert headers["content-encoding"] == coding
        assert int(headers["content-length"]) == len(body)
        assert "Accept-Encoding" in headers["vary"]
        assert _unmasked(decoders[coding](body)) == _unmasked(plain[0])
    assert "content-encoding" not in plain[1]
    assert "Accept-Encoding" in plain[1]["vary"]


def test_shared_caches_hear_that_a_cookie_gives_another_page(client: TestClient) -> None:
    assert "Cookie" in client.get("/en/boards").headers["vary"]


def test_whoever_has_a_feed_gets_nothing_again_until_it_changes(
    house: House, client: TestClient
) -> None:
    ava = factories.person("Ava")
    opening = factories.note(ava)
    publish(house, opening)
    # Made anew, then from the cache.
    feeds = [client.get("/en/b/square/feed.atom") for _ in range(2)]
    for first in feeds:
        again = client.get(
            "/en/b/square/feed.atom", headers={"if-none-match": first.headers["etag"]}
        )
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["vary"] == first.headers["vary"]

    submit(house, factories.erasure(ava, opening))
    changed = client.get(
        "/en/b/square/feed.atom", headers={"if-none-match": feeds[0].headers["etag"]}
    )

    assert changed.status_code == 200


def test_record_and_static_files_have_a_tag(house: House, client: TestClient) -> None:
    opening = factories.note(factories.person("Ava"))
    publish(house, opening)
    for path in (
        f"/records/{digest_of(opening).hex()}",
        app_of(client).state.site.static.path("goftogu.css"),
    ):
        first = client.get(path)
        again = client.get(path, headers={"if-none-match": first.headers["etag"]})
        assert first.status_code == 200
        assert first.headers["etag"] == etag_of(first.content)
        assert (again.status_code, again.content) == (304, b"")


def test_static_file_travels_compressed(client: TestClient) -> None:
    path = app_of(client).state.site.static.path("goftogu.css")
    plain, _ = _get_raw(client, path, "identity", {})
    packed, headers = _get_raw(client, path, "gzip, br", {})

    assert headers["content-encoding"] == "br"
    assert brotli.decompress(packed) == plain
    assert len(packed) < len(plain) / 3


def _get_raw(
    client: TestClient, path: str, coding: str, cookie: dict[str, str]
) -> tuple[bytes, dict[str, str]]:
    """Return the bytes on the wire, and the headers."""
    with client.stream("GET", path, headers={"accept-encoding": coding, **cookie}) as answer:
        return b"".join(answer.iter_raw()), dict(answer.headers)


def _unmasked(page: bytes) -> list[bytes]:
    """Return a page without the tokens of its forms: each page has other ones."""
    return [line for line in page.splitlines() if b'name="token"' not in line]


@pytest.mark.parametrize("ranges", [1, 1000])
def test_parts_of_a_file_are_not_made_for_whoever_asks_for_them(
    client: TestClient, ranges: int
) -> None:
    """A thousand overlapping parts of one file cost other servers minutes; ours gives it whole."""
    path = re.findall(r'href="(/static/[^"]+\.css)"', client.get("/en/").text)[0]
    whole = client.get(path)
    asked = "bytes=" + ",".join(f"{n}-{n + 9}" for n in range(ranges))

    answer = client.get(path, headers={"Range": asked})

    assert answer.status_code == 200
    assert answer.content == whole.content
    assert "content-range" not in answer.headers
    assert "accept-ranges" not in answer.headers
