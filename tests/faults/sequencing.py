"""A worker in a process of its own that does nothing but sequence, made to be killed."""

import secrets
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

from app.kernel.clock import SystemClock, day_of

from tests import factories
from tests.faults.host import PROCESSES
from tests.houses import open_at, submit, tick

_LONGEST_MS: Final = 60
_BEGINS_S: Final = 30.0


def kill_while_it_sequences(data: Path, author: str) -> None:
    """Let a process publish posts of an author of its own, and kill it at a random moment."""
    here, there = PROCESSES.Pipe()
    process = PROCESSES.Process(target=_sequence, args=(data, author, there), daemon=True)
    process.start()
    try:
        assert here.poll(_BEGINS_S), "the sequencer did not begin"
        time.sleep(secrets.randbelow(_LONGEST_MS * 1000) / 1_000_000)
    finally:
        process.kill()
        process.join()
        here.close()
        there.close()


def list_checkpoints(data: Path) -> list[Path]:
    """Return what the log has signed last, and what it has published."""
    return [data / "log" / "checkpoint", data / "public" / "tlog" / "checkpoint"]


def _sequence(data: Path, author: str, begun: Connection) -> None:
    house, by = open_at(data, SystemClock()), factories.person(author)
    day = day_of(house.clock.now())
    while True:
        for _ in range(1 + secrets.randbelow(3)):
            submit(house, factories.note(by, board=factories.LIVE, day=day))
        tick(house)
        if not begun.closed:
            begun.send(b"begun")
            begun.close()
