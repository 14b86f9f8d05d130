"""The way out without Tor, as a transport of httpx: a name that leads into this network is refused.

    name ─► looked up once ─► every address public? ─► connected to one of those that were looked at

Who holds a name decides where it leads, and may decide anew for each question (SECURITY.md D1). An
address that is written out, or `localhost`, is what the operator typed: nobody else decides it.
"""

import socket
from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

import httpcore
import httpx

from app.kernel.errors import UnavailableError
from app.onion.through_tor import Bounded, Deadline

# An address of version 4 stands inside them: NAT64, 6to4 and Teredo.
_CARRIES_OTHERS: Final = tuple(map(ip_network, ("64:ff9b::/96", "2002::/16", "2001::/32")))


class Straight(httpx.HTTPTransport):
    """Asks hosts by their names, and none of this host's own network."""

    def __init__(self, within_s: float, own: str = "") -> None:
        """`within_s` is for each request, with all that is read and written for it.

        `own` is this host's own name, which leads to itself on many machines.
        """
        context = httpx.create_ssl_context(trust_env=False)
        super().__init__(verify=context, trust_env=False)
        self._deadline = Deadline(within_s)
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, network_backend=_Outside(self._deadline, own)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request.

        Raises:
            UnavailableError: its host's name leads into this network.
            httpx.TransportError: it broke off, or was not answered in time.

        """
        self._deadline.begin()
        return super().handle_request(request)


class _Outside(httpcore.SyncBackend):
    def __init__(self, deadline: Deadline, own: str) -> None:
        self._deadline = deadline
        self._own = own

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to a host.

        Raises:
            UnavailableError: its name leads into this network.
            httpcore.ConnectError, httpcore.ConnectTimeout: it is not there.

        """
        failed: Exception = httpcore.ConnectError("no such name")
        for address in _look_up(host, port, is_own=host == self._own):
            try:
                left = self._deadline.left(timeout, httpcore.ConnectTimeout)
                reached = super().connect_tcp(address, port, left, local_address, socket_options)
                return Bounded(reached, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failed = error
        raise failed


def _look_up(host: str, port: int, *, is_own: bool) -> list[str]:
    """Return the addresses of a host: all of them others', unless it is this one.

    Raises:
        UnavailableError: one of them is not.
        httpcore.ConnectError: the name leads nowhere.

    """
    if host == "localhost" or _is_written_out(host):
        return [host]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(str(error)) from error
    addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
    if not is_own and not all(map(_is_outside, addresses)):
        raise UnavailableError(f"the name {host} leads into a network that nobody outside reaches")
    return addresses


def _is_written_out(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _is_outside(address: str) -> bool:
    found = ip_address(address.partition("%")[0])
    is_carrier = isinstance(found, IPv6Address) and any(found in each for each in _CARRIES_OTHERS)
    return found.is_global and not found.is_multicast and not is_carrier
