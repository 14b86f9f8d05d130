"""Tor's line before a stream: what is read, what is not, and what the application hears of it."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from app.kernel.errors import MalformedError
from app.web import circuits
from app.web.circuits import H11ByCircuit, PatientH11, parse_circuit
from app.web.listener import onion_listener
from app.web.server import Beside, open_beside, open_socket
from starlette.types import Receive, Scope, Send

from tests.listeners.ways import ADDRESS

TOR = b"PROXY TCP6 fc00:dead:beef:4dad::0:32 ::1 50 80"
REQUEST = b"GET /a HTTP/1.1\r\nHost: %s\r\n\r\n" % ADDRESS.encode()
# Each reader of requests, and what a stream begins with for it.
LINES = {H11ByCircuit: TOR + b"\r\n", PatientH11: b""}
GOOD = {
    TOR: 0x32,
    b"PROXY TCP6 fc00:dead:beef:4dad::ffff:ffff ::1 65535 80": 0xFFFFFFFF,
    b"PROXY TCP6 fc00:dead:beef:4dad::1:32 ::1 50 80": 0x10032,
    # As HAProxy writes it again.
    b"PROXY TCP6 fc00:dead:beef:4dad::32 ::1 50 80": 0x32,
    b"PROXY TCP6 fc00:dead:beef:4dad:: ::1 0 80": 0,
}
BAD = [
    b"",
    b"PROXY",
    b"PROXY UNKNOWN",
    b"PROXY TCP4 203.0.113.7 127.0.0.1 50 80",
    b"PROXY TCP6 2001:db8::32 ::1 50 80",
    b"PROXY TCP6 ::1 ::1 50 80",
    b"PROXY TCP6 fc00:dead:beef:4dae::32 ::1 50 80",
    b"PROXY TCP6 fc00:dead:beef:4dad:1::32 ::1 50 80",
    b"PROXY TCP6 fc00:dead:beef:4dad::1:0:32 ::1 50 80",
    b"PROXY TCP6 fc00:dead:beef:4dad::12345 ::1 50 80",
    b"PROXY TCP6 fc00:dead:beef:4dad::32 ::2 50 80",
    b"PROXY TCP6 fc00:dead:beef:4dad::32 ::1 50",
    b"PROXY TCP6 fc00:dead:beef:4dad::32 ::1 50 80 90",
    b"PROXY TCP6 fc00:dead:beef:4dad::32 ::1 500000 80",
    b"PROXY TCP6 FC00:DEAD:BEEF:4DAD::32 ::1 50 80",
    b"PROXY  TCP6 fc00:dead:beef:4dad::32 ::1 50 80",
    b" " + TOR,
    TOR + b" ",
    TOR + b"\n",
    TOR.replace(b" ", b"\t"),
    b"GET / HTTP/1.1",
    b"\r\n\r\n\x00\r\nQUIT\n\x21\x11",
]


@pytest.mark.parametrize(("line", "circuit"), GOOD.items())
def test_line_of_tor_names_its_circuit(line: bytes, circuit: int) -> None:
    assert parse_circuit(line) == circuit


@pytest.mark.parametrize("line", BAD)
def test_any_other_line_names_none(line: bytes) -> None:
    with pytest.raises(MalformedError):
        parse_circuit(line)


async def tell(scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer with what an application can know of who asks."""
    told = f"{scope['state'].get('circuit')} {scope['client']} {scope['state']['listener'].kind}"
    head = [(b"content-length", str(len(told)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": head})
    await send({"type": "http.response.body", "body": told.encode()})


async def ask(path: Path, *pieces: bytes) -> bytes:
    """Send pieces on a connection of its own, and return all that comes back."""
    reader, writer = await asyncio.open_unix_connection(str(path))
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        with suppress(ConnectionError):
            async with asyncio.timeout(5):
                return await reader.read(65_536)
        return b""
    finally:
        writer.close()


async def read_all(reader: asyncio.StreamReader) -> bytes:
    """Return all that comes until the other side ends it, however it does."""
    try:
        return await reader.read()
    except ConnectionError:
        return b""


def served(protocol: type, path: Path, act: Callable[[Path], Any]) -> Any:
    """Serve the application at a path for as long as something is done."""

    async def run() -> Any:
        server: Beside = open_beside(tell, onion_listener(ADDRESS), path, protocol)
        task = asyncio.create_task(server.serve([server.taken]))
        async with asyncio.timeout(5):
            while not server.started:  # noqa: ASYNC110 (uvicorn tells in no other way)
                await asyncio.sleep(0.001)
        try:
            return await act(path)
        finally:
            server.should_exit = True
            await task

    return asyncio.run(run())


@pytest.fixture
def protocol() -> type:
    return H11ByCircuit


pytestmark = pytest.mark.enable_socket


@pytest.mark.slow
def test_application_hears_the_circuit_and_nothing_else(protocol: type, tmp_path: Path) -> None:
    whole = TOR + b"\r\n" + REQUEST

    async def act(path: Path) -> list[bytes]:
        return [
            await ask(path, whole),
            await ask(path, TOR + b"\r\n", REQUEST),
            await ask(path, *(bytes([byte]) for byte in whole)),
            await ask(path, whole + REQUEST),
        ]

    once, apart, bytewise, twice = served(protocol, tmp_path / "onion", act)

    for answer in (once, apart, bytewise):
        assert answer.endswith(b"\r\n\r\n50 None onion")
        assert b"date:" not in answer.lower()
        assert b"server:" not in answer.lower()
    # One line for the stream, not for each request.
    assert twice.count(b"50 None onion") == 2


@pytest.mark.slow
def test_stream_that_begins_otherwise_is_closed_unread(protocol: type, tmp_path: Path) -> None:
    begun = [*(line + b"\r\n" + REQUEST for line in BAD), REQUEST, b"x" * 200, b"PROXY " * 40_000]

    async def act(path: Path) -> list[bytes]:
        return [await ask(path, piece) for piece in begun]

    assert served(protocol, tmp_path / "onion", act) == [b""] * len(begun)


@pytest.mark.slow
def test_silent_stream_is_not_waited_for(
    protocol: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(circuits, "HEAD_S", 0.05)

    async def act(path: Path) -> list[bytes]:
        return [
            await ask(path),
            await ask(path, TOR),
            await ask(path, TOR + b"\r\nGET / HTTP/1.1\r\nHost: x"),
        ]

    assert served(protocol, tmp_path / "onion", act) == [b"", b"", b""]


@pytest.mark.slow
@pytest.mark.parametrize(("reader", "line"), [*LINES.items()])
def test_later_head_is_not_waited_for_either(
    reader: type, line: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However it drips: whoever was answered once is no better than a stranger."""
    monkeypatch.setattr(circuits, "HEAD_S", 0.05)

    async def act(path: Path) -> tuple[bytes, bytes]:
        begun, sink = await asyncio.open_unix_connection(str(path))
        try:
            sink.write(line + REQUEST)
            first = await begun.readuntil(b"onion")
            sink.write(b"GET / HTTP/1.1\r\nX-Slow: ")
            rest = asyncio.create_task(read_all(begun))
            async with asyncio.timeout(5):
                while not rest.done():
                    sink.write(b"x")
                    await asyncio.sleep(0.01)
            return first, rest.result()
        finally:
            sink.close()

    first, rest = served(reader, tmp_path / "onion", act)

    assert first.startswith(b"HTTP/1.1 200")
    assert rest == b""


@pytest.mark.slow
def test_reader_who_reads_on_is_waited_for(
    protocol: type, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One connection, page after page, for longer than a head may take."""
    monkeypatch.setattr(circuits, "HEAD_S", 0.05)

    async def act(path: Path) -> list[bytes]:
        begun, sink = await asyncio.open_unix_connection(str(path))
        sink.write(TOR + b"\r\n")
        answers = []
        for _ in range(8):
            sink.write(REQUEST)
            answers.append(await begun.readuntil(b"onion"))
            await asyncio.sleep(0.02)
        sink.close()
        return answers

    assert len(served(protocol, tmp_path / "onion", act)) == 8


@pytest.mark.slow
def test_socket_is_for_its_owner_and_group(tmp_path: Path) -> None:
    path = tmp_path / "onion"
    path.touch()

    with open_socket(path):
        assert path.stat().st_mode & 0o777 == 0o660
