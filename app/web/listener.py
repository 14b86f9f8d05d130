"""Listener kinds. The socket decides the kind, and the kind decides cookies, hosts and headers.

Nothing a visitor sends can change it: no forwarded header is read, and Python never sees an address
(SECURITY.md G1). Part four adds the onion and staff listeners beside the web one.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

from .coding import BROTLI, GZIP


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One way into the forum."""

    origin: str
    """Scheme and host that pages of this listener live at, like `https://sepidar.example`."""
    hosts: frozenset[str]
    """Values of the Host header that are answered."""
    codings: tuple[str, ...] = (GZIP,)
    """Content codings that answers may travel in, the best first."""

    @property
    def is_secure(self) -> bool:
        """Whether pages travel over TLS, so that cookies may insist on it."""
        return self.origin.startswith("https:")

    @property
    def origins(self) -> frozenset[str]:
        """Values of the Origin header that our own pages send."""
        scheme = self.origin.split(":", 1)[0]
        return frozenset(f"{scheme}://{host}" for host in self.hosts)

    @property
    def cookie_name(self) -> str:
        """The login session's cookie; the prefix binds it to this host and to TLS."""
        return "__Host-s" if self.is_secure else "s"

    def set_cookie(self, name: str, value: str, *, seconds: int | None = None) -> str:
        """Return a Set-Cookie header. Without `seconds` it ends with the browser."""
        parts = [f"{name}={value}", "Path=/", "HttpOnly", "SameSite=Strict"]
        if self.is_secure:
            parts.append("Secure")
        if seconds is not None:
            parts.append(f"Max-Age={seconds}")
        return "; ".join(parts)


def web_listener(origin: str) -> Listener:
    """Return the web listener of an origin; on loopback its usual names are answered too."""
    address = urlsplit(origin)
    hosts = {address.netloc}
    if address.hostname in {"127.0.0.1", "localhost", "::1"}:
        port = f":{address.port}" if address.port else ""
        hosts |= {f"127.0.0.1{port}", f"localhost{port}", f"[::1]{port}"}
    return Listener(origin=origin, hosts=frozenset(hosts), codings=(BROTLI, GZIP))
