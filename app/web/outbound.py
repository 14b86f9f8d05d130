"""The one way out (ADR-0009): no redirects, no environment proxies, answers bounded and in time.

For the commands and the worker. No request makes the web process open a connection.
"""

from dataclasses import dataclass
from time import monotonic
from typing import Final

from app.kernel.errors import TooLargeError, UnavailableError

MAX_ANSWER_BYTES: Final = 2 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An answer of another host. Nothing in it may be believed yet."""

    status: int
    media_type: str
    body: bytes


def exchange(
    method: str, url: str, body: bytes | None = None, *, media_type: str = "", within_s: float
) -> Received:
    """Send a request and return the whole answer, whatever its status.

    Raises:
        UnavailableError: not reachable, or not answered in time.
        TooLargeError: the answer is longer than `MAX_ANSWER_BYTES`.

    """
    # Loaded by who goes out: a host that asks nobody would hold six megabytes for nothing.
    import httpx  # noqa: PLC0415

    headers = {"Accept-Encoding": "identity", "User-Agent": "goftogu"}
    if body is not None:
        headers["Content-Type"] = media_type
    end = monotonic() + within_s
    try:
        with (
            httpx.Client(trust_env=False, timeout=within_s) as client,
            client.stream(method, url, content=body, headers=headers) as answer,
        ):
            received = bytearray()
            for chunk in answer.iter_raw():
                received += chunk
                if len(received) > MAX_ANSWER_BYTES:
                    raise TooLargeError("the answer is longer than 2 MiB")
                if monotonic() > end:
                    raise UnavailableError(f"not answered in time: {url}")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UnavailableError(f"not reachable: {url} ({type(error).__name__})") from error
    return Received(
        status=answer.status_code,
        media_type=answer.headers.get("content-type", ""),
        body=bytes(received),
    )
