"""What may be said of availability: 99 of 100 reads at each listener, and nothing higher (SECURITY.md L11)."""

import http.client
import shutil
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event, Thread
from typing import Final

import pytest

from tests.listeners.fronts import Way, serving_sockets

pytestmark = pytest.mark.nightly

HALF_AN_HOUR_S: Final = 1800.0
GOAL: Final = 0.99
_EACH_S: Final = 1.0
_PATIENCE_S: Final = 10.0


@dataclass
class Prober:
    """Somebody who reads a page each second, each time as a reader of their own."""

    name: str
    way: Way
    answered: int = 0
    missed: list[str] = field(default_factory=list)
    """When, since it began, and what came instead."""
    away_s: float = 0.0
    slowest_s: float = 0.0

    def run(self, stop: Event) -> None:
        """Ask until told to stop."""
        first = time.monotonic()
        for number in count(2):
            begun = time.monotonic()
            status = read(self.way, number)
            took = time.monotonic() - begun
            if status == 200 and took < _PATIENCE_S:
                self.answered += 1
                self.slowest_s = max(self.slowest_s, took)
            else:
                # Whoever waits long asks less often, and is away for all of it.
                self.away_s += max(_EACH_S, took)
                self.missed.append(f"{begun - first:.0f} s: {status} in {took:.1f} s")
            if stop.wait(max(0.0, _EACH_S - took)):
                return

    def share(self) -> float:
        """Return which part of its reads was answered."""
        return self.answered / (self.answered + self.away_s / _EACH_S)


def read(way: Way, reader: int) -> int:
    """Read a page; return the status, or 0."""
    try:
        return way.ask("/en/boards", circuit=2 + reader % 60_000)[0]
    except (OSError, http.client.HTTPException):
        return 0


def crowd(way: Way, first: int, stop: Event) -> None:
    """Read on and on, as many readers."""
    for number in count(first):
        read(way, number)
        if stop.wait(0.05):
            return


@contextmanager
def probed(ways: dict[str, Way]) -> Iterator[list[Prober]]:
    """Probe each listener, with others reading there, for the length of a block."""
    stop = Event()
    probers = [Prober(name, way) for name, way in ways.items()]
    threads = [Thread(target=prober.run, args=(stop,)) for prober in probers]
    threads += [Thread(target=crowd, args=(way, 30_000, stop)) for way in ways.values()]
    for thread in threads:
        thread.start()
    try:
        yield probers
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def test_99_of_100_reads_are_answered_at_each_listener_though_the_forum_starts_anew(
    web: tuple[Way, int], onion: tuple[Way, int], template: Path, folder: Path
) -> None:
    shutil.copytree(template, folder / "instance")
    with ExitStack() as serving:
        serving.enter_context(serving_sockets(folder / "instance", folder))
        with probed({"web": web[0], "onion": onion[0]}) as probers:
            time.sleep(HALF_AN_HOUR_S / 2)
            serving.close()
            serving.enter_context(serving_sockets(folder / "instance", folder))
            time.sleep(HALF_AN_HOUR_S / 2)

    for prober in probers:
        print(
            f"{prober.name}: {100 * prober.share():.2f} of 100 of {prober.answered + len(prober.missed)}"
            f" reads, the slowest in {prober.slowest_s:.2f} s; missed: {', '.join(prober.missed)}"
        )
    for prober in probers:
        assert prober.answered > HALF_AN_HOUR_S / 2
        assert prober.share() >= GOAL, prober.missed
