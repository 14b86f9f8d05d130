"""What PostgreSQL keeps of erased words in its files, and until when (docs/operating.md)."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app import wiring, worker
from app.kernel.clock import DAY_S, FixedClock
from app.settings import Settings
from app.wiring import House

from tests import factories
from tests.houses import publish, submit, tick
from tests.postgres.server import Postgres, running_postgres

pytestmark = [pytest.mark.postgres, pytest.mark.slow]

AVA = factories.person("Ava")
KEPT = "thekeptneedle"
ERASED = ("thefirstneedle", "thesecondneedle", "thetitleneedle")
SOME = [f"Filler {number}" for number in range(40)]


@pytest.fixture
def alone(postgres: Postgres) -> Iterator[Postgres]:
    """A cluster of one's own, whose files hold nobody else's words."""
    with running_postgres(postgres.programs) as cluster:
        yield cluster


@pytest.fixture
def lonely(alone: Postgres, tmp_path: Path, clock: FixedClock) -> Iterator[House]:
    """An instance on that server, whose worker has made its first step."""
    url = alone.create_database()
    settings = Settings(data=tmp_path / "instance", database_url=url, origin="")
    with closing((house := wiring.init_house(settings, clock=clock)).db):
        worker.step(house, 0)
        yield house


def holding(cluster: Postgres, word: str) -> set[str]:
    """Return the folders of the server that hold a word in one of their files."""
    found = set()
    for path in cluster.data.rglob("*"):
        try:
            if path.is_file() and word.encode() in path.read_bytes():
                found.add(path.relative_to(cluster.data).parts[0])
        except FileNotFoundError:
            continue  # The server has just deleted it.
    return found


def let_the_log_go_on(cluster: Postgres) -> None:
    """Do what `archive_timeout` and `checkpoint_timeout` do as time goes by."""
    with cluster.connect() as connection:
        for _ in range(4):
            connection.execute("SELECT pg_switch_wal()")
            connection.execute("CHECKPOINT")


def test_erased_words_leave_the_files_the_day_after_and_the_log_as_it_goes_on(
    alone: Postgres, lonely: House, clock: FixedClock
) -> None:
    erase_among_others(lonely)
    let_the_log_go_on(alone)
    # Its own clean-up does not help: this is why the worker writes the files anew.
    with alone.connect(lonely.settings.database_url.split("/")[3].split("?")[0]) as connection:
        connection.execute("VACUUM")
    assert {*map(bool, (holding(alone, word) for word in ERASED))} == {True}

    clock.advance(DAY_S)
    worker.step(lonely, 0)

    for word in ERASED:
        assert holding(alone, word) <= {"pg_wal"}
    let_the_log_go_on(alone)
    for word in ERASED:
        assert holding(alone, word) == set()
    assert "base" in holding(alone, KEPT)


def test_files_are_written_anew_once_a_day_and_only_after_an_erasure(
    lonely: House, clock: FixedClock
) -> None:
    first = files_of(lonely)
    erase_among_others(lonely)
    worker.step(lonely, 0)
    assert files_of(lonely) == first
    clock.advance(DAY_S)
    worker.step(lonely, 0)
    second = files_of(lonely)
    assert not set(second) & set(first)
    clock.advance(DAY_S)
    worker.step(lonely, 0)
    assert files_of(lonely) == second


def test_files_that_somebody_reads_are_written_anew_an_hour_later(
    lonely: House, clock: FixedClock
) -> None:
    """A backup reads for long; nobody must wait for it behind the worker."""
    first = files_of(lonely)
    erase_among_others(lonely)
    clock.advance(DAY_S)
    with lonely.db.read() as reader:
        reader.session.connection().exec_driver_sql("SELECT count(*) FROM version")
        worker.step(lonely, 0)
        assert files_of(lonely) == first

    worker.step(lonely, worker._FORGET_EVERY_TICKS)

    assert not set(files_of(lonely)) & set(first)
    with lonely.db.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW lock_timeout").scalar_one() == "0"


def erase_among_others(house: House) -> None:
    """Write posts, some of which are revised and erased."""
    submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
    tick(house)
    first = factories.note(AVA, board=factories.LIVE, title=ERASED[2], text=f"{ERASED[0]} here")
    fillers = [factories.note(AVA, board=factories.LIVE, text=text) for text in (*SOME, KEPT)]
    publish(house, factories.card(AVA), *fillers[:20], first, *fillers[20:])
    publish(house, factories.update(AVA, first, title=ERASED[2], text=f"{ERASED[1]} there"))
    publish(house, factories.erasure(AVA, first))


def files_of(house: House) -> list[int]:
    """Return which files the tables with everybody's words are in."""
    with house.db.read() as work:
        tables = ", ".join(f"'{table}'::regclass" for table in worker._WITH_WORDS)
        rows = work.session.connection().exec_driver_sql(
            f"SELECT relfilenode FROM pg_class WHERE oid IN ({tables})"
        )
        return sorted(int(number) for (number,) in rows)
