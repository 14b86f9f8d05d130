"""A real instance in a folder of its own, served on loopback by its own process."""

import http.client
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from types import MappingProxyType
from typing import Final
from urllib.parse import urlsplit

from app.identity import store
from app.identity.rules.cohorts import cohort_of
from app.kernel.clock import SystemClock, day_of

from tests.houses import open_at

COMMAND: Final = Path(sys.executable).with_name("goftogu")
_READY_S: Final = 30.0
_POLL_S: Final = 0.05
_STOP_S: Final = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A running instance and the demo log-ins that its village offers."""

    origin: str
    data: Path
    logins: tuple[tuple[str, str], ...]
    pid: int = 0
    """The serving process; 0 where nobody asks."""

    def get(self, path: str, **headers: str) -> tuple[int, bytes]:
        """Return status and body of one answer, asked for without a browser."""
        return _get(self.origin, path, headers)


def run_command(data: Path, *words: str) -> str:
    """Run `goftogu` on an instance's folder and return what it printed."""
    done = subprocess.run(
        [COMMAND, *words], env=environment_of(data), check=True, capture_output=True, text=True
    )
    return done.stdout


def answer_for(data: Path, fingerprint: str) -> None:
    """Let a persona be invited, so that it may write as much in a day as a journey does."""
    house = open_at(data, SystemClock())
    with house.db.write() as work:
        persona = store.find_persona_by_fingerprint(work, fingerprint)
        assert persona is not None
        store.add_invited(work, persona.root, cohort_of(day_of(work.now)))
    house.db.close()


def found(data: Path) -> tuple[tuple[str, str], ...]:
    """Make an instance with a village in it; return its demo log-ins."""
    run_command(data, "init")
    lines = run_command(data, "seed").splitlines()
    return tuple((name, passphrase) for name, _, passphrase in map(_split, lines))


@contextmanager
def serving(data: Path) -> Iterator[str]:
    """Serve an instance on a free port for the length of a block; yield its origin."""
    with serving_process(data) as (origin, _):
        yield origin


@contextmanager
def serving_process(
    data: Path,
    *words: str,
    behind_front: bool = False,
    settings: Mapping[str, str] = MappingProxyType({}),
    at: str = "",
) -> Iterator[tuple[str, int]]:
    """Serve an instance, as if readers met a front server or not; yield origin and process id.

    `settings` are variables of the environment, without their beginning; `at` is a host and a port,
    for an instance whose address others know already.
    """
    address = at or f"127.0.0.1:{free_port()}"
    log = data / "serve.log"
    front = {"ORIGIN": f"http://{address}"} if behind_front else {}
    said = {f"GOFTOGU_{name}": value for name, value in (front | dict(settings)).items()}
    environment = environment_of(data) | said
    with log.open("wb") as output:
        process = subprocess.Popen(
            [COMMAND, "serve", "--listen", address, *words],
            env=environment,
            stdout=output,
            stderr=output,
        )
        try:
            wait_until_healthy(f"http://{address}", process, log)
            yield f"http://{address}", process.pid
        finally:
            _stop(process)


@dataclass(frozen=True, slots=True)
class Village:
    """An instance with a village that is not served, and its demo log-ins."""

    data: Path
    logins: tuple[tuple[str, str], ...]


@contextmanager
def running_copy(village: Village, data: Path) -> Iterator[Instance]:
    """Serve a copy of a village from a folder that is not there yet."""
    shutil.copytree(village.data, data)
    with serving(data) as origin:
        yield Instance(origin=origin, data=data, logins=village.logins)


@contextmanager
def running_instance(data: Path) -> Iterator[Instance]:
    """Found an instance and serve it."""
    logins = found(data)
    with serving(data) as origin:
        yield Instance(origin=origin, data=data, logins=logins)


def wait_until_healthy(
    origin: str,
    process: subprocess.Popen[bytes],
    log: Path | None = None,
    *,
    within_s: float = _READY_S,
) -> None:
    """Ask until a server answers, or say why it does not."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if _get(origin, "/healthz", {})[0] == 200:
                return
        except OSError:
            pass
        time.sleep(_POLL_S)
    told = log.read_text()[-2000:] if log else ""
    raise RuntimeError(f"the server did not come up:\n{told}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _get(origin: str, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection(urlsplit(origin).netloc, timeout=10)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def environment_of(data: Path) -> dict[str, str]:
    """Return our environment without another instance's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GOFTOGU_")}
    return {**kept, "GOFTOGU_DATA": str(data)}


def free_port() -> int:
    """Return a port of loopback that nobody uses now."""
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _split(line: str) -> tuple[str, str, str]:
    return line.partition("\t")
