"""Measure, print and write down: `python -m benchmarks.run [--about "short description"]`."""

import argparse
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from benchmarks import (
    appearing,
    besieging,
    carrying,
    evening,
    factoring,
    following,
    growing,
    hearing,
    listening,
    machine,
    moderating,
    onion,
    opining,
    posting,
    process,
    refreshing,
    replaying,
    sequencing,
    serving,
    verifying,
    visiting,
    voting,
)
from benchmarks.figures import Figure, table
from benchmarks.starting import measured_instance

_RESULTS: Final = Path(__file__).parent / "results"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition(":")[0])
    parser.add_argument("--about", default="run", help="what is special about this run")
    parser.add_argument("--long", action="store_true", help="replay two weeks whole, not a tenth")
    options = parser.parse_args()
    figures: list[Figure] = []
    try:
        for some in _measure(is_long=options.long):
            print(table(some), flush=True)
            figures += some
    finally:
        # Half an hour of measuring is not lost by what breaks at its end.
        print(f"\nwritten to {_write(figures, options.about).relative_to(Path.cwd())}")


def _measure(*, is_long: bool) -> Iterator[list[Figure]]:
    # The arithmetic first, while nothing else of ours runs.
    yield verifying.measure()
    yield opining.measure()
    yield listening.measure()
    with TemporaryDirectory() as data, measured_instance(Path(data)) as (instance, started):
        yield visiting.measure(instance)
        yield [*started, process.memory_with_seed(instance.pid)]
        yield serving.measure(instance, Path(data))
        yield following.measure(instance)
        # Last, for they fill the village with posts.
        yield replaying.measure(instance, whole=is_long)
        yield appearing.measure(instance)
        yield posting.measure(instance)
        yield [process.memory_under_load(instance.pid)]
    yield voting.measure()
    yield sequencing.measure()
    yield carrying.measure()
    yield moderating.measure()
    yield refreshing.measure()
    yield factoring.measure()
    yield evening.measure()
    yield hearing.measure()
    yield onion.measure()
    yield besieging.measure()
    yield growing.measure()


def _write(figures: list[Figure], about: str) -> Path:
    _RESULTS.mkdir(exist_ok=True)
    day = datetime.now(UTC).date().isoformat()
    slug = re.sub(r"[^a-z0-9]+", "-", about.lower()).strip("-") or "run"
    path = _RESULTS / f"{day}-{slug}.json"
    content = {
        "date": day,
        "about": about,
        "machine": machine.describe(),
        "figures": [figure.as_json() for figure in figures],
    }
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return path


if __name__ == "__main__":
    main()
