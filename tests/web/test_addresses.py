"""Another host's published files by its address: what comes of another type is none of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from app.web.addresses import Address, NetworkError, RefusedError

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

PORTAL = b"<!doctype html><title>Welcome to our network</title>"


@contextmanager
def serving(status: int, media_type: str | None, body: bytes = b"one,two\r\n") -> Iterator[Address]:
    """Answer every question so."""

    class Other(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            if media_type is not None:
                self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Other) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        with Address(f"http://127.0.0.1:{server.server_port}/") as address:
            yield address
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "media_type",
    ["text/csv", "text/csv; charset=utf-8; header=present", "text/plain", "application/json",
     "application/activity+json", "application/octet-stream", None],
)  # fmt: skip
def test_file_comes_as_any_type_that_servers_give_it(media_type: str | None) -> None:
    with serving(200, media_type) as address:
        assert address.read("listening/table.csv", 100) == b"one,two\r\n"


@pytest.mark.parametrize(
    "media_type",
    ["text/html", "text/html; charset=utf-8", "application/xhtml+xml", "text/csvs", "text/markdown",
     "image/png", "application/zip", "text/javascript"],
)  # fmt: skip
def test_other_type_is_refused(media_type: str) -> None:
    with serving(200, media_type) as address, pytest.raises(RefusedError, match="another type"):
        address.read("listening/table.csv", 100)


def test_web_page_in_between_is_neither_a_file_nor_a_missing_one() -> None:
    """What a hotel or a censor shows for every address, as if the host had said it."""
    with serving(200, "text/html", PORTAL) as address, pytest.raises(RefusedError):
        address.read("records/00", 1000)
    with serving(302, "text/html", PORTAL) as address, pytest.raises(RefusedError, match="elsewh"):
        address.read("records/00", 1000)
    with serving(404, "text/html", PORTAL) as address:
        assert address.read("records/00", 1000) is None


def test_file_that_is_longer_than_it_may_be_is_refused() -> None:
    with serving(200, "text/csv", bytes(101)) as address, pytest.raises(RefusedError):
        address.read("listening/table.csv", 100)


def test_nobody_at_the_address_is_no_refusal() -> None:
    with Address("http://127.0.0.1:1") as address, pytest.raises(NetworkError):
        address.read("listening/table.csv", 100)
