"""The write-ahead log of SQLite stays short, whoever reads."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import pairwise
from threading import Event, Thread

import pytest
from app.db import engine
from app.wiring import House
from sqlalchemy import text

from tests import factories
from tests.houses import submit

pytestmark = pytest.mark.slow

AVA = factories.person("Ava")
MIB = 1024 * 1024
POSTS = 120
# How long a reader reads: one that never stops for breath would take all the time from the writer.
_BREATH_S = 0.002


def test_log_of_the_database_stays_short_where_there_is_always_a_reader(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SQLite begins it anew only when nobody reads in it; that moment may never come by itself."""
    monkeypatch.setattr(engine, "LONG_LOG_BYTES", MIB)
    log = house.settings.data / "goftogu.db-wal"
    sizes = list[int]()
    with always_read(house):
        for number in range(POSTS):
            submit(house, factories.note(AVA, board=factories.LIVE, text=f"{number}"))
            sizes.append(log.stat().st_size)
            # As the worker does at each tick.
            house.db.scrub()

    assert max(sizes) < 4 * MIB
    assert sum(later < earlier for earlier, later in pairwise(sizes)) >= 1


@contextmanager
def always_read(house: House) -> Iterator[None]:
    """Read without a gap while a block runs: each reader ends after the next has begun."""
    stop, reads = Event(), list[int]()

    def begin(stack: ExitStack) -> ExitStack:
        work = stack.enter_context(house.db.read())
        reads.append(work.session.execute(text("SELECT count(*) FROM record")).scalar_one())
        return stack

    def read() -> None:
        earlier = begin(ExitStack())
        while not stop.wait(_BREATH_S):
            later = begin(ExitStack())
            earlier.close()
            earlier = later
        earlier.close()

    thread = Thread(target=read)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    # They saw the posts come in.
    assert reads == sorted(reads)
    assert reads[-1] > reads[0]
