"""The one way out (ADR-0009): no redirects, no environment proxies, answers bounded and in time.

For the commands and the worker alone. Where the operator names a tor to go out by, everything goes
over it, and only to hosts of a list (ADR-0034); else no onion is asked for: a resolver would hear,
and no name that leads into this network (`straight`).
"""

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from ssl import SSLCertVerificationError
from time import monotonic
from typing import TYPE_CHECKING, Final

from app.kernel.errors import MalformedError, TooLargeError, UnavailableError
from app.onion import WayOut, is_onion

if TYPE_CHECKING:
    import httpx

WHOLE_S: Final = 30.0
"""For a whole exchange, head and all, however steadily it drips."""
OVER_TOR_S: Final = 120.0
"""The same over Tor, where two megabytes may come at the pace of its slowest relay."""
MAX_ANSWER_BYTES: Final = 2 * 1024 * 1024
_OWN: Final = tuple(
    map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An answer of another host. Nothing in it may be believed yet."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHost:
    """A program on this host or in its own network, that is asked without a proxy or a name."""

    url: str
    socket: str = ""
    """The unix socket that it listens on; empty where the URL says it all."""


def parse_own_host(address: str) -> OwnHost:
    """Read the address of a program of ours: what it is asked must not reach anybody else.

    Names are refused but for `localhost`: whoever answers for a name can lead it elsewhere.

    Raises:
        MalformedError: it could be another's.

    """
    if address.startswith("unix:/"):
        return OwnHost(url="http://localhost", socket=address.removeprefix("unix:"))
    try:
        host = host_of(address).strip("[]")
        found = ip_address("127.0.0.1" if host == "localhost" else host)
    except (UnavailableError, ValueError) as error:
        raise MalformedError(_NOT_OWN) from error
    is_own = any(found in network for network in _OWN) or found.is_loopback
    if not address.startswith(("http://", "https://")) or "@" in address or not is_own:
        raise MalformedError(_NOT_OWN)
    return OwnHost(url=address.rstrip("/"))


def ask_own(host: OwnHost, method: str, path: str, body: bytes, within_s: float) -> Received:
    """Ask a program of ours for JSON and return its whole answer.

    Raises:
        UnavailableError, TooLargeError, MalformedError: see `exchange`.

    """
    import httpx  # noqa: PLC0415

    transport = httpx.HTTPTransport(uds=host.socket) if host.socket else None
    with httpx.Client(trust_env=False, timeout=within_s, transport=transport) as client:
        return exchange(
            method,
            f"{host.url}{path}",
            body or None,
            media_type="application/json",
            within_s=within_s,
            client=client,
        )


_NOT_OWN: Final = (
    "GOFTOGU_TRANSLATE_URL names another host than this one: what readers ask it for would leave"
    " it; give http://127.0.0.1 with a port, an address of your own network, or unix:/ with a path"
)


def most_s(way: WayOut | None) -> float:
    """Return the seconds that a whole exchange may take by a way out; None is straight."""
    return WHOLE_S if way is None else OVER_TOR_S


def open_client(within_s: float, way: WayOut | None = None) -> "httpx.Client":
    """Return a client that keeps its connections, for who asks one host often; over Tor or not."""
    return _open(within_s, way, most_s(way))


def open_own_client(within_s: float, url: str) -> "httpx.Client":
    """Return a client for this host's own address, asked as readers ask it: not over Tor."""
    import httpx  # noqa: PLC0415

    from .straight import Straight  # noqa: PLC0415

    transport = Straight(within_s, own=host_of(url))
    return httpx.Client(timeout=within_s, transport=transport, trust_env=False)


def host_of(url: str) -> str:
    """Return the host of an address as it is asked for: small letters, other scripts written out.

    Raises:
        UnavailableError: it has none.

    """
    import httpx  # noqa: PLC0415

    try:
        host = httpx.URL(url).raw_host.decode("ascii")
    except httpx.InvalidURL as error:
        raise UnavailableError(f"not an address: {url}") from error
    if not host:
        raise UnavailableError(f"not an address: {url}")
    return host


def _open(within_s: float, way: WayOut | None, whole_s: float) -> "httpx.Client":
    # Loaded by who goes out: a host that asks nobody would hold six megabytes for nothing.
    import httpx  # noqa: PLC0415

    def refuse_onions(asked: httpx.Request) -> None:
        if is_onion(asked.url.raw_host.decode("ascii")):
            raise UnavailableError(
                "an onion address is reached over Tor alone: name a tor in GOFTOGU_TOR_SOCKS"
            )

    hooks = {"request": [refuse_onions]}
    transport: httpx.BaseTransport
    if way is not None:
        from app.onion.through_tor import ThroughTor  # noqa: PLC0415

        transport, hooks = ThroughTor(way, whole_s), {}
    else:
        from .straight import Straight  # noqa: PLC0415

        transport = Straight(whole_s)
    return httpx.Client(trust_env=False, timeout=within_s, transport=transport, event_hooks=hooks)


def exchange(  # noqa: PLR0913 (each is a bound of its own)
    method: str,
    url: str,
    body: bytes | None = None,
    *,
    media_type: str = "",
    within_s: float,
    way: WayOut | None = None,
    client: "httpx.Client | None" = None,
    most: int = MAX_ANSWER_BYTES,
    unread: Collection[int] = (),
) -> Received:
    """Send a request and return the whole answer, whatever its status; of some no body is read.

    A `client` goes its own way.

    Raises:
        UnavailableError: not reachable, not answered in time, or no host to be asked this way.
        TooLargeError: the answer is longer than `most` bytes.
        MalformedError: it is packed.

    """
    import httpx  # noqa: PLC0415

    headers = {"Accept-Encoding": "identity", "User-Agent": "goftogu"}
    headers |= {"Content-Type": media_type} if body is not None else {}
    end = monotonic() + within_s
    try:
        with (
            nullcontext(client) if client else _open(within_s, way, within_s) as known,
            known.stream(method, url, content=body, headers=headers) as answer,
        ):
            if answer.headers.get("content-encoding", "identity") != "identity":
                raise MalformedError("the answer is packed, which was not asked for")
            received = bytearray()
            for chunk in () if answer.status_code in unread else answer.iter_raw():
                received += chunk
                if len(received) > most:
                    raise TooLargeError(f"the answer is longer than {most:,} bytes")
                if monotonic() > end:
                    raise UnavailableError(f"not answered in time: {url}")
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        raise UnavailableError(
            f"not reachable: {url} ({_kind_of(error)}); is the address right?"
        ) from error
    return Received(
        status=answer.status_code,
        media_type=answer.headers.get("content-type", "").partition(";")[0].strip().lower(),
        body=bytes(received),
    )


def _kind_of(error: BaseException) -> str:
    below: BaseException | None = error
    while below is not None:
        if isinstance(below, SSLCertVerificationError):
            return f"its certificate does not hold: {below.verify_message}"
        below = below.__cause__ or below.__context__
    return type(error).__name__
