"""How long a host waits: from an empty folder to the first page that a reader gets."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure
from tests.journeys.instance import Instance, found, serving_process


@contextmanager
def measured_instance(data: Path) -> Iterator[tuple[Instance, list[Figure]]]:
    """Run `init`, `seed` and `serve`, fetch the front page, and keep serving for the others."""
    begun = perf_counter()
    logins = found(data)
    ready = perf_counter()
    with serving_process(data, behind_front=True) as (origin, pid):
        instance = Instance(origin=origin, data=data, logins=logins, pid=pid)
        status, _ = instance.get("/fa/")
        assert status == 200
        shown = perf_counter()
        yield (
            instance,
            [
                Figure(name="init and seed", unit="s", samples=[ready - begun]),
                Figure(name="serve, to the first page", unit="s", samples=[shown - ready]),
                Figure(name="empty folder to first page", unit="s", samples=[shown - begun]),
            ],
        )
