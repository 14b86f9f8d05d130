"""What another host answers, however it swells, drips or lies about itself, ends within bounds (SECURITY.md D3).

Each answer is tried by both ways out: straight, and over Tor. Bytes that come are kept as they are: nothing is
unpacked, nothing is followed, and what is read of an answer that refuses is read as a stranger's words.
"""

import gzip
import socket
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from itertools import repeat
from threading import Thread
from time import monotonic

import pytest
from app.onion import WayOut
from app.web import outbound
from app.web.addresses import Address, NetworkError, RefusedError

from tests.web.socks import Stand, standing

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1"])]

MOST = 100_000
# What an answer may cost beside its own bytes, which are bounded by MOST.
_MOST_BYTES = 8 * 1024 * 1024
_MOST_S = 3.0
NAMED = "partner.example"

OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BOMB = gzip.compress(bytes(20_000_000))
DEEP = b"[" * 1_000_000

Pieces = Callable[[], Iterator[bytes]]
WayTo = Callable[[Pieces], AbstractContextManager[tuple[str, WayOut | None]]]


def whole(raw: bytes) -> Pieces:
    return lambda: iter([raw])


def endless(start: bytes, piece: bytes) -> Pieces:
    """Begin so, and go on for ever: as fast as it is taken."""

    def pieces() -> Iterator[bytes]:
        yield start
        yield from repeat(piece * max(1, 16_384 // len(piece)))

    return pieces


def with_length(body: bytes, *lines: bytes, status: bytes = b"200 OK") -> bytes:
    head = [b"HTTP/1.1 " + status, *lines, b"Content-Length: %d" % len(body), b"", b""]
    return b"\r\n".join(head) + body


PLAIN = b"Content-Type: text/plain"
REFUSED: dict[str, Pieces] = {
    "body without end": endless(OK + b"\r\n", b"x" * 1000),
    "length beyond all": endless(OK + b"Content-Length: 1000000000000000\r\n\r\n", b"x"),
    "length that no number has": whole(OK + b"Content-Length: 99999999999999999999999999\r\n\r\nx"),
    "length below nought": whole(OK + b"Content-Length: -1\r\n\r\nx"),
    "two lengths": whole(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx"),
    "shorter than it says": whole(OK + b"Content-Length: 500\r\n\r\nx"),
    "chunks without end": endless(CHUNKED, b"400\r\n" + b"x" * 1024 + b"\r\n"),
    "chunk beyond all": endless(CHUNKED + b"FFFFFFFFFFFFFFF\r\n", b"x"),
    "chunk's length without end": endless(CHUNKED, b"0"),
    "chunk's note without end": endless(CHUNKED + b"1;", b"note"),
    "chunks that are cut off": whole(CHUNKED + b"5\r\nab"),
    "trailers without end": endless(CHUNKED + b"0\r\n", b"X-More: yes\r\n"),
    "chunked and long": whole(OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"),
    "heads without end": endless(OK, b"X-More: yes\r\n"),
    "head of one line": endless(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x"),
    "status without end": endless(b"HTTP/1.1 200 ", b"O"),
    "promises of an answer": endless(b"", b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"),
    "no HTTP": whole(b"SSH-2.0-OpenSSH_9.2p1\r\n"),
    "TLS": whole(b"\x15\x03\x01\x00\x02\x02\x46"),
    "nothing": whole(b""),
    "HTTP/2": whole(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    "packed by gzip": whole(with_length(BOMB, PLAIN, b"Content-Encoding: gzip")),
    "packed by deflate": whole(
        with_length(zlib.compress(bytes(5_000_000)), PLAIN, b"Content-Encoding: deflate")
    ),
    "packed twice": whole(with_length(BOMB, PLAIN, b"Content-Encoding: gzip, gzip")),
    "packed, said below": whole(
        with_length(BOMB, PLAIN, b"Content-Encoding: identity", b"Content-Encoding: gzip")
    ),
    "packed by nobody knows what": whole(with_length(BOMB, PLAIN, b"Content-Encoding: x-quine")),
    "page of somebody between": whole(with_length(b"<html>", b"Content-Type: text/html")),
    "elsewhere, inside": whole(
        with_length(b"", PLAIN, b"Location: http://127.0.0.1:1/", status=b"302 Found")
    ),
    "elsewhere, a file": whole(
        with_length(b"", PLAIN, b"Location: file:///etc/passwd", status=b"307 Moved")
    ),
    "elsewhere, itself": whole(with_length(b"", PLAIN, b"Location: /", status=b"308 Moved")),
    "part of it": whole(with_length(b"x", PLAIN, status=b"206 Partial Content")),
}

# Answers to what was handed in: the words of a refusal are read, and are a stranger's.
HANDED: dict[str, Pieces] = {
    "refusal, deep": whole(with_length(DEEP, PLAIN, status=b"422 No")),
    "refusal, deep within": whole(
        with_length(b'{"code":' + b'{"a":' * 100_000, PLAIN, status=b"422 No")
    ),
    "refusal, one number": whole(with_length(b"1" * 1_000_000, PLAIN, status=b"422 No")),
    "refusal, without end": endless(b"HTTP/1.1 422 No\r\n\r\n", b"x"),
    "refusal, long": whole(
        with_length(
            b'{"code":"x","title":"' + b"a" * 1_000_000 + b'","detail":"b"}',
            PLAIN,
            status=b"422 No",
        )
    ),
    "refusal, signs for a terminal": whole(
        with_length(
            rb'{"code":"x","title":"\u001b]0;owned\u0007\u001b[2J","detail":"\u202e\n\rOK"}',
            PLAIN,
            status=b"422 No",
        )
    ),
    "taken in, packed": whole(with_length(BOMB, PLAIN, b"Content-Encoding: gzip")),
    "taken in, without end": REFUSED["body without end"],
}
CASES = [
    *((name, answer, None) for name, answer in REFUSED.items()),
    *((name, answer, b"{}") for name, answer in HANDED.items()),
]


@contextmanager
def listening(pieces: Pieces) -> Iterator[tuple[str, WayOut | None]]:
    """Answer whoever asks so, each on a connection of its own; nobody is led anywhere but to its port."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    connection.settimeout(5)
                    with connection.makefile("rb") as heard:
                        while heard.readline().strip():
                            pass
                        send(connection, pieces)
                        # What is closed while somebody still speaks is cut off, and not heard.
                        connection.shutdown(socket.SHUT_WR)
                        heard.read()

        thread = Thread(target=serve)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", None
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextmanager
def over_tor(pieces: Pieces) -> Iterator[tuple[str, WayOut | None]]:
    """Answer so behind something that stands for tor."""
    stand: Stand
    with standing(lambda connection: send(connection, pieces)) as stand:
        yield f"http://{NAMED}", WayOut(socks=stand.socks, hosts=frozenset({NAMED}))


def send(connection: socket.socket, pieces: Pieces) -> None:
    for piece in pieces():
        connection.sendall(piece)


def read_from(pieces: Pieces, way_to: WayTo, body: bytes | None) -> bytes:
    with way_to(pieces) as (url, way), Address(url, way) as source:
        found = source.read("checkpoint", MOST) if body is None else source.post("carried", body)
        assert found is not None
        return bytes(found)


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the whole of an answer have less than a second, in place of half a minute or two."""
    monkeypatch.setattr(outbound, "WHOLE_S", 0.4)
    monkeypatch.setattr(outbound, "OVER_TOR_S", 0.4)


@pytest.mark.parametrize("way_to", [listening, over_tor], ids=["straight", "tor"])
@pytest.mark.parametrize(
    ("answer", "body"), [each[1:] for each in CASES], ids=[each[0] for each in CASES]
)
def test_answer_that_swells_is_refused_soon_and_costs_little(
    answer: Pieces, body: bytes | None, way_to: WayTo
) -> None:
    began = monotonic()
    tracemalloc.start()
    try:
        with pytest.raises((NetworkError, RefusedError)) as caught:
            read_from(answer, way_to, body)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert monotonic() - began < _MOST_S
    # To what is handed in 2 MiB are read, and kept until they are understood.
    assert most < _MOST_BYTES + (0 if body is None else 4 * outbound.MAX_ANSWER_BYTES)
    assert len(str(caught.value)) < 700
    assert str(caught.value).isprintable()


def test_packed_bytes_that_nobody_announced_stay_packed() -> None:
    """What is a bomb for whoever unpacks it is 20 kB here."""
    assert read_from(whole(with_length(BOMB, PLAIN)), listening, None) == BOMB
