"""The way out: what another host answers with, however it behaves, ends within bounds."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import count
from threading import Thread

import pytest
from app.kernel.errors import TooLargeError, UnavailableError
from app.onion import WayOut
from app.web import outbound

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class Asked(BaseHTTPRequestHandler):
    """A request that came, and what it began with."""

    given: bytes


@contextmanager
def answering(answer: Callable[[Asked], None]) -> Iterator[str]:
    """Listen for one request, and answer it so."""

    class Other(Asked):
        def do_POST(self) -> None:
            self.given = self.rfile.read(4)
            with suppress(OSError):
                answer(self)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = Thread(target=server.handle_request)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        thread.join()


def ask(url: str) -> outbound.Received:
    """Send something."""
    return outbound.exchange("POST", url, b"body", media_type="text/plain", within_s=10)


def begin(other: BaseHTTPRequestHandler, status: int = 200, **headers: str) -> None:
    """Send the start of an answer."""
    other.send_response(status)
    for name, value in headers.items():
        other.send_header(name.replace("_", "-"), value)
    other.end_headers()


def test_answer_comes_whole_with_status_and_type() -> None:
    heard: list[tuple[str, bytes]] = []

    def answer(other: Asked) -> None:
        heard.append((other.headers["Content-Type"], other.given))
        begin(other, 409, Content_Type="text/x.tlog.size")
        other.wfile.write(b"5\n")

    with answering(answer) as url:
        received = ask(url)

    assert received == outbound.Received(status=409, media_type="text/x.tlog.size", body=b"5\n")
    assert heard == [("text/plain", b"body")]


def test_no_redirect_is_followed() -> None:
    with answering(lambda other: begin(other, 302, Location="http://127.0.0.1:1/")) as url:
        assert ask(url).status == 302


def test_answer_that_drips_ends_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every piece comes soon enough; all of them together would take for ever."""
    clock = count()
    monkeypatch.setattr(outbound, "monotonic", lambda: float(next(clock)))

    def drip(other: BaseHTTPRequestHandler) -> None:
        begin(other)
        for _ in range(200):
            other.wfile.write(bytes(8192))
            other.wfile.flush()

    with answering(drip) as url, pytest.raises(UnavailableError, match="in time"):
        ask(url)


def test_whole_answer_has_half_a_minute_and_over_tor_two_minutes() -> None:
    """The bar's 30 s (SECURITY.md D3); a log over Tor has needed more."""
    assert outbound.most_s(None) <= 30
    assert outbound.most_s(WayOut(socks="unix:/x", hosts=frozenset())) == 120


def test_endless_answer_is_cut_off() -> None:
    def answer(other: BaseHTTPRequestHandler) -> None:
        begin(other)
        for _ in range(2 * outbound.MAX_ANSWER_BYTES // 65_536):
            other.wfile.write(bytes(65_536))

    with answering(answer) as url, pytest.raises(TooLargeError):
        ask(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "http://[", "ftp://127.0.0.1/", ""])
def test_what_cannot_be_reached_is_said_to_be_so(url: str) -> None:
    with pytest.raises(UnavailableError):
        ask(url)
