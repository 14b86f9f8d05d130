"""The disk is full, or fails: people hear it, lose nothing that was promised, and go on once there is space."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from app.kernel.clock import SystemClock

from tests.faults.host import Host, running_host
from tests.faults.load import (
    Heard,
    assert_good,
    assert_promises_kept,
    load_on,
    new_post,
    wait_until,
)
from tests.houses import open_at

pytestmark = pytest.mark.slow

LONG = "Where does the water go? " * 300
KIB = 1024
_SOME_MORE = 100


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes; only root can make one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("only root can mount a small disk")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_full_disk_refuses_clearly_and_is_forgotten_when_there_is_space(
    template: Path, small_disk: Path
) -> None:
    data = small_disk / "instance"
    shutil.copytree(template, data)
    with running_host(data) as host:
        heard = fill(host)
        subprocess.run(
            ["mount", "-o", "remount,size=24m", str(small_disk)], check=True, capture_output=True
        )
        assert host.submit(new_post(LONG)) == 201

    assert_kept(data, heard)


def test_disk_that_fails_refuses_clearly_and_is_forgotten_when_it_works(
    template: Path, tmp_path: Path
) -> None:
    data = tmp_path / "instance"
    shutil.copytree(template, data)
    with running_host(data) as host:
        most = (data / "goftogu.db-wal").stat().st_size + 600 * KIB
        # A write past this fails in the middle of a file, as on a disk with a bad sector.
        resource.prlimit(host.pid, resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))
        heard = fill(host)
        resource.prlimit(
            host.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
        )
        assert host.submit(new_post(LONG)) == 201

    assert_kept(data, heard)


def fill(host: Host) -> Heard:
    """Write until nothing more fits, and look at what people see meanwhile."""
    with load_on(host.address, LONG) as heard:
        wait_until(lambda: heard.statuses[503] > 20, heard)
        assert host.request("GET", "/en/b/live")[0] == 200
        assert host.request("GET", "/en/search?q=water")[0] == 200
    assert heard.taken_in
    assert heard.unanswered == []
    assert set(heard.statuses) == {201, 503}
    # SQLite may just have begun its write-ahead log anew, which has room for some more.
    status, body = 201, b""
    for _ in range(_SOME_MORE):
        if status == 201:
            status, body = host.request("POST", "/api/v1/records", new_post(LONG))
    assert status == 503
    assert b'"code":"unavailable"' in body
    return heard


def assert_kept(data: Path, heard: Heard) -> None:
    """Open the instance after its server and compare it with what was promised."""
    with closing((house := open_at(data, SystemClock())).db):
        assert_promises_kept(house, heard)
        assert_good(house)
