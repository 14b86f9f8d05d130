"""How fast PostgreSQL takes posts: those of `posting`, with `synchronous_commit=on` and real syncs.

The cluster is a throw-away one on this machine's disk, with PostgreSQL's own settings.
"""

import os
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from app import wiring
from app.settings import Settings
from benchmarks import posting
from benchmarks.figures import Figure, table
from benchmarks.starting import WRITER
from tests import factories
from tests.houses import invite, submit, tick
from tests.journeys.instance import Instance, serving_process
from tests.postgres.server import find_programs, running_postgres


def measure() -> list[Figure]:
    """Measure with one client and with eight."""
    programs = find_programs()
    assert programs is not None, "PostgreSQL's server is missing"
    with running_postgres(programs, syncs=True) as cluster, TemporaryDirectory() as folder:
        data, url = Path(folder) / "instance", cluster.create_database()
        with closing((house := wiring.init_house(_settings(data, url))).db):
            submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
            invite(house, WRITER)
            tick(house)
        with serving_process(data, behind_front=True, settings={"DATABASE_URL": url}) as served:
            instance = Instance(origin=served[0], data=data, logins=(), pid=served[1])
            figures = posting.measure(instance)
    load = os.getloadavg()[0]
    named = f"PostgreSQL, load {load:.1f}: "
    return [
        Figure(name=named + one.name, unit=one.unit, samples=one.samples, bar=one.bar)
        for one in figures
    ]


def _settings(data: Path, url: str) -> Settings:
    return Settings(data=data, database_url=url, origin="")


if __name__ == "__main__":
    print(table(measure()))
