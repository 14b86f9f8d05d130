"""A consultation of 100,000 voters and 1,000 statements: from votes to the report that shows them.

Rows are put into the database as ballots leave them; nobody stands behind them. The worker's own
loop runs beside, with its process for each analysis. Fifteen people vote at a time, because fewer
than ten change nothing that is shown.
"""

import resource
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import monotonic, perf_counter, sleep
from typing import Final

import numpy as np
from app import keeping, wiring, worker
from app.kernel.clock import FixedClock
from app.main import create_app
from app.opinion import store
from app.opinion.model import Conversation, ConversationState, Vote
from app.settings import Settings
from app.wiring import House
from benchmarks.figures import Figure
from starlette.testclient import TestClient
from tests import factories
from tests.houses import submit, tick
from tests.opinion import camps
from tests.opinion.crowds import put_in
from tests.opinion.samples import change, open_conversation, statement
from tests.visitor import ORIGIN

PEOPLE: Final = 100_000
STATEMENTS: Final = 1_000
_AT_ONCE: Final = 15
_ROUNDS: Final = 7
_OF_ONE: Final = 20
_WITHIN_S: Final = 120.0
_BAR_S: Final = 5.0
_PAGES: Final = 20


def measure(people: int = PEOPLE, statements: int = STATEMENTS) -> list[Figure]:
    """Let so many people vote, then some more; measure until readers could see it."""
    with TemporaryDirectory(prefix="refreshing") as folder:
        settings = Settings(data=Path(folder) / "instance", database_url="", origin="")
        house = wiring.init_house(settings, clock=FixedClock(factories.NOW))
        try:
            return _measure(house, people, statements)
        finally:
            house.db.close()


def _measure(house: House, people: int, statements: int) -> list[Figure]:
    with house.db.write() as work:
        house.door.submit(work, factories.board(factories.LIVE, home=house.keys["instance"]))
    tick(house)
    conversation = _ask(house, statements)
    sheets = _sheets(people + _ROUNDS * _AT_ONCE, statements)
    put_in(house, conversation, sheets[:people])
    stop = Event()
    keeper = keeping.list_keepers(house)["opinion"]
    beside = Thread(target=worker._keep, args=(house, stop, *keeper))  # noqa: SLF001
    beside.start()
    try:
        _wait(house, conversation, None)
        used = _used_by_children()
        took = [
            _refresh(house, conversation, sheets[first : first + _AT_ONCE], first)
            for first in range(people, people + _ROUNDS * _AT_ONCE, _AT_ONCE)
        ]
        used = (_used_by_children() - used) / _ROUNDS
    finally:
        stop.set()
        beside.join()
    change(house, conversation, state=ConversationState.CLOSED)
    page_ms = _page(house, conversation)
    return [
        Figure(name=f"report refreshed, {people:,} voters", unit="s", samples=took, bar=_BAR_S),
        Figure(name="processor time of an analysis, its process and all", unit="s", samples=[used]),
        Figure(name="results page made anew", unit="ms", samples=page_ms),
    ]


def _used_by_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _ask(house: House, statements: int) -> Conversation:
    opening, conversation = open_conversation(house)
    for first in range(0, statements, _OF_ONE):
        by = factories.person(f"Author {first}")
        for number in range(first, min(first + _OF_ONE, statements)):
            submit(house, statement(by, opening, f"Statement number {number} of ours."))
    tick(house)
    return conversation


def _sheets(people: int, statements: int) -> list[dict[int, Vote]]:
    cast = camps.cast(people, statements)
    table = np.zeros((people, statements), dtype=np.int8)
    table[cast.person, cast.statement] = np.asarray(cast.vote, dtype=np.int8) + 2
    return [{int(at) + 1: Vote(int(row[at]) - 2) for at in np.flatnonzero(row)} for row in table]


def _refresh(
    house: House, conversation: Conversation, sheets: list[dict[int, Vote]], first: int
) -> float:
    with house.db.read() as work:
        before = store.find_figures(work, conversation.thread)
    put_in(house, conversation, sheets, first=first)
    begun = perf_counter()
    _wait(house, conversation, before)
    return perf_counter() - begun


def _wait(house: House, conversation: Conversation, before: object) -> None:
    until = monotonic() + _WITHIN_S
    while monotonic() < until:
        with house.db.read() as work:
            if store.find_figures(work, conversation.thread) != before:
                return
        sleep(0.02)
    raise TimeoutError("the report was not refreshed")


def _page(house: House, conversation: Conversation) -> list[float]:
    with TestClient(create_app(house, ORIGIN), ORIGIN) as client:
        path = f"/fa/t/{conversation.thread}/results"
        took = []
        for _ in range(_PAGES):
            begun = perf_counter()
            # With a cookie the page is made anew.
            answer = client.get(path, headers={"cookie": "theme=light"})
            took.append((perf_counter() - begun) * 1000)
            answer.raise_for_status()
    return took


if __name__ == "__main__":
    from benchmarks.figures import table

    print(table(measure()))
