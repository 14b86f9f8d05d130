"""Clients that hand in signed posts as fast as they are answered, and remember what they heard."""

import http.client
import secrets
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from threading import Event, Thread

from app.cli import inspect
from app.kernel.clock import SystemClock, day_of
from app.wiring import House

from tests import factories
from tests.houses import find_record, submit

CLIENTS = 4
SCRIBE = factories.person("Scribe")
"""Writes more than anybody may for whom nobody answers: was invited to every `template` here."""


@dataclass
class Heard:
    """What the clients were told."""

    taken_in: list[bytes] = field(default_factory=list)
    """Records whose answer was 201: promises."""
    unanswered: list[bytes] = field(default_factory=list)
    """Records that somebody sent without hearing anything."""
    statuses: Counter[int] = field(default_factory=Counter)


def new_post(
    text: str = "Where does the water go?", board: factories.BoardKey = factories.LIVE
) -> bytes:
    """Return a post of the present day: a real server has the machine's clock."""
    return factories.note(SCRIBE, board=board, text=text, day=day_of(SystemClock().now()))


@contextmanager
def load_on(address: str, text: str = "Where does the water go?") -> Iterator[Heard]:
    """Send posts from a few threads while a block runs."""
    heard, stop = Heard(), Event()
    threads = [Thread(target=_send, args=(address, text, heard, stop)) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    try:
        yield heard
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def wait_for(heard: Heard, count: int) -> None:
    """Return once so many records were taken in, and a random moment later."""
    wait_until(lambda: len(heard.taken_in) >= count, heard)
    time.sleep(secrets.randbelow(100) / 1000)


def wait_until(is_so: Callable[[], bool], heard: Heard) -> None:
    """Return once something is so; it has half a minute to come about."""
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline, heard.statuses
        time.sleep(0.002)


def assert_promises_kept(house: House, heard: Heard) -> None:
    """Look for every record that was taken in, and hand in again what nobody answered about."""
    lost = [raw for raw in heard.taken_in if find_record(house, raw) is None]
    assert lost == []
    for raw in heard.unanswered:
        first, second = submit(house, raw), submit(house, raw)
        assert not second.is_new
        assert first.digest == second.digest == sha256(raw).digest()
        assert first.include_by == second.include_by


def assert_good(house: House) -> None:
    """Let `goftogu check` find nothing against an instance."""
    assert [finding for finding in inspect.inspect(house) if not finding.is_good] == []


def _send(address: str, text: str, heard: Heard, stop: Event) -> None:
    connection = http.client.HTTPConnection(address, timeout=30)
    try:
        while not stop.is_set():
            raw = new_post(text)
            try:
                connection.request("POST", "/api/v1/records", raw)
                answer = connection.getresponse()
                answer.read()
            except (OSError, http.client.HTTPException):
                heard.unanswered.append(raw)
                return
            heard.statuses[answer.status] += 1
            if answer.status == 201:
                heard.taken_in.append(raw)
    finally:
        connection.close()
