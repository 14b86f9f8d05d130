"""Noise, slow senders, readers and writers for a long time: memory and descriptors stay what they were."""

import http.client
import random
import shutil
import socket
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final

import pytest
from app.kernel.clock import SystemClock

from tests.faults.host import Host, running_host
from tests.faults.load import assert_promises_kept, load_on
from tests.houses import open_at
from tests.listeners.fronts import memory_of

pytestmark = pytest.mark.slow

HALF_AN_HOUR_S: Final = 1800
SHORT_S: Final = 20
SLOW_AT_ONCE: Final = 30
GROWS_BY: Final = 0.1
"""What the bar allows, once the caches have what they may have."""
_METHODS: Final = ("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "X")
_PLACES: Final = (
    "/", "/en/", "/fa/boards", "/en/b/live", "/en/b/square?page={n}", "/fr/latest", "/en/search?q={w}",
    "/en/search?q={w}&day={n}", "/en/p/{h}", "/en/t/{h}", "/records/{h}", "/receipts/{h}.json", "/en/login",
    "/en/join", "/en/settings", "/api/v1/records", "/api/v1/thread-names", "/api/v1/boards", "/exit",
    "/tlog/checkpoint", "/tlog/tile/{n}/{n}", "/.well-known/goftogu.png", "/witness/add-checkpoint", "/{w}",
    "/static/{w}/{w}", "/en/leaving?to=https://{w}.example/", "/fa/keys/passphrase", "/posts/{h}.png",
)  # fmt: skip


def make_noise(host: Host, seed: int, stop: Event, statuses: Counter[int]) -> None:
    """Ask for what is there and what is not, with bodies and headers of any kind."""
    chance = random.Random(seed)
    while not stop.is_set():
        filled = {
            "n": chance.randrange(10 ** chance.randrange(1, 12)),
            "w": "".join(chance.choices("abcdefgh%+&'\"<>", k=chance.randrange(1, 40))),
            "h": chance.randbytes(32).hex()[: chance.choice((20, 64))],
        }
        method, place = chance.choice(_METHODS), chance.choice(_PLACES).format(**filled)
        body = (
            chance.randbytes(chance.choice((0, 10, 5_000, 300_000))) if method == "POST" else None
        )
        kind = chance.choice(("application/json", "application/x-www-form-urlencoded", "x"))
        connection = http.client.HTTPConnection(host.address, timeout=30)
        try:
            connection.request(method, place.replace(" ", "+"), body, {"Content-Type": kind})
            answer = connection.getresponse()
            answer.read()
            statuses[answer.status] += 1
        except (OSError, http.client.HTTPException):
            # The server may end what is too large before all of it was sent.
            statuses[0] += 1
        finally:
            connection.close()


def send_slowly(host: Host, stop: Event) -> None:
    """Begin requests and never end them; go on with each for a while."""
    name, _, port = host.address.rpartition(":")
    opened: list[socket.socket] = []
    while not stop.wait(0.2):
        with suppress(OSError):
            made = socket.create_connection((name, int(port)), 10)
            made.sendall(b"POST /en/login HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n")
            opened.append(made)
        for connection in opened[:-SLOW_AT_ONCE]:
            connection.close()
        opened = opened[-SLOW_AT_ONCE:]
        for connection in opened:
            with suppress(OSError):
                connection.sendall(b"X-A: b\r\n")
    for connection in opened:
        connection.close()


@contextmanager
def noise_on(host: Host) -> Iterator[Counter[int]]:
    """Do all of it while a block runs."""
    stop, statuses = Event(), Counter[int]()
    threads = [
        *(Thread(target=make_noise, args=(host, seed, stop, statuses)) for seed in range(3)),
        Thread(target=send_slowly, args=(host, stop)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield statuses
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def count_open(host: Host) -> int:
    """Return how many descriptors a server holds."""
    return len(list(Path(f"/proc/{host.pid}/fd").iterdir()))


def settled(host: Host) -> int:
    """Return how many descriptors a server holds once nobody asks it for anything."""
    found = [count_open(host)]
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and (len(found) < 5 or len(set(found[-5:])) > 1):
        time.sleep(0.2)
        found.append(count_open(host))
    return found[-1]


@pytest.mark.parametrize(
    "seconds", [SHORT_S, pytest.param(HALF_AN_HOUR_S, marks=pytest.mark.nightly)]
)
def test_noise_leaves_memory_and_descriptors_as_they_were(
    template: Path, tmp_path: Path, seconds: int
) -> None:
    data = tmp_path / "instance"
    shutil.copytree(template, data)
    with running_host(data) as host:
        with noise_on(host) as statuses, load_on(host.address) as heard:
            time.sleep(seconds / 2)
            warm = memory_of(host.pid)
            time.sleep(seconds / 2)
            after = memory_of(host.pid)
        quiet = settled(host)
        with noise_on(host):
            time.sleep(seconds / 10)
        again = settled(host)
        assert host.request("GET", "/en/b/live")[0] == 200

    print(f"{warm >> 20} MiB, {after >> 20} MiB; {quiet} and {again} descriptors; {statuses}")
    assert sum(statuses.values()) > seconds
    assert not {status for status in statuses if status >= 500}
    # Connections of the pool to the database come and go.
    assert again <= quiet + 20
    assert after <= warm * (1 + GROWS_BY) + (0 if seconds >= HALF_AN_HOUR_S else 32 << 20)
    with closing((house := open_at(data, SystemClock())).db):
        assert_promises_kept(house, heard)
