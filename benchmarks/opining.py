"""Votes of 1,000 statements, from rows to an analysis, on one core, beside red-dwarf.

Seconds are processor time of one thread: what it takes on a core of its own, whoever shares the
machine. Each size is analysed in a process of its own that never saw how its votes were made.
red-dwarf is installed into an environment of its own, if it can be: else our figures stand alone.
"""

import json
import multiprocessing
import os
import resource
import subprocess
import sys
import venv
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Final

from benchmarks.figures import Figure

_SIZES: Final = ((10_000, 0.5, None), (100_000, 2.0, None), (1_000_000, 15.0, 2_000.0))
_BESIDE: Final = (1_000, 10_000)
_RUNS: Final = 3
_STATEMENTS: Final = 1_000
_RED_DWARF: Final = "red-dwarf==0.4.0"
_ONE_THREAD: Final = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
_MEASURE_IT: Final = """
import json, resource, sys
from time import process_time
import numpy as np
from reddwarf.implementations.polis import run_pipeline
names = ("participant_id", "statement_id", "vote")
with np.load(sys.argv[1]) as rows:
    columns = [rows[name].tolist() for name in ("person", "statement", "vote")]
# Its last vote of each cell: it takes no second one.
last = {row[:2]: row for row in zip(*columns)}
votes = [dict(zip(names, row)) for row in last.values()]
begun = process_time()
run_pipeline(votes=votes, random_state=42)
seconds = process_time() - begun
print(json.dumps([seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]))
"""


def measure() -> list[Figure]:
    """Measure each size, and red-dwarf on the small ones."""
    figures: list[Figure] = []
    with TemporaryDirectory() as folder:
        for people, bar_s, bar_mb in _SIZES:
            figures += _ours(people, _cast(people, Path(folder)), bar_s, bar_mb)
        figures += _beside(Path(folder))
    return figures


def _cast(people: int, folder: Path) -> Path:
    """Write votes into a file, in a process that takes its memory with it."""
    path = folder / f"{people}.npz"
    if not path.exists():
        _apart(_write, people, path)
    return path


def _write(people: int, path: Path) -> list[float]:
    import numpy as np
    from tests.opinion.camps import cast

    ballots = cast(people, _STATEMENTS)
    np.savez(path, person=ballots.person, statement=ballots.statement, vote=ballots.vote)
    return []


def _analyse(people: int, path: Path) -> list[float]:
    """Return processor seconds from rows to an analysis, and the most memory held, in MB."""
    import numpy as np
    from app.opinion.maths.analysis import analyse
    from app.opinion.maths.votes import Votes

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with np.load(path) as rows:
        person, statement, vote = (rows[name] for name in ("person", "statement", "vote"))
    begun = process_time()
    analyse(Votes.from_rows(person, statement, vote, people=people, statements=_STATEMENTS))
    return [process_time() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024]


def _ours(people: int, path: Path, bar_s: float | None, bar_mb: float | None) -> list[Figure]:
    runs = [_apart(_analyse, people, path) for _ in range(_RUNS)]
    seconds, memory = ([run[number] for run in runs] for number in range(2))
    name = f"analyse votes of {people:,} people"
    return [
        Figure(name=name, unit="s", samples=seconds, bar=bar_s),
        Figure(name=f"{name}, memory", unit="MB", samples=memory, bar=bar_mb),
    ]


def _beside(folder: Path) -> list[Figure]:
    python = _install(folder / "red-dwarf")
    if python is None:
        print("red-dwarf cannot be installed here: our figures stand alone", file=sys.stderr)
        return []
    figures: list[Figure] = []
    for people in _BESIDE:
        path = _cast(people, folder)
        done = subprocess.run(
            [python, "-c", _MEASURE_IT, path],
            capture_output=True, check=False, env={**os.environ, **dict.fromkeys(_ONE_THREAD, "1")},
        )  # fmt: skip
        if done.returncode:
            print(f"red-dwarf failed: {done.stderr.decode()[-300:]}", file=sys.stderr)
            return figures
        theirs = json.loads(done.stdout.splitlines()[-1])
        ours = _apart(_analyse, people, path)
        names = (f"red-dwarf, {people:,} people", f"red-dwarf / ours, {people:,} people")
        figures += [
            Figure(name=names[0], unit="s", samples=[theirs[0]]),
            Figure(name=f"{names[0]}, memory", unit="MB", samples=[theirs[1]]),
            Figure(name=names[1], unit="", samples=[theirs[0] / ours[0]]),
        ]
    return figures


def _install(folder: Path) -> Path | None:
    """Make an environment with red-dwarf; return its Python, or None where that fails."""
    python = folder / "bin" / "python"
    try:
        venv.create(folder, with_pip=True)
        packages = [_RED_DWARF, "setuptools<81"]
        subprocess.run(
            [python, "-m", "pip", "--quiet", "--no-input", "install", *packages],
            capture_output=True, check=True, timeout=900,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    return python


def _apart(work: Callable[[int, Path], list[float]], people: int, path: Path) -> list[float]:
    """Run a function in a process of its own with one thread."""
    # Before the process begins, since NumPy reads them as it is loaded.
    before = {name: os.environ.get(name) for name in _ONE_THREAD}
    os.environ.update(dict.fromkeys(_ONE_THREAD, "1"))
    try:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            return pool.apply(work, (people, path))
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
