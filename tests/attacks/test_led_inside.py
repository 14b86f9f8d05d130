"""Whoever holds a partner's name leads this host's requests nowhere inside (SECURITY.md D1)."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import Any

import pytest
from app.kernel.errors import UnavailableError
from app.web import outbound
from app.web.addresses import Address, NetworkError

pytestmark = [pytest.mark.slow, pytest.mark.allow_hosts(["127.0.0.1", "::1"])]

INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.0.1", "100.64.0.1", "169.254.169.254", "224.0.0.1",
    "255.255.255.255", "::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:7f00:1::",
    "fc00::1", "fe80::1%eth0", "ff02::1",
]  # fmt: skip
WRITTEN = [
    "2130706433", "0x7f000001", "0x7f.1", "0177.0.0.1", "017700000001", "127.1", "127.0.1", "0", "①②⑦.⓪.⓪.①", "ⓛocalhost.",
    "localhost.", "partner.example", "xn--partner-.example", "good.example@127.0.0.1.nip.example",
]  # fmt: skip


@pytest.fixture
def asked() -> Iterator[list[Any]]:
    """Listen on the loopback, and keep who came; the port is the first of the list."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        came: list[Any] = [server.getsockname()[1]]

        def listen() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                came.append(connection)
                connection.close()

        Thread(target=listen, daemon=True).start()
        yield came
        server.shutdown(socket.SHUT_RDWR)


def ask(host: str, port: int) -> None:
    with Address(f"http://{host}:{port}") as source, pytest.raises(NetworkError):
        source.read("checkpoint", 100)


@pytest.mark.parametrize("beside", [(), ("93.184.216.34",)])
def test_name_that_leads_inside_is_not_asked(
    asked: list[Any], monkeypatch: pytest.MonkeyPatch, beside: tuple[str, ...]
) -> None:
    with Address(f"http://partner.example:{asked[0]}") as source:
        for inside in INSIDE:
            found = [(0, 0, 6, "", (each, asked[0])) for each in (*beside, inside)]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, found=found, **__: found)
            with pytest.raises(NetworkError, match="leads into"):
                source.read("checkpoint", 100)

    assert len(asked) == 1


@pytest.mark.parametrize("host", WRITTEN)
def test_other_ways_of_writing_an_address_lead_nowhere(asked: list[Any], host: str) -> None:
    ask(host, asked[0])

    assert len(asked) == 1


def test_name_is_looked_up_once(asked: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that answers otherwise the second time is not asked a second time."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"], ["127.0.0.1"]])
    dialled: list[str] = []

    def look_up(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 80)) for each in next(answers)]

    def dial(address: tuple[str, int], *_: object, **__: object) -> None:
        dialled.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    monkeypatch.setattr(socket, "create_connection", dial)

    ask("partner.example", asked[0])

    assert dialled == ["93.184.216.34"]
    assert len(asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "gopher://127.0.0.1:70",
        "ftp://127.0.0.1",
        "unix:/run/x",
        "//127.0.0.1",
        "",
    ],
)
def test_other_schemes_open_nothing(asked: list[Any], url: str) -> None:
    with (
        Address(url.replace("127.0.0.1:70", f"127.0.0.1:{asked[0]}")) as source,
        pytest.raises(NetworkError),
    ):
        source.read("checkpoint", 100)

    assert len(asked) == 1


@pytest.mark.parametrize("is_kept", [True, False])
def test_head_that_drips_for_ever_ends_in_time(
    monkeypatch: pytest.MonkeyPatch, *, is_kept: bool
) -> None:
    """Partners are asked in turn: one that never ends its head would keep the others waiting."""
    monkeypatch.setattr(outbound, "WHOLE_S", 0.5)
    stop = Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}"

        def drip() -> None:
            connection, _ = server.accept()
            with connection, suppress(OSError):
                connection.sendall(b"HTTP/1.1 200 OK\r\n")
                while not stop.wait(0.05):
                    connection.sendall(b"X-More: yes\r\n")

        thread = Thread(target=drip)
        thread.start()
        began = monotonic()
        try:
            if is_kept:
                with Address(url) as source, pytest.raises(NetworkError):
                    source.read("checkpoint", 100)
            else:
                with pytest.raises(UnavailableError):
                    outbound.exchange("GET", url, within_s=0.5)
        finally:
            stop.set()
            thread.join()

    assert monotonic() - began < 5
