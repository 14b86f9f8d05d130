"""Event streams of a real server, over real connections."""

import http.client
import time
from contextlib import ExitStack, closing
from urllib.parse import urlsplit

import pytest
from app.wiring import House

from tests import factories
from tests.houses import publish
from tests.journeys.instance import serving

pytestmark = pytest.mark.slow
STOPS_WITHIN_S = 8.0
OPENING = factories.note(factories.person("Ava"))
EVENTS = f"/en/t/{factories.digest_of(OPENING).hex()[:20]}/events?first=1&since=1"


def test_server_with_open_streams_stops_quickly(house: House) -> None:
    publish(house, OPENING)
    with ExitStack() as stack:

        def ask(origin: str, method: str) -> http.client.HTTPResponse:
            connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
            stack.enter_context(closing(connection))
            connection.request(method, EVENTS)
            return stack.enter_context(closing(connection.getresponse()))

        with serving(house.settings.data) as origin:
            head = ask(origin, "HEAD")
            assert head.status == 200
            assert head.read() == b""
            open_streams = [ask(origin, "GET") for _ in range(3)]
            assert all(answer.readline().startswith(b"retry: ") for answer in open_streams)
            begun = time.monotonic()

        # A server that waited for its streams would have been killed, and they broken off.
        assert time.monotonic() - begun < STOPS_WITHIN_S
        assert all(b"event: state" in answer.read() for answer in open_streams)
