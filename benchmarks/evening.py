"""A live evening: 2,000 readers of one hearing, on events and on frames, and answers as they come.

A host serves a hearing whose questions wait. Half of the readers follow by events; the others'
frames go on as each answer tells them to, each time over a connection of its own. They are a
process of their own, on the same machine. Answers are handed in over HTTP by the official's key;
what is measured is the time from there, the tick and all, until a reader holds the answer.
"""

import asyncio
import multiprocessing
import random
import re
import secrets
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.client import HTTPConnection
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Final
from urllib.parse import urlsplit

from app import identity, wiring
from app.forum import Post
from app.identity import store
from app.identity.rules.cohorts import cohort_of
from app.kernel.clock import HOUR_S, FixedClock, Instant, day_of, start_of
from app.settings import Settings
from benchmarks.figures import Figure
from benchmarks.following import memory_of, processor_time
from tests import factories
from tests.crypto import issuers
from tests.hearings import answered
from tests.houses import submit
from tests.journeys.instance import serving_process

READERS: Final = 2_000
BY_EVENTS: Final = 1_000
_ANSWERS: Final = 6
_BETWEEN_S: Final = 8.0
_WARM_S: Final = 5.0
_BAR_S: Final = 2.0
_AGAIN_S: Final = 0.2
_BACK_S: Final = 3.0
_FAILED_S: Final = 1.0
_CONNECTED_S: Final = 120.0
_refresh = re.compile(rb"\r\nrefresh: (\d+);url=(\S+)\r\n", re.IGNORECASE)
_TEXT: Final = "The weir opens in March, and the plan is published before that. " * 6


@dataclass(frozen=True, slots=True)
class Evening:
    """Where a hearing is followed, and what waits in it."""

    origin: str
    pid: int
    thread: str
    waiting: list[Post]


@dataclass(slots=True)
class Seen:
    """When readers first held posts, by number; those of events and of frames apart."""

    events: dict[int, list[float]]
    frames: dict[int, list[float]]
    pages: int = 0
    failed: int = 0


def measure(readers: int = READERS, by_events: int = BY_EVENTS) -> list[Figure]:
    """Let so many follow, and answer."""
    with TemporaryDirectory(prefix="evening") as folder, _evening(Path(folder)) as evening:
        return _measure(evening, readers, by_events)


def _measure(evening: Evening, readers: int, by_events: int) -> list[Figure]:
    here, there = multiprocessing.Pipe()
    host = urlsplit(evening.origin).netloc
    since = _newest(evening)
    follows = (host, evening.thread, since, by_events, readers - by_events)
    process = multiprocessing.get_context("spawn").Process(
        target=_follow, args=(there, *follows), daemon=True
    )
    process.start()
    # All streams are open and every frame was loaded once.
    before = memory_of(evening.pid)
    if not here.poll(_CONNECTED_S) or here.recv() != "ready":
        raise RuntimeError("not all readers were connected in time")
    sleep(_WARM_S)
    each = (memory_of(evening.pid) - before) / readers
    used, begun = processor_time(evening.pid), monotonic()
    sent = []
    for post in evening.waiting:
        sent.append(_answer(host, post))
        sleep(_BETWEEN_S)
    used = (processor_time(evening.pid) - used) / (monotonic() - begun)
    here.send("stop")
    seen: Seen = here.recv()
    process.join()
    numbers = range(since + 1, since + 1 + len(sent))
    events, frames = (
        [at - asked for number, asked in zip(numbers, sent, strict=True) for at in by[number]]
        for by in (seen.events, seen.frames)
    )
    expected = (len(sent) * by_events, len(sent) * (readers - by_events))
    missed = sum(expected) - len(events) - len(frames)
    told = f"{readers:,} readers"
    return [
        Figure(
            name=f"an answer reaches {told}, p95",
            unit="s",
            samples=[_p95([*events, *frames])],
            bar=_BAR_S,
        ),
        Figure(name=f"those {by_events} on events, p95", unit="s", samples=[_p95(events)]),
        Figure(name="those on frames, p95", unit="s", samples=[_p95(frames)]),
        Figure(name="an answer reaches a reader", unit="s", samples=[*events, *frames]),
        Figure(name="answers that a reader never held", unit="", samples=[missed], bar=1),
        Figure(name="processor of the server meanwhile", unit="cores", samples=[used]),
        Figure(name="memory of a reader", unit="KiB", samples=[each]),
        Figure(name="frames loaded", unit="", samples=[seen.pages]),
        Figure(name="frames that failed to load, and came again", unit="", samples=[seen.failed]),
    ]


def _p95(samples: list[float]) -> float:
    return quantiles(samples, n=20)[-1]


