"""Instances with an onion address, and visitors who come to them through Tor."""

import os
import re
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from app.cli.onion import SENTENCES
from app.onion import State
from httpx_socks import ProxyError, SyncProxyTransport

from tests.journeys.instance import free_port, serving_process
from tests.onion.network import Network, wait_until

_SLOW_S: Final = 60.0
_address = re.compile(r"^Onion address: http://([a-z2-7]{56}\.onion)/$", re.MULTILINE)


@dataclass(frozen=True)
class Served:
    """An instance that is being served."""

    data: Path
    origin: str
    """Of the clear web."""
    pid: int
    staff: str
    """Where its operator's numbers are."""

    @property
    def told(self) -> str:
        """What its host was told on the terminal."""
        return (self.data / "serve.log").read_text()

    @property
    def address(self) -> str:
        """Its onion address."""
        return str(_address.findall(self.told)[0])

    def wait_for(self, state: State, *, times: int = 1) -> None:
        """Wait until its host was told of a state, for the nth time."""
        sentence = SENTENCES[state]
        wait_until(lambda: self.told.count(sentence) >= times, f"{state} in {self.data}")

    def kill(self) -> None:
        """End it as a power cut would."""
        os.kill(self.pid, signal.SIGKILL)

    def child(self) -> int:
        """Return the process that it started: its own tor."""
        children = Path(f"/proc/{self.pid}/task").glob("*/children")
        (found,) = " ".join(path.read_text() for path in children).split()
        return int(found)


@contextmanager
def served(data: Path, settings: Mapping[str, str], *, is_asked: bool = True) -> Iterator[Served]:
    """Serve an instance for the length of a block, asked for an onion address or not."""
    staff = f"127.0.0.1:{free_port()}"
    words = ["--staff", staff, *["--onion"] * is_asked]
    with serving_process(data, *words, settings=settings) as (origin, pid):
        yield Served(data, origin, pid, f"http://{staff}")


@contextmanager
def visiting(net: Network, address: str) -> Iterator[httpx.Client]:
    """Come to an onion address through Tor; names are looked up by tor alone."""
    transport = SyncProxyTransport.from_url(f"socks5://127.0.0.1:{net.socks}", rdns=True)
    with httpx.Client(
        transport=transport, base_url=f"http://{address}", timeout=_SLOW_S, trust_env=False
    ) as visitor:
        yield visitor


def get(net: Network, address: str, path: str = "/en/about") -> httpx.Response:
    """Come for the first time, and again while tor finds no way, as a reader does; return a page."""
    answers: list[httpx.Response] = []

    def arrives() -> bool:
        net.forget_circuits()
        try:
            with visiting(net, address) as visitor:
                answers.append(visitor.get(path))
        except (ProxyError, httpx.TransportError):
            return False
        return True

    wait_until(arrives, f"a page of {address}")
    return answers[0]
