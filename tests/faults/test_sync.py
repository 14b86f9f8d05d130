"""The answer to a post is written after its bytes are on the disk: seen in the server's system calls.

Killing a process cannot show a missing fsync, because the kernel keeps what was written: 0 of 2,260
posts were lost with `synchronous=OFF`. So the calls themselves are read.
"""

import re
import sys
from pathlib import Path

import pytest

from tests import factories
from tests.faults.load import new_post
from tests.faults.rounds import IS_NIGHT
from tests.faults.tracing import traced_host
from tests.journeys.instance import COMMAND

pytestmark = pytest.mark.slow

POSTS = 200 if IS_NIGHT else 40
CALLS = "fsync,fdatasync,pwrite64,write,writev,sendto,sendmsg,recvfrom,recvmsg,read"


def test_every_answer_comes_after_the_sync_of_what_it_promises(
    template: Path, tmp_path: Path
) -> None:
    trace = trace_posts(template, tmp_path, [str(COMMAND), "serve", "--listen"])

    assert count_answers(trace) == POSTS
    assert list_unsynced(trace) == []


def test_check_sees_answers_that_come_before_the_sync(template: Path, tmp_path: Path) -> None:
    trace = trace_posts(template, tmp_path, [sys.executable, "-m", "tests.faults.serve_unsynced"])

    assert count_answers(trace) == POSTS
    assert len(list_unsynced(trace)) > POSTS // 2


def count_answers(trace: str) -> int:
    """Return how many records were taken in."""
    return trace.count('"HTTP/1.1 201')


def list_unsynced(trace: str) -> list[int]:
    """Return which answers left while what was written for them was not yet on the disk.

    Each thread that writes into the log syncs what it wrote: the worker's lines are not the answer's.
    """
    unsynced, answers = list[int](), 0
    written, synced, syncing = set[str](), set[str](), set[str]()
    for line in trace.splitlines():
        thread, _, call = line.partition(" ")
        call = call.strip()
        if '"POST /api/v1/records' in call:
            written.clear()
            synced.clear()
        elif call.startswith("pwrite64") and "-wal>" in call:
            written.add(thread)
            synced.discard(thread)
        elif re.match(r"f(data)?sync\(.*-wal>", call) and "unfinished" in call:
            syncing.add(thread)
        elif re.match(r"f(data)?sync\(.*-wal>", call) or (
            re.match(r"<\.\.\. f(data)?sync resumed", call) and thread in syncing
        ):
            syncing.discard(thread)
            if call.endswith("= 0"):
                synced |= {thread} & written
        elif '"HTTP/1.1 201' in call:
            if not synced:
                unsynced.append(answers)
            answers += 1
            synced.clear()
    return unsynced


@pytest.mark.parametrize(
    ("calls", "unsynced"),
    [
        ("1 pwrite64(5<x-wal>) = 1|1 fsync(5<x-wal>) = 0", []),
        ("1 pwrite64(5<x-wal>) = 1|1 fsync(5<x-wal> <unfinished ...>|1 <... fsync resumed>) = 0", []),
        ("1 pwrite64(5<x-wal>) = 1|1 fsync(5<x-wal>) = 0|2 pwrite64(5<x-wal>) = 1", []),
        ("1 pwrite64(5<x-wal>) = 1", [0]),
        ("1 fsync(5<x-wal>) = 0|1 pwrite64(5<x-wal>) = 1", [0]),
        ("1 pwrite64(5<x-wal>) = 1|2 fsync(5<x-wal>) = 0", [0]),
        ("1 pwrite64(5<x-wal>) = 1|1 fsync(5<x-wal>) = -1 EIO (INJECTED)", [0]),
        ("1 pwrite64(5<x-wal>) = 1|1 fsync(5<x-wal> <unfinished ...>", [0]),
    ],
)  # fmt: skip
def test_trace_is_read(calls: str, unsynced: list[int]) -> None:
    lines = ['3 recvfrom(7, "POST /api/v1/records', *calls.split("|"), '3 sendto(7, "HTTP/1.1 201']

    assert list_unsynced("\n".join(lines)) == unsynced


def trace_posts(template: Path, tmp_path: Path, command: list[str]) -> str:
    """Run a server under strace, hand in posts one by one, and return its system calls."""
    with traced_host(template, tmp_path, command, "-s", "32", "-e", f"trace={CALLS}") as host:
        for _ in range(POSTS):
            # A board that waits a quarter of an hour: no tick syncs anything meanwhile.
            assert host.submit(new_post(board=factories.SQUARE)) == 201
    return (tmp_path / "trace").read_text(errors="replace")
