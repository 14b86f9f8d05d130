"""Sizes of pages on the onion: few, at a bounded cost, and nothing of what a page says is changed."""

import gzip
import os
import re
import zlib
from dataclasses import replace

import pytest
from app.main import create_app
from app.web.coding import GZIP, IDENTITY, encode, pad
from app.wiring import House
from httpx import Response
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from tests.listeners.ways import ADDRESS, LISTENERS, browsing
from tests.visitor import ORIGIN


@given(st.integers(0, 300_000), st.sampled_from([GZIP, IDENTITY]))
def test_padded_page_says_the_same_at_a_bounded_cost(size: int, coding: str) -> None:
    plain = os.urandom(size)
    body = encode(plain, coding)

    padded = pad(body, coding)

    step = 2_048 if len(padded) <= 16_384 else 4_096 if len(padded) <= 65_536 else 16_384
    assert len(padded) % step == 0
    assert len(padded) - len(body) < step + 6
    if coding == GZIP:
        assert gzip.decompress(padded) == plain
        assert zlib.decompressobj(31).decompress(padded) == plain
    else:
        assert padded.rstrip(b"\n") == plain.rstrip(b"\n")


@pytest.mark.slow
@pytest.mark.parametrize("accepted", ["gzip, deflate", "identity", "br"])
def test_pages_of_a_village_come_in_few_sizes(village: TestClient, accepted: str) -> None:
    paths = ["/fa/", "/fa/boards", "/fa/latest", "/fa/safety", "/en/help", "/fa/status", "/fa/none"]
    with browsing(village.app, LISTENERS["onion"]) as visitor:
        sizes = []
        for path in paths:
            answer = visitor.client.get(path, headers={"Accept-Encoding": accepted})
            assert answer.text.rstrip().endswith("</html>")
            sizes.append(int(answer.headers["content-length"]))

    assert all(size % 2_048 == 0 for size in sizes), sizes


@pytest.mark.slow
def test_page_from_the_cache_has_the_size_of_a_fresh_one(village: TestClient) -> None:
    with browsing(village.app, LISTENERS["onion"]) as visitor:
        first = visitor.client.get("/fr/latest")
        again = visitor.client.get("/fr/latest")

    assert first.headers["content-length"] == again.headers["content-length"]
    assert first.text == again.text


@pytest.mark.slow
def test_clear_web_pays_nothing(village: TestClient) -> None:
    with browsing(village.app, LISTENERS["web"]) as visitor:
        answer = visitor.client.get("/fa/latest", headers={"Accept-Encoding": "gzip"})

    assert int(answer.headers["content-length"]) % 2_048 != 0


@pytest.mark.slow
def test_onion_stays_light(village_house: House) -> None:
    """A first view in 14 kB, twenty Persian posts in 12 kB: filled up, with the address at the foot."""
    app = create_app(village_house, ORIGIN)
    app.state.site = replace(app.state.site, onion=ADDRESS)
    with browsing(app, LISTENERS["onion"]) as visitor:
        threads = {
            thread
            for board in re.findall(r"/fa/b/[\w-]+", visitor.client.get("/fa/boards").text)
            for thread in re.findall(r"/fa/t/\w+", visitor.client.get(board).text)
        }
        longest = max((visitor.client.get(path) for path in threads), key=weight_of)
        front = visitor.client.get("/fa/")
        (stylesheet,) = set(re.findall(r'href="(/static/[^"]*\.css)"', front.text))
        first_view = weight_of(front) + weight_of(visitor.client.get(stylesheet))

    assert longest.text.count("<article") == 20
    assert ADDRESS in longest.text
    assert weight_of(longest) <= 12_000
    assert first_view <= 14_000


def weight_of(answer: Response) -> int:
    """Return what an answer weighs with its headers."""
    headers = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
    return headers + int(answer.headers["content-length"])
