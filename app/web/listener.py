"""Listener kinds. The socket decides the kind, and the kind decides cookies, hosts and headers.

Nothing a visitor sends can change it: no forwarded header is read, and Python never sees an address
(SECURITY.md G1). A process may have several sockets, each with a listener of its own (ADR-0032).
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

from app.kernel.errors import MalformedError

from .coding import BROTLI, GZIP

CIRCUIT: Final = "circuit"
"""What of a request's state says by which of tor's circuits it came: a number of 32 bits."""
_v3_address: Final = re.compile(r"[a-z2-7]{56}\.onion")


class Kind(StrEnum):
    """Who comes in by a socket."""

    WEB = "web"
    """Readers on the clear web, through a front server that ends TLS."""
    ONION = "onion"
    """Readers over Tor, in plain HTTP: the circuit itself is encrypted to the address."""
    STAFF = "staff"
    """Stewards, by a way that only they can open, like an onion service that asks for a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One way into the forum."""

    kind: Kind
    origin: str
    """Scheme and host that pages of this listener live at, like `https://sepidar.example`."""
    hosts: frozenset[str]
    """Values of the Host header that are answered."""
    codings: tuple[str, ...] = (GZIP,)
    """Content codings that answers may travel in, the best first."""
    onion: str = ""
    """The onion address that readers of the clear web are told of (`Onion-Location`)."""
    has_staff_pages: bool = True
    """Whether stewards look after boards here; not once they have a listener of their own."""

    @property
    def is_secure(self) -> bool:
        """Whether pages travel over TLS, so that cookies may insist on it."""
        return self.origin.startswith("https:")

    @property
    def is_padded(self) -> bool:
        """Whether pages come in few sizes: who watches a circuit sees how much travels."""
        return self.kind is not Kind.WEB

    @property
    def origins(self) -> frozenset[str]:
        """Values of the Origin header that our own pages send."""
        scheme = self.origin.split(":", 1)[0]
        return frozenset(f"{scheme}://{host}" for host in self.hosts)

    @property
    def cookie_name(self) -> str:
        """The login session's cookie; another one for each kind.

        The prefix binds it to this host and to TLS. Browsers drop `Secure` cookies on an onion
        address, so its own do without: the circuit leads to that address and nowhere else.
        """
        name = {Kind.WEB: "s", Kind.ONION: "o", Kind.STAFF: "staff"}[self.kind]
        return f"__Host-{name}" if self.is_secure else name

    @property
    def desk_cookie_name(self) -> str:
        """The cookie of a session at a desk, beside the login session's."""
        return f"{self.cookie_name}-desk"

    def set_cookie(self, name: str, value: str, *, seconds: int | None = None) -> str:
        """Return a Set-Cookie header. Without `seconds` it ends with the browser."""
        parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Strict"]
        if self.is_secure:
            parts.append("Secure")
        if seconds is not None:
            parts.append(f"Max-Age={seconds}")
        return "; ".join(parts)


class Entry:
    """What a socket serves: the application, by one listener whatever a request says."""

    def __init__(self, app: ASGIApp, listener: Listener) -> None:
        self._app = app
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        scope.setdefault("state", {})["listener"] = self._listener
        await self._app(scope, receive, send)


def listener_of(scope: Scope) -> Listener:
    """Return the listener that a request came in by."""
    listener: Listener = scope["state"]["listener"]
    return listener


def web_listener(origin: str, onion: str = "") -> Listener:
    """Return the web listener of an origin; on loopback its usual names are answered too."""
    codings = (BROTLI, GZIP)
    return Listener(
        kind=Kind.WEB, origin=origin, hosts=_hosts(origin), codings=codings, onion=onion
    )


def onion_listener(address: str) -> Listener:
    """Return the listener of an onion service with a v3 address like `….onion`.

    Raises:
        MalformedError: it is no such address.

    """
    require_onion_address(address)
    return Listener(kind=Kind.ONION, origin=f"http://{address}", hosts=frozenset({address}))


def staff_listener(origin: str) -> Listener:
    """Return the listener for stewards at an origin, an onion service's or one on loopback."""
    return Listener(kind=Kind.STAFF, origin=origin, hosts=_hosts(origin))


def require_onion_address(address: str) -> None:
    """Refuse what is no v3 onion address.

    Raises:
        MalformedError: it has another form.

    """
    if not _v3_address.fullmatch(address):
        raise MalformedError("not a v3 onion address: 56 letters and digits, and .onion")


def _hosts(origin: str) -> frozenset[str]:
    address = urlsplit(origin)
    hosts = {address.netloc}
    if address.hostname in {"127.0.0.1", "localhost", "::1"}:
        port = f":{address.port}" if address.port else ""
        hosts |= {f"127.0.0.1{port}", f"localhost{port}", f"[::1]{port}"}
    return frozenset(hosts)
