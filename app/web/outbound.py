"""The one way out (ADR-0009): no redirects, no environment proxies, answers bounded and in time.

For the commands and the worker. No request makes the web process open a connection.
"""

from collections.abc import Collection
from contextlib import nullcontext
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final

from app.kernel.errors import MalformedError, TooLargeError, UnavailableError

if TYPE_CHECKING:
    import httpx

MAX_ANSWER_BYTES: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An answer of another host. Nothing in it may be believed yet."""

    status: int
    media_type: str
    body: bytes


def open_client(within_s: float) -> "httpx.Client":
    """Return a client that keeps its connections, for who asks one host often."""
    # Loaded by who goes out: a host that asks nobody would hold six megabytes for nothing.
    import httpx  # noqa: PLC0415

    return httpx.Client(trust_env=False, timeout=within_s)


def exchange(  # noqa: PLR0913 (each is a bound of its own)
    method: str,
    url: str,
    body: bytes | None = None,
    *,
    media_type: str = "",
    within_s: float,
    client: "httpx.Client | None" = None,
    most: int = MAX_ANSWER_BYTES,
    unread: Collection[int] = (),
) -> Received:
    """Send a request and return the whole answer, whatever its status; of some no body is read.

    Raises:
        UnavailableError: not reachable, or not answered in time.
        TooLargeError: the answer is longer than `most` bytes.
        MalformedError: it is packed.

    """
    import httpx  # noqa: PLC0415

    headers = {"Accept-Encoding": "identity", "User-Agent": "goftogu"}
    if body is not None:
        headers["Content-Type"] = media_type
    end = monotonic() + within_s
    try:
        with (
            nullcontext(client) if client else open_client(within_s) as known,
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
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnavailableError(f"not reachable: {url} ({type(error).__name__})") from error
    return Received(
        status=answer.status_code,
        media_type=answer.headers.get("content-type", "").partition(";")[0].strip().lower(),
        body=bytes(received),
    )
