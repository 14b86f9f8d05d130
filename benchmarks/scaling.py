"""One web process beside two, each with the worker, PostgreSQL and Redis on the same machine.

The load generator (`wrk`) runs on the same cores and is counted: what it takes, pages do not get.
`python -m benchmarks.scaling` says the machine's load beside the figures.
"""

import os
import re
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from app import wiring
from app.settings import Settings
from benchmarks import posting
from benchmarks.figures import Figure, table
from benchmarks.posting_postgres import running_worker
from benchmarks.starting import WRITER
from tests import factories
from tests.houses import invite, submit, tick
from tests.journeys.instance import Instance, serving_process
from tests.postgres.server import find_programs, running_postgres
from tests.web.redis_server import running_redis

_SECONDS: Final = 4
_CONNECTIONS: Final = 16
_AT_LEAST: Final = 1.5
# A cookie with a reader's choices passes by the page cache: the page is made for this reader.
_OWN: Final = ("-H", "Cookie: theme=dark")
_rate = re.compile(r"Requests/sec:\s+([\d.]+)")


def measure() -> list[Figure]:
    """Measure pages from the cache, pages made anew, and posts."""
    with running_instances(2) as origins:
        page = f"{origins[0]}/en/b/{factories.LIVE.slug}"
        pages = [page, page.replace(origins[0], origins[1])]
        figures = []
        for name, options in (("from the cache", ()), ("made anew", _OWN)):
            # A process builds its routes and compiles its templates for the first who asks.
            _ask(pages, options)
            one, two = _ask(pages[:1], options), _ask(pages, options)
            figures += [
                _figure(f"a page {name}, one process ({one:.0f}/s)", 1e3 / one),
                _figure(f"a page {name}, two processes ({two:.0f}/s)", 1e3 / two),
                Figure(
                    name=f"a page {name}, two processes ({two / one:.2f} times as many)",
                    unit="of 1.5",
                    samples=[_AT_LEAST * one / two],
                    bar=1.0,
                ),
            ]
        data = Path()
        pid = _pid_of(origins[0])
        figures += posting.measure(Instance(origin=origins[0], data=data, logins=(), pid=pid))
    return figures


@contextmanager
def running_instances(processes: int) -> Iterator[list[str]]:
    """Run an instance with some web processes on PostgreSQL that syncs; yield their origins."""
    programs = find_programs()
    assert programs is not None, "PostgreSQL's server is missing"
    with ExitStack() as stack:
        cluster = stack.enter_context(running_postgres(programs, syncs=True))
        redis = stack.enter_context(running_redis())
        data = Path(stack.enter_context(TemporaryDirectory())) / "instance"
        url = cluster.create_database()
        settings = Settings(data=data, database_url=url, origin="")
        with closing(house := wiring.init_house(settings)):
            submit(house, factories.board(factories.LIVE, home=house.keys["instance"]))
            invite(house, WRITER)
            for number in range(20):
                submit(house, factories.note(WRITER, board=factories.LIVE, title=f"Water {number}"))
            tick(house)
        said = {"DATABASE_URL": url, "REDIS_URL": redis.url}
        stack.enter_context(running_worker(data, said))
        yield [stack.enter_context(_web(data, said))[0] for _ in range(processes)]


_pids: dict[str, int] = {}


@contextmanager
def _web(data: Path, said: dict[str, str]) -> Iterator[tuple[str, int]]:
    with serving_process(data, "--apart", behind_front=True, settings=said) as (origin, pid):
        _pids[origin] = pid
        yield origin, pid


def _pid_of(origin: str) -> int:
    return _pids[origin]


def _ask(pages: Sequence[str], options: Sequence[str]) -> float:
    """Ask for pages from all processes at once; return how many a second came."""
    words = ["wrk", "-t1", f"-c{_CONNECTIONS // len(pages)}", f"-d{_SECONDS}s", *options]
    asking = [subprocess.Popen([*words, page], stdout=subprocess.PIPE, text=True) for page in pages]
    rate = 0.0
    for one in asking:
        said, _ = one.communicate()
        assert "Non-2xx" not in said, said
        found = _rate.search(said)
        assert found is not None, said
        rate += float(found[1])
    return rate


def _figure(name: str, value: float) -> Figure:
    return Figure(name=name, unit="ms", samples=[value])


if __name__ == "__main__":
    print(f"load of the machine before: {os.getloadavg()[0]:.1f}")
    print(table(measure()))
