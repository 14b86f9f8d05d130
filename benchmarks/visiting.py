"""What a first visit costs over a slow mobile link, and what its pages weigh.

Each sample is a Chromium that has seen nothing yet, opening one page of a seeded instance. Weights
are bytes on the wire with headers; seconds run from the start of the navigation to the end of the
load event, at 400 ms there and back and 50 kB/s. The instance answers from loopback, so that the
handshakes of TCP, TLS or Tor are not in it.
"""

from typing import Final

from benchmarks.figures import Figure
from playwright.sync_api import Browser
from tests.journeys.chromium import running_chromium
from tests.journeys.instance import Instance
from tests.journeys.places import longest_thread
from tests.journeys.weighing import Load, load_cold

_ROUNDS: Final = 5
_SECONDS: Final = 1.5
_FIRST_VIEW_KB: Final = 14.0
_THREAD_KB: Final = 12.0


def measure(instance: Instance) -> list[Figure]:
    """Visit the front page and a thread of 20 Persian posts."""
    thread = f"/fa{longest_thread(instance)}"
    with running_chromium() as browser:
        front = [_visit(browser, instance, "/fa/") for _ in range(_ROUNDS)]
        posts = [_visit(browser, instance, thread) for _ in range(_ROUNDS)]
        join = load_cold(browser, instance.origin, "/fa/join")
    return [
        _seconds("front page, slow 3G", front),
        _seconds("20 posts, slow 3G", posts),
        _weight("front page, first view", front[0].total, _FIRST_VIEW_KB),
        Figure(name="front page, requests", unit="", samples=[front[0].requests], bar=2),
        _weight("20 posts, page alone", posts[0].of(thread), _THREAD_KB),
        _weight("20 posts, first view", posts[0].total),
        _weight("stylesheet", front[0].of("goftogu.css")),
        _weight("join with its scripts", join.total),
    ]


def _visit(browser: Browser, instance: Instance, path: str) -> Load:
    return load_cold(browser, instance.origin, path, slow=True)


def _seconds(name: str, loads: list[Load]) -> Figure:
    return Figure(name=name, unit="s", samples=[load.seconds for load in loads], bar=_SECONDS)


def _weight(name: str, size: int, bar: float | None = None) -> Figure:
    return Figure(name=name, unit="kB", samples=[size / 1_000], bar=bar)
