"""A server crashes: no copy of its memory is left, on a machine where other programs leave theirs."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.faults.host import find_port, wait_until_healthy
from tests.journeys.instance import COMMAND

pytestmark = pytest.mark.slow


def crash(process: subprocess.Popen[bytes]) -> bool:
    """Crash a process that may leave files of any size; return whether it left its memory."""
    most = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.prlimit(process.pid, resource.RLIMIT_CORE, (most, most))
    process.send_signal(signal.SIGSEGV)
    ended = os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    process.wait()
    assert ended is not None
    assert ended.si_status == signal.SIGSEGV
    return ended.si_code == os.CLD_DUMPED


def test_crashed_server_leaves_no_copy_of_its_memory(template: Path, tmp_path: Path) -> None:
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], cwd=tmp_path)
    if not crash(other):
        pytest.skip("this machine makes no copies of crashed programs at all")
    address, data = f"127.0.0.1:{find_port()}", tmp_path / "instance"
    shutil.copytree(template, data)
    before = {path.name for path in tmp_path.iterdir()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOFTOGU_")}
    with (data / "serve.log").open("wb") as log:
        server = subprocess.Popen(
            [COMMAND, "serve", "--listen", address],
            cwd=tmp_path,
            env={**kept, "GOFTOGU_DATA": str(data)},
            stdout=log,
            stderr=log,
        )
        try:
            wait_until_healthy(address)
        except BaseException:
            server.kill()
            raise
        assert not crash(server)
    assert {path.name for path in tmp_path.iterdir()} == before
