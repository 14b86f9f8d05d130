"""How long a host waits: from an empty folder to the first page that a reader gets."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Final

from app.kernel.clock import SystemClock
from benchmarks.figures import Figure
from tests import factories
from tests.houses import invite, open_at
from tests.journeys.instance import Instance, found, serving_process

WRITER: Final = factories.person("Writer of the figures")
"""Writes more than anybody may for whom nobody answers, and so was invited."""


@contextmanager
def measured_instance(data: Path) -> Iterator[tuple[Instance, list[Figure]]]:
    """Run `init`, `seed` and `serve`, fetch the front page, and keep serving for the others."""
    begun = perf_counter()
    logins = found(data)
    ready = perf_counter()
    with closing((house := open_at(data, SystemClock())).db):
        invite(house, WRITER)
    served = perf_counter()
    with serving_process(data, behind_front=True) as (origin, pid):
        instance = Instance(origin=origin, data=data, logins=logins, pid=pid)
        status, _ = instance.get("/fa/")
        assert status == 200
        shown = perf_counter()
        yield (
            instance,
            [
                Figure(name="init and seed", unit="s", samples=[ready - begun]),
                Figure(name="serve, to the first page", unit="s", samples=[shown - served]),
                Figure(
                    name="empty folder to first page",
                    unit="s",
                    samples=[ready - begun + shown - served],
                ),
            ],
        )
