"""What somebody with 200 circuits gets: an hour of joining, and a flood beside a reader.

The hour is the instance's clock (`tests.listeners.sybils`), with passphrases stretched at their
full cost. The flood goes through the real front of the onion: all connections are opened, then each
asks for a page by a circuit of its own, while a reader reads on; before it and after it the reader
is alone.
"""

import selectors
import shutil
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Final

from app import wiring
from app.kernel.clock import FixedClock
from app.main import create_app
from app.settings import Settings
from benchmarks.figures import Figure
from tests import factories
from tests.houses import submit, tick
from tests.journeys.instance import found
from tests.listeners.fronts import Way, running_haproxy, serving_sockets
from tests.listeners.sybils import CIRCUITS, hammer
from tests.visitor import ORIGIN

_TRIES: Final = 12
_MOST_GAINED: Final = 60
_READS: Final = 100
_CIRCUITS_OF_READER: Final = 6
_BETWEEN_READS_S: Final = 0.03
_WAVES: Final = 5
_PAGE: Final = "/fa/boards"
_TIMES_QUIET: Final = 2.0


def measure() -> list[Figure]:
    """Besiege an instance of our own."""
    return [*_hour(), *_flood()]


def _hour() -> list[Figure]:
    clock = FixedClock(factories.NOW)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder) / "instance", database_url="", origin="")
        house = wiring.init_house(settings, clock=clock)
        with closing(house.db):
            submit(house, factories.board(factories.SQUARE, home=house.keys["instance"]))
            tick(house)
            outcome = hammer(create_app(house, ORIGIN), house, clock, tries=_TRIES)
    name = f"{CIRCUITS} circuits, {outcome.tries:,} tries in an hour: personas gained"
    late = f"of {outcome.acts} acts of invited people meanwhile, refused or told to wait"
    return [
        Figure(name=name, unit="", samples=[outcome.gained], bar=_MOST_GAINED),
        Figure(name=late, unit="", samples=[len(outcome.refused)]),
    ]


def _flood() -> list[Figure]:
    with _fronted() as way:
        _read_on(way)
        quiet = _read_on(way)
        stop = Event()
        waves = Thread(target=_come_at_once, args=(way, stop))
        waves.start()
        flooded = _read_on(way)
        stop.set()
        waves.join()
        quiet += _read_on(way)
    before, after = (sorted(times)[int(len(times) * 0.95)] for times in (quiet, flooded))
    name = f"{CIRCUITS} new circuits at once, again and again"
    return [
        Figure(name="onion's front, a reader alone, p95", unit="ms", samples=[before]),
        Figure(name=f"{name}, p95 of the reader", unit="ms", samples=[after]),
        Figure(name=f"{name}, p95 / alone", unit="×", samples=[after / before], bar=_TIMES_QUIET),
    ]


@contextmanager
def _fronted() -> Iterator[Way]:
    # A short name: those of sockets have few characters.
    folder = Path(tempfile.mkdtemp(prefix="siege"))
    try:
        found(folder / "instance")
        with (
            serving_sockets(folder / "instance", folder),
            running_haproxy(folder) as (way, _),
        ):
            yield way
    finally:
        shutil.rmtree(folder)


def _read_on(way: Way) -> list[float]:
    """Read pages as one reader does, a stream each; return how long each took, in ms."""
    times = []
    for number in range(_READS):
        begun = time.perf_counter()
        status, _, _ = way.ask(_PAGE, circuit=1 + number % _CIRCUITS_OF_READER)
        times.append((time.perf_counter() - begun) * 1e3)
        if status != 200:
            raise RuntimeError(f"a reader was answered {status}")
        time.sleep(_BETWEEN_READS_S)
    return times


def _come_at_once(way: Way, stop: Event) -> None:
    """Let all circuits come together, some waves of them, each of circuits never seen before."""
    request = f"GET {_PAGE} HTTP/1.1\r\nHost: {way.host}\r\nConnection: close\r\n\r\n".encode()
    for wave in range(1, _WAVES + 1):
        if stop.is_set():
            return
        opened = [way.connect(circuit=wave * 1000 + number) for number in range(CIRCUITS)]
        for connection in opened:
            connection.sendall(request)
        _read_all(opened)


def _read_all(opened: list[socket.socket]) -> None:
    """Read every answer to its end."""
    with selectors.DefaultSelector() as waiting:
        for connection in opened:
            waiting.register(connection, selectors.EVENT_READ)
        while waiting.get_map():
            for key, _ in waiting.select(timeout=30):
                if not isinstance(key.fileobj, socket.socket) or key.fileobj.recv(65_536):
                    continue
                waiting.unregister(key.fileobj)
                key.fileobj.close()
