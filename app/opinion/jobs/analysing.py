"""Analysing votes in a process of its own, which ends: no tick and no request waits for it.

    python -m app.opinion.jobs.analysing < question > answer

The question is JSON: a database's address and a thread. The answer is a line of JSON, the map and
what places one voter. Both pass by pipes and stand on no disk.
"""

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from app.db import Database, open_database
from app.forum import ThreadId
from app.kernel.clock import SystemClock
from app.opinion import service
from app.opinion.service.results import Made

if TYPE_CHECKING:
    from app.opinion.maths.sheets import Ballots

WITHIN_S: Final = 300
_COMMAND: Final = (sys.executable, "-m", "app.opinion.jobs.analysing")
_AT_ONCE: Final = 50_000
_ONE_CORE: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
"""The others are for pages; and threads that wait for each other turn in circles."""


def analyse_apart(url: str, thread: ThreadId) -> Made:
    """Return what `analyse` does, from another process.

    Raises:
        CalledProcessError, TimeoutExpired: the other process failed, or takes five minutes.

    """
    asked = json.dumps({"url": url, "thread": thread})
    # What it complains of might hold words that somebody wrote: nobody reads it.
    done = subprocess.run(  # noqa: S603 (our own program)
        _COMMAND, input=asked.encode(), stdout=subprocess.PIPE, env={**os.environ, **_ONE_CORE},
        stderr=subprocess.DEVNULL, timeout=WITHIN_S, check=True,
    )  # fmt: skip
    line, _, rest = done.stdout.partition(b"\n")
    head = json.loads(line)
    return Made(
        people=head["people"],
        figures=head["figures"],
        compass=rest[: head["compass"]],
        picture=rest[head["compass"] :],
        priorities={int(number): priority for number, priority in head["priorities"].items()},
    )


def analyse(db: Database, thread: ThreadId) -> Made:
    """Make of a consultation's votes what is kept; the same votes give the same bytes."""
    # What is so large: ten megabytes that web processes would hold for as long as they run.
    from app.opinion.maths.picture import draw_map  # noqa: PLC0415
    from app.opinion.maths.reporting import report  # noqa: PLC0415

    with db.read() as work:
        kept = service.collect_ballots(work, thread)
    ballots = _ballots_of(kept)
    made = report(ballots, groups=kept.groups)
    shown = made.figures
    # Where a group is too small to be shown, a map of the others would show where it is missing.
    groups = len(shown.groups) if shown is not None and not shown.hidden_groups else 0
    return Made(
        people=made.people,
        figures=shown.encode() if shown else "",
        compass=made.compass.encode(),
        picture=draw_map(made.points, made.labels, groups),
        priorities={
            number + 1: int(made.priorities[number])
            for number, asked in enumerate(kept.asked)
            if asked
        },
    )


def _ballots_of(kept: service.Kept) -> "Ballots":
    import numpy as np  # noqa: PLC0415

    from app.opinion.maths.sheets import gather, rows_of  # noqa: PLC0415

    parts = (
        rows_of(kept.sheets[first : first + _AT_ONCE], first)
        for first in range(0, len(kept.sheets), _AT_ONCE)
    )
    return gather(
        parts,
        kinds=np.array(kept.kinds, dtype=np.int64),
        sides=np.array(kept.sides, dtype=np.int64),
        target=np.array(kept.target, dtype=np.int64),
        asked=np.array(kept.asked, dtype=np.bool_),
    )


def main() -> None:
    """Read a question, write the answer."""
    asked = json.load(sys.stdin.buffer)
    db = open_database(asked["url"], SystemClock(), is_read_only=True)
    made = analyse(db, ThreadId(asked["thread"]))
    head = {
        "people": made.people,
        "figures": made.figures,
        "compass": len(made.compass),
        "priorities": made.priorities,
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + made.compass + made.picture)


if __name__ == "__main__":
    main()
