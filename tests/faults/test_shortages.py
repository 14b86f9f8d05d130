"""A host runs short of descriptors, or of time: it outlives it, and loses nothing that it promised."""

import os
import resource
import shutil
import signal
import time
from contextlib import ExitStack, closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from app.kernel.clock import SystemClock
from sqlalchemy import text

from tests.faults.host import Host, running_host
from tests.faults.load import (
    CLIENTS,
    Heard,
    assert_good,
    assert_promises_kept,
    load_on,
    new_post,
    wait_for,
    wait_until,
)
from tests.houses import open_at

pytestmark = pytest.mark.slow

DESCRIPTORS, CROWD = 128, 500
RECOVERS_S = 10.0
LINES_AT_MOST = 200


def test_crowd_that_takes_every_descriptor_is_outlived(template: Path, tmp_path: Path) -> None:
    data, raw = tmp_path / "instance", new_post()
    shutil.copytree(template, data)
    with running_host(data) as host:
        assert host.submit(raw) == 201
        resource.prlimit(host.pid, resource.RLIMIT_NOFILE, (DESCRIPTORS, DESCRIPTORS))
        with ExitStack() as stack:
            crowd = [stack.enter_context(closing(connect(host))) for _ in range(CROWD)]
            # Some are served, the rest wait at the door.
            wait_until(lambda: count_open(host) == DESCRIPTORS, Heard())
            assert len(crowd) > DESCRIPTORS
        begun = time.monotonic()
        assert host.request("GET", "/en/b/live")[0] == 200
        assert host.submit(new_post()) == 201
        assert time.monotonic() - begun < RECOVERS_S

    assert_whole(data, Heard(taken_in=[raw]))
    # Nor did the log fill the disk.
    assert len((data / "serve.log").read_bytes().splitlines()) < LINES_AT_MOST


def count_open(host: Host) -> int:
    """Return how many descriptors a process holds."""
    return sum(1 for _ in Path(f"/proc/{host.pid}/fd").iterdir())


def connect(host: Host) -> HTTPConnection:
    """Come in and say nothing."""
    connection = HTTPConnection(host.address, timeout=30)
    connection.connect()
    return connection


def test_server_that_stood_still_goes_on(template: Path, tmp_path: Path) -> None:
    """Whatever it was about to do; meanwhile others read what is whole."""
    data = tmp_path / "instance"
    shutil.copytree(template, data)
    with running_host(data) as host, load_on(host.address) as heard:
        for _ in range(5):
            before = len(heard.taken_in)
            wait_until(lambda: len(heard.taken_in) > before + CLIENTS, heard)  # noqa: B023
            os.kill(host.pid, signal.SIGSTOP)
            try:
                with closing((house := open_at(data, SystemClock())).db), house.db.read() as work:
                    assert work.session.scalar(text("PRAGMA integrity_check")) == "ok"
            finally:
                os.kill(host.pid, signal.SIGCONT)
        wait_for(heard, len(heard.taken_in) + CLIENTS)

    assert heard.unanswered == []
    assert set(heard.statuses) == {201}
    assert_whole(data, heard)


def assert_whole(data: Path, heard: Heard) -> None:
    """Open the instance after its server: nothing that was promised is lost, nothing is half done."""
    with closing((house := open_at(data, SystemClock())).db):
        with house.db.read() as work:
            assert work.session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert_promises_kept(house, heard)
        assert_good(house)
