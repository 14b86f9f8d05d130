"""The commands' way to an instance, and what its answers mean to them."""

from pathlib import Path

from app.kernel.errors import UnavailableError
from app.onion import WayOut
from app.settings import Settings
from app.web import addresses
from app.web.addresses import NetworkError, RefusedError

__all__ = ["Address", "NetworkError", "RefusedError", "fetch", "fetch_own", "post", "read"]


def fetch(url: str) -> bytes:
    """Return what an address holds.

    Raises:
        NetworkError: not reachable.
        RefusedError: another answer than 200, or too long a one.

    """
    return addresses.ask("GET", url, way=_way_to(url))


def fetch_own(url: str) -> bytes:
    """Return what this host's own address holds, asked straight, whatever way others are asked.

    Raises:
        NetworkError, RefusedError: as for `fetch`.

    """
    return addresses.ask_own(url)


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
    return addresses.ask("POST", url, body, way=_way_to(url))


class Address(addresses.Address):
    """An instance or a mirror, reached as this host reaches others."""

    def __init__(self, address: str) -> None:
        super().__init__(address, _way_to(address))


def _way_to(address: str) -> WayOut | None:
    try:
        return Settings().way_to(address)
    except UnavailableError as error:
        raise NetworkError(str(error)) from error
