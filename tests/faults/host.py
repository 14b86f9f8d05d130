"""A real `goftogu serve` in a process of its own: cheap to start, made to be killed.

The processes are forked from one that has the application loaded already, so that a round of a
fault costs a fraction of a second and not the time that Python needs to import everything.
"""

import http.client
import multiprocessing
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from typing import Final

import app.cli.inspect
import app.main
import app.worker  # noqa: F401 (loaded once, before the fork)
import uvicorn  # noqa: F401
from app.cli import operate

_READY_S: Final = 30.0
_POLL_S: Final = 0.01
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.faults.host"])


@dataclass(frozen=True)
class Address:
    """Where a server listens."""

    address: str

    def request(self, method: str, path: str, body: bytes | None = None) -> tuple[int, bytes]:
        """Return status and body of one answer."""
        connection = http.client.HTTPConnection(self.address, timeout=30)
        try:
            connection.request(method, path, body)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def submit(self, raw: bytes) -> int:
        """Hand in a record; return the status."""
        return self.request("POST", "/api/v1/records", raw)[0]


@dataclass(frozen=True)
class Host(Address):
    """A running server."""

    process: multiprocessing.process.BaseProcess

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self.process.pid is not None
        return self.process.pid

    def kill(self) -> None:
        """End it as the power being cut would: without a chance to tidy up."""
        self.process.kill()
        self.process.join()


@contextmanager
def running_host(data: Path, database_url: str = "", staff: str = "") -> Iterator[Host]:
    """Serve the instance in a folder for the length of a block; killed at its end, if not before."""
    address = f"127.0.0.1:{find_port()}"
    words = (address, data, database_url, staff)
    process = PROCESSES.Process(target=_serve, args=words, daemon=True)
    process.start()
    host = Host(address, process)
    try:
        wait_until_healthy(address)
        yield host
    finally:
        host.kill()


def wait_until_healthy(address: str) -> None:
    """Return once a server answers."""
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(address, timeout=10)
        try:
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(_POLL_S)
        finally:
            connection.close()
    raise RuntimeError("the host did not come up")


def find_port() -> int:
    """Return a port of loopback that is free now."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _serve(address: str, data: Path, database_url: str, staff: str) -> None:
    os.environ |= {"GOFTOGU_DATA": str(data), "GOFTOGU_DATABASE_URL": database_url}
    log = os.open(data / "serve.log", os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    operate.serve(address, staff)
