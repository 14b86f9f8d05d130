"""A hearing of 360,000 participants, 5,000 questions and 2,000,000 votes: its pages, as read.

Questions come by the door, but for one look that each takes at all the others; votes are sheets of
two bytes each, put in at once. Pages are asked for over HTTP by one reader: from the cache, and
made anew, as for a reader with settings of their own, whose cookie passes the cache by.
"""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Final
from unittest.mock import patch
from urllib.parse import urlsplit

from app import forum, wiring
from app.kernel.clock import HOUR_S, FixedClock, Instant, start_of
from app.opinion.model import Vote
from app.settings import Settings
from app.wiring import House
from benchmarks.figures import Figure
from tests import factories
from tests.hearings import hall as halls
from tests.hearings.hall import Hall
from tests.houses import release, submit
from tests.journeys.instance import serving_process

PEOPLE: Final = 360_000
QUESTIONS: Final = 5_000
VOTES: Final = 2_000_000
_OF_ONE: Final = 20
"""So many questions one persona may ask."""
_BATCH: Final = 20_000
_STEP: Final = 613
_CACHED, _ANEW = 200, 20
_BAR_MS: Final = 100.0
_READER: Final = "reader=1"
_PAGES: Final = {
    "hearings": "/hearings",
    "the hearing": "/t/{thread}/hearing",
    "its questions": "/t/{thread}/hearing/questions",
    "its last questions": "/t/{thread}/hearing/questions?page={last}",
    "its questions in one state, in the middle": (
        "/t/{thread}/hearing/questions?state=asked&page={middle}"
    ),
    "its charter": "/t/{thread}/hearing/charter",
    "its answers": "/t/{thread}/hearing/answers",
    "its text for slow links": "/t/{thread}/hearing.txt",
    "its consultation": "/t/{thread}/consultation",
    "its thread": "/t/{thread}",
    "its thread's last page": "/t/{thread}?page={last}",
}


def measure(people: int = PEOPLE, questions: int = QUESTIONS, votes: int = VOTES) -> list[Figure]:
    """Let so many ask and vote, and read."""
    with (
        TemporaryDirectory(prefix="hearing") as folder,
        _hearing(Path(folder), people, questions, votes) as (origin, thread),
    ):
        pages = -(-questions // _OF_ONE)
        names = {"thread": thread, "last": pages, "middle": pages // 2}
        return [
            figure
            for name, path in _PAGES.items()
            for figure in _read(origin, name, f"/en{path.format(**names)}")
        ]


def _read(origin: str, name: str, path: str) -> list[Figure]:
    (cached, is_kept), (anew, _) = (
        _ask(origin, path, _CACHED, {}),
        _ask(origin, path, _ANEW, {"Cookie": _READER}),
    )
    way = "from the cache" if is_kept else "never from the cache"
    return [
        Figure(name=f"{name}, {way}, p95", unit="ms", samples=[cached], bar=_BAR_MS),
        Figure(name=f"{name}, made anew, p95", unit="ms", samples=[anew]),
    ]


def _ask(origin: str, path: str, count: int, headers: dict[str, str]) -> tuple[float, bool]:
    """Return the 95th percentile of so many answers, in ms, and whether the page is kept.

    The first answer is not counted.
    """
    times, is_kept = [], True
    with closing(HTTPConnection(urlsplit(origin).netloc, timeout=120)) as host:
        for _ in range(1 + count):
            begun = perf_counter()
            host.request("GET", path, headers=headers)
            answer = host.getresponse()
            answer.read()
            times.append((perf_counter() - begun) * 1e3)
            if answer.status != 200:
                raise RuntimeError(f"{path} was answered {answer.status}")
            # What the page cache keeps, fronts may keep as well.
            is_kept = is_kept and "CDN-Cache-Control" in answer.headers
    return quantiles(times[1:], n=20)[-1], is_kept


@contextmanager
def _hearing(folder: Path, people: int, questions: int, votes: int) -> Iterator[tuple[str, str]]:
    data, today = folder / "instance", datetime.now(UTC).date()
    charter = replace(
        halls.CHARTER,
        opens_on=today - timedelta(days=1),
        chooses_on=today + timedelta(days=1),
        ends_on=today + timedelta(days=2),
    )
    clock = FixedClock(Instant(start_of(today - timedelta(days=2)) + 10 * HOUR_S))
    house = wiring.init_house(Settings(data=data, database_url="", origin=""), clock=clock)
    with closing(house.db):
        submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
        hall = halls.open_hall(house, charter)
        _ask_all(house, hall, questions)
        _vote_all(house, hall, people, questions, votes)
    with serving_process(data, behind_front=True) as (origin, _):
        yield origin, hall.thread


def _ask_all(house: House, hall: Hall, count: int) -> None:
    askers = [factories.person(f"Asker {number}") for number in range(-(-count // _OF_ONE))]
    # Each is compared with all others, which takes the longer the more there are: these differ.
    with patch.object(forum, "list_said", lambda *_: []), house.db.write() as work:
        for number in range(count):
            text = f"What of dam number {number}?\n\nIt leaks, and nobody says why."
            raw = halls.question_record(house, hall, askers[number // _OF_ONE], text)
            house.door.submit(work, raw)
    release(house)


def _vote_all(house: House, hall: Hall, people: int, questions: int, votes: int) -> None:
    """Let everybody vote on about as many questions; who votes on one more comes first."""
    each, more = divmod(votes, people)
    said = tuple(Vote)
    for first in range(0, people, _BATCH):
        sheets = [
            {
                (person * 7 + turn * _STEP) % questions + 1: said[(person + turn) % len(said)]
                for turn in range(each + (person < more))
            }
            for person in range(first, min(first + _BATCH, people))
        ]
        halls.put_votes(house, hall, sheets, first=first)


if __name__ == "__main__":
    from benchmarks.figures import table

    print(table(measure()))
