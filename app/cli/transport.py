"""The commands' way to an instance, and what its answers mean to them."""

import json
from pathlib import Path
from typing import Final

from app.kernel.errors import AppError, TooLargeError, UnavailableError
from app.web import outbound

TIMEOUT_S: Final = 30.0
_ACTIVITY: Final = "application/activity+json"
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
    try:
        answer = outbound.exchange(method, url, body, media_type=_ACTIVITY, within_s=TIMEOUT_S)
    except TooLargeError as error:
        raise RefusedError(str(error)) from error
    except UnavailableError as error:
        raise NetworkError(str(error)) from error
    if answer.status not in {200, 201}:
        reason = _reason(answer.body, answer.status)
        raise RefusedError(f"the instance refused: {answer.status} {reason}")
    return answer.body


def _reason(body: bytes, status: int) -> str:
    """Return the instance's own words, if it answered with problem+json."""
    try:
        problem = json.loads(body)
        return f"{problem['title']}. {problem['detail']}"
    except (ValueError, KeyError, TypeError):
        return "There is nothing at this address." if status == _NOT_FOUND else ""
