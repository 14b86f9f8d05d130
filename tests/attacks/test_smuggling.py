"""Requests as no browser writes them, byte by byte, to each listener: one request never becomes two."""

import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest

from tests.faults.host import find_port, running_host

pytestmark = pytest.mark.slow

_SILENCE_S: Final = 0.5
_HIDDEN: Final = "GET /healthz HTTP/1.1\r\nHost: {host}\r\n\r\n"
_CHUNKS: Final = "0\r\n\r\n" + _HIDDEN
LISTENERS = {"web": "/en/settings", "staff": "/metrics"}


def post(*headers: str, body: str = _HIDDEN) -> str:
    """Return a POST whose body is another request to whoever takes it for one."""
    lines = "".join(f"{header}\r\n" for header in ("Host: {host}", *headers))
    return f"POST {{path}} HTTP/1.1\r\n{lines}\r\n{body}"


def get(line: str, *headers: str) -> str:
    """Return a request without a body."""
    return line + "\r\n" + "".join(f"{header}\r\n" for header in headers) + "\r\n"


OWN = "Host: {host}"
# What is sent and how it is answered, by either listener: once, and nothing more is read after it.
REQUESTS: Final[dict[str, tuple[Any, ...]]] = {
    "a length and chunks": (post("Content-Length: 5", "Transfer-Encoding: chunked", body=_CHUNKS), 400),
    "chunks and a length": (post("Transfer-Encoding: chunked", "Content-Length: 4", body=_CHUNKS), 400),
    "chunks and no length": (post("Transfer-Encoding: chunked", "Content-Length: 0", body=_CHUNKS), 400),
    "two lengths": (post("Content-Length: 0", "Content-Length: 9"), 400),
    "two lengths, the longer first": (post("Content-Length: 9", "Content-Length: 0"), 400),
    "a list of lengths": (post("Content-Length: 0, 9"), 400),
    "a length with a sign": (post("Content-Length: +0"), 400),
    "a length below nought": (post("Content-Length: -1"), 400),
    "a length in hexadecimal": (post("Content-Length: 0x0"), 400),
    "a length with an underscore": (post("Content-Length: 1_0"), 400),
    "a length of words": (post("Content-Length: none"), 400),
    "a length in other digits": (post("Content-Length: \u0660"), 400),
    "another coding": (post("Transfer-Encoding: xchunked", body=_CHUNKS), 400),
    "two codings": (post("Transfer-Encoding: chunked", "Transfer-Encoding: identity", body=_CHUNKS), 400),
    "a list of codings": (post("Transfer-Encoding: gzip, chunked", body=_CHUNKS), 400),
    "chunked twice": (post("Transfer-Encoding: chunked, chunked", body=_CHUNKS), 400),
    "a coding with a tab in it": (post("Transfer-Encoding: \x0bchunked", body=_CHUNKS), 400),
    "a space before the colon": (post("Transfer-Encoding : chunked", body=_CHUNKS), 400),
    "a tab before the colon": (post("Content-Length\t: 9"), 400),
    "a header that goes on": (post("X: y", "\tTransfer-Encoding: chunked", body=""), 400, 405),
    "a header without a colon": (post("Transfer-Encoding chunked", body=_CHUNKS), 400),
    "a header without a name": (post(": chunked", body=_CHUNKS), 400),
    "a chunk below nought": (post("Transfer-Encoding: chunked", body="-1\r\n" + _HIDDEN), 400),
    "a chunk with a line end in it": (post("Transfer-Encoding: chunked", body="1;x\nx\r\n" + _CHUNKS), 400),
    "a chunk of words": (post("Transfer-Encoding: chunked", body="x\r\n" + _HIDDEN), 400),
    "chunks before they were there": (
        "POST {path} HTTP/1.0\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\n" + _CHUNKS, 400, 405,
    ),
    "a nul in a header": (get("GET /healthz HTTP/1.1", OWN, "X: a\0b"), 400),
    "a bare carriage return": (get("GET /healthz HTTP/1.1", OWN, "X: a\rHost: evil.example"), 400),
    "two hosts": (get("GET /healthz HTTP/1.1", OWN, "Host: evil.example"), 400),
    "one host twice": (get("GET /healthz HTTP/1.1", OWN, OWN), 400),
    "no host": (get("GET /healthz HTTP/1.1"), 400),
    "no host, as of old": (get("GET /healthz HTTP/1.0"), 421),
    "another host": (get("GET /healthz HTTP/1.1", "Host: evil.example"), 421),
    "a host with a name": (get("GET /healthz HTTP/1.1", "Host: me@{host}"), 421),
    "an address with a host": (get("GET http://evil.example/healthz HTTP/1.1", OWN), 400),
    "an address with our host": (get("GET http://{host}/healthz HTTP/1.1", "Host: evil.example"), 421),
    "a tunnel": (get("CONNECT evil.example:443 HTTP/1.1", OWN), 400),
    "no address": (get("OPTIONS * HTTP/1.1", OWN), 400),
    "two spaces": (get("GET  /healthz HTTP/1.1", OWN), 400),
    "a space in the address": (get("GET /healthz /x HTTP/1.1", OWN), 400),
    "another protocol": (get("GET /healthz SPDY/1.1", OWN), 400),
    "a method in two lines": (get("GET\r\n /healthz HTTP/1.1", OWN), 400),
    "an echo": (get("TRACE {path} HTTP/1.1", OWN, "Cookie: s=secret-cookie"), 405),
    "a web socket": (
        get("GET {path} HTTP/1.1", OWN, "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="), 403,
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def answers(
    template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[tuple[str, str], bytes]]:
    """What a real server answers to each of them, at each of its listeners."""
    data = tmp_path_factory.mktemp("smuggling") / "instance"
    shutil.copytree(template, data)
    staff = f"127.0.0.1:{find_port()}"
    with running_host(data, staff=staff) as host:
        hosts = {"web": host.address, "staff": staff}
        asked = [(listener, name) for listener in LISTENERS for name in REQUESTS]

        def ask(one: tuple[str, str]) -> bytes:
            listener, name = one
            said = {"{host}": hosts[listener], "{path}": LISTENERS[listener]}
            raw = REQUESTS[name][0]
            for word, value in said.items():
                raw = raw.replace(word, value)
            return exchange(hosts[listener], raw.encode())

        with ThreadPoolExecutor(8) as pool:
            yield dict(zip(asked, pool.map(ask, asked), strict=True))


def exchange(address: str, raw: bytes) -> bytes:
    """Send bytes and return all that comes back until nothing more does."""
    host, _, port = address.rpartition(":")
    found = b""
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(raw)
        try:
            while more := connection.recv(65536):
                found += more
                connection.settimeout(_SILENCE_S)
        except (TimeoutError, ConnectionResetError):
            pass
    return found


@pytest.mark.parametrize("listener", LISTENERS)
@pytest.mark.parametrize("name", REQUESTS)
def test_request_is_answered_once(
    answers: dict[tuple[str, str], bytes], listener: str, name: str
) -> None:
    found = answers[listener, name]

    assert found.count(b"HTTP/1.1 ") == 1, found
    assert int(found[9:12]) in REQUESTS[name][1:]
    assert b"\r\n\r\nok\n" not in found
    assert b"evil" not in found
    assert b"secret-cookie" not in found
