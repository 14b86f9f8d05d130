"""What the way over Tor costs: our side of it, and tor's own beside it.

Our side is the listener behind a unix socket, with tor's line before each stream, beside the web
listener on loopback: the same page of the same process, a new connection each time, in turns. Tor's
own is measured on a Tor network of our own on loopback, with no distance in it: what real relays
add is the network's, and many times more.
"""

import socket
import statistics
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final

from app.onion import State
from benchmarks.figures import Figure
from tests.journeys.instance import found
from tests.onion.network import Network, running_network
from tests.onion.served import Served, served, visiting

_PAGE: Final = "/fa/"
_TURNS: Final = 400
_WARM: Final = 20
_STREAMS: Final = 50
_CIRCUITS: Final = 10
_LINE: Final = "PROXY TCP6 fc00:dead:beef:4dad::{:x} ::1 7 80\r\n"


def measure() -> list[Figure]:
    """Bring a network up, and measure on both ways."""
    with TemporaryDirectory() as place:
        begun = perf_counter()
        with running_network(Path(place) / "net") as network:
            ready = perf_counter() - begun
            figures = _measure(network, Path(place))
    return [
        Figure(name="Tor network of our own, to the first circuit", unit="s", samples=[ready]),
        *figures,
    ]


def _measure(network: Network, place: Path) -> list[Figure]:
    data = place / "instance"
    found(data)
    (place / "more").write_text(network.client_lines())
    begun = perf_counter()
    with served(data, {"TORRC": str(place / "more")}) as instance:
        instance.wait_for(State.PUBLISHED)
        published = perf_counter() - begun
        ours = _our_side(instance)
        tor = _tors_side(network, instance)
    return [
        Figure(name="serve --onion, to the uploaded descriptor", unit="s", samples=[published]),
        *ours,
        *tor,
    ]


def _our_side(instance: Served) -> list[Figure]:
    """Ask by both listeners in turns, a connection for each question."""
    host, _, port = instance.origin.removeprefix("http://").rpartition(":")
    unix = str(instance.data / "sockets" / "onion")
    pairs = [
        (
            _timed(socket.AF_INET, (host, int(port)), instance.origin.removeprefix("http://"), b""),
            _timed(socket.AF_UNIX, unix, instance.address, _line(n)),
        )
        for n in range(_WARM + _TURNS)
    ][_WARM:]
    web, onion = ([pair[n] for pair in pairs] for n in (0, 1))
    more = [statistics.median(onion) - statistics.median(web)]
    return [
        Figure(name="front page, web listener on loopback", unit="ms", samples=web),
        Figure(name="front page, onion listener", unit="ms", samples=onion),
        Figure(name="onion listener more than loopback, p50", unit="ms", samples=more, bar=1.0),
    ]


def _line(number: int) -> bytes:
    """Return what tor writes before a stream; each comes by a circuit of its own."""
    return _LINE.format(number + 1).encode()


def _timed(
    family: socket.AddressFamily, place: str | tuple[str, int], host: str, before: bytes
) -> float:
    request = f"GET {_PAGE} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    begun = perf_counter()
    with socket.socket(family) as connection:
        connection.connect(place)
        connection.sendall(before + request)
        answer = bytearray()
        while piece := connection.recv(65_536):
            answer += piece
    taken = (perf_counter() - begun) * 1e3
    if not answer.startswith(b"HTTP/1.1 200"):
        raise RuntimeError(bytes(answer[:60]))
    return taken


def _tors_side(network: Network, instance: Served) -> list[Figure]:
    _visit(network, instance)
    streams = [_visit(network, instance) for _ in range(_STREAMS)]
    circuits = []
    for _ in range(_CIRCUITS):
        network.forget_circuits()
        circuits.append(_visit(network, instance))
    return [
        Figure(name="front page through Tor on loopback, new stream", unit="ms", samples=streams),
        Figure(name="front page through Tor on loopback, new circuit", unit="ms", samples=circuits),
    ]


def _visit(network: Network, instance: Served) -> float:
    with visiting(network, instance.address) as visitor:
        begun = perf_counter()
        answer = visitor.get(_PAGE)
        taken = (perf_counter() - begun) * 1e3
    if answer.status_code != 200:
        raise RuntimeError(f"{answer.status_code}")
    return taken
