"""Whoever floods one way in: what readers by the other see of it, and readers beside a flood of log-ins."""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final
from urllib.parse import urlencode

import pytest

from tests.listeners.fronts import Way
from tests.listeners.test_fronts import Reads
from tests.visitor import FORM

pytestmark = pytest.mark.slow

READS: Final = 60
FLOODERS: Final = 10
PATH: Final = "/fa/boards"
SOON_MS: Final = 500.0
_LISTENS: Final = "0A"
_token: Final = re.compile(rb'name="token" value="([^"]+)"')


@pytest.mark.usefixtures("web", "onion")
def test_served_instance_has_no_port_and_sockets_for_its_own(served: int, folder: Path) -> None:
    """The ports of this machine that somebody listens at, and what the process holds, meet nowhere."""
    listening = set()
    for name in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path(f"/proc/{served}/net/{name}").read_text(encoding="ascii").splitlines()[1:]
        listening |= {
            row[9] for row in map(str.split, lines) if row[3] == _LISTENS or name.startswith("udp")
        }
    held = {
        found[1]
        for fd in Path(f"/proc/{served}/fd").iterdir()
        if (found := re.match(r"socket:\[(\d+)\]", str(fd.readlink())))
    }

    assert listening, "the front of the web has a port"
    assert held, "the forum has its sockets"
    assert listening & held == set()
    for name in ("web.sock", "onion.sock"):
        assert (folder / name).stat().st_mode & 0o777 == 0o660, name


@contextmanager
def flooding(act: Callable[[int], object]) -> Iterator[Counter[object]]:
    """Do something again and again from several threads, with ever new numbers, while a block runs.

    Yields how often what came of it.
    """
    stop, came = threading.Event(), Counter[object]()

    def go_on(first: int) -> None:
        number = first
        while not stop.is_set():
            with suppress(OSError):
                came[act(number)] += 1
            number += FLOODERS

    threads = [threading.Thread(target=go_on, args=(first,)) for first in range(FLOODERS)]
    for thread in threads:
        thread.start()
    try:
        yield came
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def read_on(way: Way) -> Reads:
    """Read pages one after the other, each over a connection of its own."""
    found = Reads()
    for number in range(READS):
        begun = time.perf_counter()
        status, _, _ = way.ask(PATH, circuit=5000 + number % 6)
        found.times_ms.append((time.perf_counter() - begun) * 1e3)
        found.answered += status == 200
        time.sleep(0.02)
    return found


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("flooded", ["onion", "web"])
def test_flood_by_one_way_in_leaves_readers_of_the_other_their_pages(
    web: tuple[Way, int], onion: tuple[Way, int], flooded: str
) -> None:
    """Ten at once who ask as fast as they are answered, each by ever new circuits or addresses."""
    busy, calm = (onion[0], web[0]) if flooded == "onion" else (web[0], onion[0])
    quiet = read_on(calm)

    def ask(number: int) -> int:
        # Words that nobody asked for before: no cache answers them.
        return busy.ask(f"/en/search?q=water+{number}", circuit=6000 + number % 3000)[0]

    with flooding(ask) as came:
        beside = read_on(calm)
    print(f"{flooded}: p95 {quiet.p95_ms:.0f} ms quiet, {beside.p95_ms:.0f} ms beside {came}")

    assert sum(came.values()) > READS
    assert beside.answered == READS
    assert beside.p95_ms <= SOON_MS + 2 * quiet.p95_ms


@pytest.mark.usefixtures("served")
def test_flood_of_log_ins_leaves_readers_their_pages(web: tuple[Way, int]) -> None:
    """From as many addresses as there are tries, each for another name."""
    way, tokens = web[0], dict[int, str]()
    quiet = read_on(way)

    def log_in(number: int) -> int:
        circuit = 6000 + number % 50_000
        page = number // FLOODERS // 40 * FLOODERS + number % FLOODERS
        if page not in tokens:
            found = _token.search(way.ask("/en/login", circuit=circuit)[2])
            assert found
            tokens[page] = found[1].decode()
        fields = {"token": tokens[page], "name": f"Nobody {number}", "passphrase": "wrong words"}
        body = urlencode(fields).encode()
        headers = {"Content-Type": FORM}
        return way.ask("/en/login", method="POST", body=body, headers=headers, circuit=circuit)[0]

    with flooding(log_in) as came:
        beside = read_on(way)
    print(f"log-ins: p95 {quiet.p95_ms:.0f} ms quiet, {beside.p95_ms:.0f} ms beside {came}")

    assert came[403] > 0, "some were stretched for"
    assert set(came) <= {403, 429}
    assert beside.answered == READS
    assert beside.p95_ms <= SOON_MS + 2 * quiet.p95_ms
