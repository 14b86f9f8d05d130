"""Counting in a process of its own, which ends: no tick and no page waits for it.

    python -m app.listening.jobs.apart < question > answer

The question is JSON: a database's address, a thread and the table of margins. The answer is JSON:
cells with the counts behind them, and measures. Both pass by pipes and stand on no disk.
"""

import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from app import forum, opinion
from app.db import Database, open_database
from app.forum import ThreadId
from app.kernel.clock import SystemClock
from app.listening import codec, store
from app.listening.model import Cell
from app.listening.service import Made

if TYPE_CHECKING:
    from app.listening.maths.counting import Sample

WITHIN_S: Final = 600
_COMMAND: Final = (sys.executable, "-m", "app.listening.jobs.apart")
_ONE_CORE: Final = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
_ABOUT: Final = ("age", "gender", "region", "voice")
"""The digits of a ballot's answers, in their order."""


def count_apart(url: str, thread: ThreadId, margins: str) -> Made:
    """Return what `count` does, from another process.

    Raises:
        CalledProcessError, TimeoutExpired: the other process failed, or takes ten minutes.

    """
    asked = json.dumps({"url": url, "thread": thread, "margins": margins})
    # What it complains of might hold words that somebody wrote: nobody reads it.
    done = subprocess.run(  # noqa: S603 (our own program)
        _COMMAND, input=asked.encode(), stdout=subprocess.PIPE, env={**os.environ, **_ONE_CORE},
        stderr=subprocess.DEVNULL, timeout=WITHIN_S, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    return Made(
        cells={
            name: Cell(exact=tuple(map(tuple, exact)), shown=shown)
            for name, (exact, shown) in told["cells"].items()
        },
        gap=codec.decode_measures(told["gap"]),
        outcomes=codec.decode_measures(told["outcomes"]),
    )


def count(db: Database, thread: ThreadId, margins: str) -> Made:
    """Make of a closed consultation what may be told; the same votes give the same bytes."""
    # Arrays are for the process that counts, and for no other.
    from app.listening.maths.counting import choose_margins, count_cells  # noqa: PLC0415
    from app.listening.maths.measuring import Talk, measure  # noqa: PLC0415

    with db.read() as work:
        collected = opinion.collect_said(work, thread)
        last = store.list_cells(work, thread)
        voices = forum.list_voices(work, thread)
        board = opinion.get_conversation(work, thread).board
        placed = {each.post: each.counts for each in forum.list_placings(work, board)}
    sample = _sample_of(collected)
    weighing = choose_margins(sample, codec.parse_margins(margins))
    cells = count_cells(sample, weighing, last)
    talk = Talk(
        posts=[(each.digest.hex(), each.author, each.characters) for each in voices],
        answers=[
            (each.digest.hex(), each.parent.hex()) for each in voices if each.parent is not None
        ],
        helps={post.hex(): json.loads(counts) for post, counts in placed.items()},
    )
    gap, outcomes, more = measure(sample, weighing, talk, last)
    return Made(cells={**cells, **more}, gap=gap, outcomes=outcomes)


def _sample_of(collected: opinion.Collected) -> "Sample":
    import numpy as np  # noqa: PLC0415

    from app.listening.maths.counting import UNANSWERED, Sample  # noqa: PLC0415
    from app.opinion.maths.lockstep import find_lockstep  # noqa: PLC0415
    from app.opinion.maths.sheets import INVITED, UNVOUCHED, VOUCHED, gather, rows_of  # noqa: PLC0415

    kinds = {"unvouched": UNVOUCHED, "vouched": VOUCHED, "invited": INVITED}
    sides = {"inside": 0, "abroad": 1, "unsaid": 2}
    side = np.array(
        [sides[each] if each else UNANSWERED for each in collected.sides], dtype=np.int64
    )
    told = np.array(
        [
            [UNANSWERED if digit == "-" else int(digit) for digit in each or "-" * len(_ABOUT)]
            for each in collected.abouts
        ],
        dtype=np.int64,
    ).reshape(-1, len(_ABOUT))
    columns = {"side": side, **{name: told[:, at] for at, name in enumerate(_ABOUT)}}
    of_kind = np.array([kinds[each.value] for each in collected.kinds], dtype=np.int64)
    target, asked = np.array(collected.target, dtype=np.int64), np.array(collected.asked, bool)
    ballots, again = (
        gather([rows_of(sheets)], kinds=of_kind, sides=side, target=target, asked=asked)
        for sheets in (collected.sheets, [each or b"" for each in collected.again])
    )
    clusters = find_lockstep(ballots.votes, ballots.vouched).cluster
    return Sample(
        ballots=ballots,
        about=np.stack([columns[name] for name in codec.LEVELS], axis=1),
        voices=columns["voice"],
        again=again.votes,
        flagged=clusters >= 0,
        posts=collected.posts,
    )


def main() -> None:
    """Read a question, write the answer."""
    asked = json.load(sys.stdin.buffer)
    db = open_database(asked["url"], SystemClock(), is_read_only=True)
    made = count(db, ThreadId(asked["thread"]), asked["margins"])
    answer = {
        "cells": {name: [cell.exact, cell.shown] for name, cell in made.cells.items()},
        "gap": [asdict(each) for each in made.gap],
        "outcomes": [asdict(each) for each in made.outcomes],
    }
    sys.stdout.buffer.write(json.dumps(answer).encode())


if __name__ == "__main__":
    main()