@contextmanager
def _evening(folder: Path) -> Iterator[Evening]:
    """Serve a hearing on its evening; its days before were yesterday's and earlier."""
    data, today = folder / "instance", datetime.now(UTC).date()
    charter = replace(
        answered.CHARTER,
        opens_on=today - timedelta(days=1),
        chooses_on=today,
        ends_on=today + timedelta(days=1),
        top=_ANSWERS,
        is_live=True,
    )
    clock = FixedClock(Instant(start_of(today - timedelta(days=2)) + 10 * HOUR_S))
    house = wiring.init_house(Settings(data=data, database_url="", origin=""), clock=clock)
    with closing(house.db):
        submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
        hall, waiting = answered.waiting_hall(house, _ANSWERS, charter)
        with house.db.write() as work:
            # Who answers sends more than anybody may for whom nobody answers.
            identity.open_cohort(work, house.keys["instance"], issuers.KEY)
            store.add_invited(work, answered.OMID.root, cohort_of(day_of(work.now)))
    with serving_process(data, behind_front=True) as (origin, pid):
        yield Evening(origin, pid, hall.thread, waiting)


def _newest(evening: Evening) -> int:
    host = HTTPConnection(urlsplit(evening.origin).netloc, timeout=30)
    host.request("GET", f"/en/t/{evening.thread}/hearing/live")
    page = host.getresponse().read().decode()
    found = re.search(r"/hearing/live/(\d+)", page)
    assert found, page[:500]
    return int(found[1])


def _answer(address: str, post: Post) -> float:
    day = datetime.now(UTC).date()
    raw = answered.answer_record(answered.OMID, post, _TEXT, day=day, nonce=secrets.token_bytes(16))
    begun = monotonic()
    while True:
        host = HTTPConnection(address, timeout=30)
        host.request("POST", "/api/v1/records", raw)
        answer = host.getresponse()
        said = answer.read()
        host.close()
        if answer.status == HTTPStatus.CREATED:
            return begun
        # As many connections as the server bears: the official's browser comes again as well.
        if answer.status != HTTPStatus.SERVICE_UNAVAILABLE:
            raise RuntimeError(said.decode())
        sleep(_AGAIN_S)


def _follow(
    pipe: Connection, host: str, thread: str, since: int, by_events: int, by_frames: int
) -> None:
    """Follow until told to stop; a process of its own."""
    asyncio.run(_follow_all(pipe, host, thread, since, by_events, by_frames))


async def _follow_all(
    pipe: Connection, host: str, thread: str, since: int, by_events: int, by_frames: int
) -> None:
    seen, stop = Seen({}, {}), asyncio.Event()
    for number in range(since + 1, since + 1 + _ANSWERS):
        seen.events[number], seen.frames[number] = [], []
    base = f"/en/t/{thread}/hearing"
    ready = asyncio.Semaphore(0)
    readers = [
        asyncio.create_task(_read_events(host, f"{base}/events?since={since}", seen, ready))
        for _ in range(by_events)
    ]
    readers += [
        asyncio.create_task(_read_frames(host, f"{base}/live/{since}", seen, ready))
        for _ in range(by_frames)
    ]
    for _ in readers:
        await ready.acquire()
    pipe.send("ready")
    await asyncio.to_thread(pipe.recv)
    stop.set()
    for reader in readers:
        reader.cancel()
    await asyncio.gather(*readers, return_exceptions=True)
    pipe.send(seen)


async def _ask(host: str, path: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    name, _, port = host.partition(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    asked = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    writer.write(asked.encode())
    return reader, writer


async def _read_events(host: str, path: str, seen: Seen, ready: asyncio.Semaphore) -> None:
    is_ready, held = False, set[int]()
    while True:
        # The connection closes when its writer is forgotten.
        (reader, writer), told = await _ask(host, path), b""
        while piece := await reader.read(65536):
            told += piece
            if not is_ready and b"event: state" in told:
                is_ready = True
                ready.release()
            for found in re.findall(rb'id="p(\d+)"', told):
                number = int(found)
                if number not in held and number in seen.events:
                    held.add(number)
                    seen.events[number].append(monotonic())
            # What is whole was read; the rest of an event comes with the next piece.
            told = told[told.rfind(b"\n\n") + 2 :] if is_ready else told
        # As many connections as the server bears: a browser comes again as well.
        writer.close()
        seen.failed += 1
        await asyncio.sleep(_BACK_S)


async def _read_frames(host: str, path: str, seen: Seen, ready: asyncio.Semaphore) -> None:
    held, is_ready, asked = set[int](), False, path
    await asyncio.sleep(random.random() * _WARM_S)
    while True:
        try:
            reader, writer = await _ask(host, asked)
            page = await reader.read(-1)
            writer.close()
        except OSError:
            page = b""
        for found in re.findall(rb'id="p(\d+)"', page):
            number = int(found)
            if number not in held and number in seen.frames:
                held.add(number)
                seen.frames[number].append(monotonic())
        seen.pages += 1
        if page.startswith(b"HTTP/1.1 200") and not is_ready:
            is_ready = True
            ready.release()
        if found_next := _refresh.search(page):
            asked = found_next[2].decode()
            await asyncio.sleep(int(found_next[1]))
        else:
            seen.failed += 1
            asked = path
            await asyncio.sleep(_FAILED_S)


if __name__ == "__main__":
    from benchmarks.figures import table

    print(table(measure()))
