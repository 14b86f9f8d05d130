"""The commands' way to an instance: no redirects, no environment proxies, bounded answers."""

import json
from pathlib import Path
from typing import Final

from app.kernel.errors import AppError, UnavailableError

MAX_ANSWER_BYTES: Final = 2 * 1024 * 1024
TIMEOUT_S: Final = 30.0
_NOT_FOUND: Final = 404


class NetworkError(UnavailableError):
    """The instance could not be reached."""

    code = "unavailable"


class RefusedError(AppError):
    """The instance answered, and refused."""

    code = "refused"


def fetch(url: str) -> bytes:
    """Return what an address holds.

    Raises:
        NetworkError: not reachable.
        RefusedError: another answer than 200, or too long a one.

    """
    return _ask("GET", url)


def read(source: str) -> bytes:
    """Return what an address or a file holds.

    Raises:
        NetworkError, RefusedError: as for `fetch`.
        OSError: the file cannot be read.

    """
    is_address = source.startswith(("http://", "https://"))
    return fetch(source) if is_address else Path(source).read_bytes()


def post(url: str, body: bytes) -> bytes:
    """Hand bytes in and return the answer.

    Raises:
        NetworkError: not reachable.
        RefusedError: the instance refused them.

    """
    return _ask("POST", url, body)


def _ask(method: str, url: str, body: bytes | None = None) -> bytes:
    # Loaded by the commands that go out: the web process would hold six megabytes for nothing.
    import httpx

    headers = {"Accept-Encoding": "identity", "User-Agent": "goftogu"}
    if body is not None:
        headers["Content-Type"] = "application/activity+json"
    try:
        with (
            httpx.Client(trust_env=False, timeout=TIMEOUT_S) as client,
            client.stream(method, url, content=body, headers=headers) as answer,
        ):
            received = bytearray()
            for chunk in answer.iter_raw():
                received += chunk
                if len(received) > MAX_ANSWER_BYTES:
                    raise RefusedError("the answer is longer than 2 MiB")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise NetworkError(f"not reachable: {url} ({type(error).__name__})") from error
    if answer.status_code not in {200, 201}:
        reason = _reason(bytes(received), answer.status_code)
        raise RefusedError(f"the instance refused: {answer.status_code} {reason}")
    return bytes(received)


def _reason(body: bytes, status: int) -> str:
    """Return the instance's own words, if it answered with problem+json."""
    try:
        problem = json.loads(body)
        return f"{problem['title']}. {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return "There is nothing at this address." if status == _NOT_FOUND else ""
