"""How fast PostgreSQL takes posts: those of `posting`, with `synchronous_commit=on` and real syncs.

The cluster is a throw-away one on this machine's disk, with PostgreSQL's own settings. Measured as
`deploy/scaling` has it from its second step on, one web process and the worker in another, and with
one process for both, which has to share an interpreter with its own ticks.
"""

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from app import wiring
from app.settings import Settings
from benchmarks import posting
from benchmarks.figures import Figure, table
from benchmarks.starting import WRITER
from tests import factories
from tests.houses import invite, submit, tick
from tests.journeys.instance import COMMAND, Instance, environment_of, serving_process
from tests.postgres.server import find_programs, running_postgres


def measure() -> list[Figure]:
    """Measure with one client and with eight, the worker apart and not."""
    apart = _measure("worker apart", is_apart=True)
    together = _measure("one process", is_apart=False)
    # The bar is for PostgreSQL as it is to be used.
    return [*apart, *(replace(figure, bar=None) for figure in together)]


def _measure(arrangement: str, *, is_apart: bool) -> list[Figure]:
    programs = find_programs()
    assert programs is not None, "PostgreSQL's server is missing"
    with ExitStack() as stack:
        cluster = stack.enter_context(running_postgres(programs, syncs=True))
        data = Path(stack.enter_context(TemporaryDirectory())) / "instance"
        url = cluster.create_database()
        with closing((house := wiring.init_house(_settings(data, url))).db):
            submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
            invite(house, WRITER)
            tick(house)
        said = {"DATABASE_URL": url}
        if is_apart:
            stack.enter_context(running_worker(data, said))
        words = ("--apart",) if is_apart else ()
        served = serving_process(data, *words, behind_front=True, settings=said)
        origin, pid = stack.enter_context(served)
        figures = posting.measure(Instance(origin=origin, data=data, logins=(), pid=pid))
    named = f"PostgreSQL, {arrangement}, load {os.getloadavg()[0]:.1f}: "
    return [replace(figure, name=named + figure.name) for figure in figures]


@contextmanager
def running_worker(data: Path, said: Mapping[str, str]) -> Iterator[None]:
    """Let the worker of an instance run in a process of its own for the length of a block."""
    settings = {f"GOFTOGU_{name}": value for name, value in said.items()}
    worker = subprocess.Popen([COMMAND, "worker"], env=environment_of(data) | settings)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def _settings(data: Path, url: str) -> Settings:
    return Settings(data=data, database_url=url, origin="")


if __name__ == "__main__":
    print(table(measure()))
