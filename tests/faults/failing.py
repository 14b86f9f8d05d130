"""A disk that fails: system calls of a running process return EIO for a while, as strace makes them do."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

SYNC: Final = "fsync,fdatasync"
WRITE: Final = "pwrite64,pwritev,write"
READ: Final = "pread64,preadv,read"
_WAIT_S: Final = 20.0
_LET_GO_S: Final = 5.0


@contextmanager
def failing(
    *pids: int,
    calls: str,
    paths: tuple[Path, ...] = (),
    when: str = "1+",
    fate: str = "error=EIO",
    seen: str = "",
    record: Path = Path(os.devnull),
) -> Iterator[None]:
    """Let calls of processes, and of those that they start, fail for the length of a block.

    With `paths` only the calls on these files. `when` is as strace writes it: `1+` is each of
    them, `1+3` one of three; `fate` too: `signal=SIGKILL` ends the process instead. `seen` are other calls that are written down in `record` too.
    """
    command = [find_strace(), "-f", "-qq", "-y", "-s", "32", "-o", str(record)]
    command += ["-e", f"trace={calls},{seen}".rstrip(","), "-e"]
    command += [f"inject={calls}:{fate}:when={when}"]
    command += [word for path in paths for word in ("-P", str(path))]
    command += [word for pid in pids for word in ("-p", str(pid))]
    tracer = subprocess.Popen(command, start_new_session=True)
    try:
        for pid in pids:
            _wait_until_traced(pid, tracer)
        yield
    finally:
        # It lets go of the processes, whose calls are their own again; of one that has just died it
        # may wait for more than will ever come.
        tracer.terminate()
        try:
            tracer.wait(_LET_GO_S)
        except subprocess.TimeoutExpired:
            tracer.kill()
            tracer.wait()


def find_strace() -> str:
    """Return where strace is; without it the test is skipped, and in CI it fails."""
    strace = shutil.which("strace")
    if strace is None:
        say = pytest.fail if os.environ.get("CI") else pytest.skip
        say("strace is not installed")
    return strace


def list_children(pid: int) -> list[int]:
    """Return the processes that a process has started and that are still there."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def _wait_until_traced(pid: int, tracer: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + _WAIT_S
    while not all(
        f"TracerPid:\t{tracer.pid}\n" in status.read_text()
        for status in Path(f"/proc/{pid}/task").glob("*/status")
    ):
        assert tracer.poll() is None, "strace cannot trace this process"
        assert time.monotonic() < deadline, "strace did not take hold"
        time.sleep(0.01)
