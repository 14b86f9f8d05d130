"""The way out over Tor, as a transport of httpx: SOCKS5 (RFC 1928, 1929), names looked up by tor.

    request ─► is its host on the list? ─► tor's SOCKS socket ─► the name and the port, as they are

Each host is asked for under a user name of its own, so that tor gives it circuits of its own
(`IsolateSOCKSAuth`). No name is ever looked up here. httpx speaks SOCKS to a port alone; tor's is
best a unix socket, because its folder says who may go out, so the five messages are written here.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ssl import SSLContext
from threading import local
from time import monotonic
from typing import Final

import httpcore
import httpx

from app.kernel.errors import UnavailableError

from .model import WayOut

_NAMED: Final = b"\x05\x01\x02"
"""Version 5, one method: user name and password."""
_CONNECT_TO_NAME: Final = b"\x05\x01\x00\x03"
_ADDRESS_BYTES: Final = {1: 4, 4: 16}
_MOST_NAME_BYTES: Final = 255
_MOST_PORT: Final = 65_535


class ThroughTor(httpx.BaseTransport):
    """Takes requests to the hosts of a list, and refuses all others before anything is opened."""

    def __init__(self, way: WayOut, within_s: float | None = None) -> None:
        """`within_s`, if given, is for each request, with all that is read and written for it."""
        self._hosts = way.hosts
        self._deadline = Deadline(within_s)
        self._pool = httpcore.ConnectionPool(network_backend=_Socks(way.socks, self._deadline))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            UnavailableError: its host is not on the list, or tor is not there or does not reach it.
            httpx.TransportError: it broke off, or was not answered in time.

        """
        wanted = _as_httpcore(request)
        if wanted.url.host.decode("ascii") not in self._hosts:
            raise UnavailableError(
                "this host is not asked over Tor: it is neither a partner's onion address nor one "
                "of GOFTOGU_TOR_HOSTS"
            )
        self._deadline.begin()
        with _told_as_httpx():
            answer = self._pool.handle_request(wanted)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Close what is open."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _told_as_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def _as_httpcore(asked: httpx.Request) -> httpcore.Request:
    to = asked.url
    return httpcore.Request(
        method=asked.method,
        url=httpcore.URL(scheme=to.raw_scheme, host=to.raw_host, port=to.port, target=to.raw_path),
        headers=asked.headers.raw,
        content=asked.stream,
        extensions=asked.extensions,
    )


@contextmanager
def _told_as_httpx() -> Iterator[None]:
    """Let what goes wrong below be what httpx would have raised."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise httpx.TimeoutException(str(error)) from error
    except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.UnsupportedProtocol) as error:
        raise httpx.TransportError(str(error)) from error


class Deadline(local):
    """By when what is asked now has to be answered; each thread asks one thing at a time."""

    def __init__(self, within_s: float | None) -> None:
        """`within_s` is for each thing that is asked; None for as long as it takes."""
        self._within_s = within_s
        self._end: float | None = None

    def begin(self) -> None:
        """Ask something else."""
        self._end = None if self._within_s is None else monotonic() + self._within_s

    def left(
        self, timeout: float | None, too_late: type[httpcore.TimeoutException]
    ) -> float | None:
        """Return how long to wait still, `timeout` at most; raise `too_late` if it is too late."""
        if self._end is None:
            return timeout
        left = self._end - monotonic()
        if left <= 0:
            raise too_late("not in time")
        return left if timeout is None else min(left, timeout)


class _Socks(httpcore.NetworkBackend):
    """Opens connections by asking tor for them."""

    def __init__(self, socks: str, deadline: Deadline) -> None:
        self._socks = socks
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,  # noqa: ARG002 (the protocol's)
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,  # noqa: ARG002
    ) -> httpcore.NetworkStream:
        """Return a connection to a host, which tor has reached.

        Raises:
            UnavailableError: tor is not there, or does not reach it.

        """
        name = host.encode("ascii")
        if len(name) > _MOST_NAME_BYTES or not 0 < port <= _MOST_PORT:
            raise UnavailableError(
                "no such host can be asked for: its name or its port is too long"
            )
        stream = Bounded(self._reach_tor(timeout), self._deadline)
        try:
            _ask_for(stream, name, port, timeout)
        except BaseException:
            stream.close()
            raise
        return stream

    def _reach_tor(self, timeout: float | None) -> httpcore.NetworkStream:
        path = self._socks.removeprefix("unix:")
        host, _, port = self._socks.rpartition(":")
        try:
            if path != self._socks:
                return self._sockets.connect_unix_socket(path, timeout)
            if host and port.isdecimal():
                return self._sockets.connect_tcp(host, int(port), timeout)
        except (httpcore.NetworkError, httpcore.TimeoutException) as error:
            raise UnavailableError("no tor answers at GOFTOGU_TOR_SOCKS") from error
        raise UnavailableError("GOFTOGU_TOR_SOCKS is like unix:/run/tor/socks or 127.0.0.1:9050")


class Bounded(httpcore.NetworkStream):
    """A connection that is of no use after the deadline, however steadily it drips."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        """Bound a connection."""
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Return what has come, as soon as something has."""
        return self._stream.read(max_bytes, self._deadline.left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Send all of it."""
        self._stream.write(buffer, self._deadline.left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        """Close it."""
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        """Return the connection with TLS in it, for names of the clear web."""
        left = self._deadline.left(timeout, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left)
        return Bounded(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        """Return what is known of the socket."""
        return self._stream.get_extra_info(info)


def _ask_for(stream: httpcore.NetworkStream, name: bytes, port: int, timeout: float | None) -> None:
    """Have tor connect to a name.

    Raises:
        UnavailableError: it did not, or it is no SOCKS proxy that takes user names.
        httpcore.TimeoutException, httpcore.NetworkError: it went silent, or away.

    """
    said = bytes([len(name)]) + name
    stream.write(_NAMED, timeout)
    if _receive(stream, 2, timeout) != b"\x05\x02":
        raise UnavailableError("no tor answers at GOFTOGU_TOR_SOCKS, but something else does")
    stream.write(b"\x01" + said + b"\x01-", timeout)
    if _receive(stream, 2, timeout)[1]:
        raise UnavailableError("tor does not take the user name that keeps partners apart")
    stream.write(_CONNECT_TO_NAME + said + port.to_bytes(2, "big"), timeout)
    version, reply, _, kind = _receive(stream, 4, timeout)
    if (version, reply) != (5, 0):
        raise UnavailableError(f"tor does not reach this host now (SOCKS reply {reply})")
    length = _ADDRESS_BYTES.get(kind) or _receive(stream, 1, timeout)[0]
    _receive(stream, length + 2, timeout)


def _receive(stream: httpcore.NetworkStream, count: int, timeout: float | None) -> bytes:
    """Return exactly as many bytes."""
    found = b""
    while len(found) < count:
        piece = stream.read(count - len(found), timeout)
        if not piece:
            raise httpcore.ConnectError("the SOCKS proxy closed the connection")
        found += piece
    return found
