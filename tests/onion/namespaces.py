"""Namespaces of the network: one for Tor's relays, one for each instance, and no way between those.

    instance ── veth ──► relays ◄── veth ── instance        each instance: loopback, its veth, and
                                                            one route: to the relays' one address

No instance has a default route, and what holds the relays forwards nothing: what leaves one
instance for another is refused by the kernel, and Tor is the one way.
"""

import os
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Final

from tests.onion.network import Place

RELAYS: Final = "10.213.0.1"
"""Where the relays listen, on the loopback of their namespace."""
_WIRE: Final = "wire"


def why_not() -> str:
    """Return why no namespaces can be made here; nothing if they can."""
    name = f"gf{os.getpid()}try"
    try:
        _ip("netns", "add", name)
        _ip("netns", "del", name)
    except FileNotFoundError:
        return "iproute2 is not installed"
    except subprocess.CalledProcessError as error:
        return f"namespaces of the network cannot be made here: {error.stderr.decode().strip()}"
    return ""


def address_of(number: int) -> str:
    """Return the address that an instance has on its wire to the relays."""
    return f"10.213.{number + 1}.2"


@contextmanager
def namespaces(count: int) -> Iterator[tuple[Place, list[tuple[str, ...]]]]:
    """Make them for the length of a block; yield the relays' place, and how to enter each other."""
    hub, *others = (f"gf{os.getpid()}{name}" for name in ("relays", *map(str, range(count))))
    with ExitStack() as stack:
        for name in (hub, *others):
            _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", hub, "addr", "add", f"{RELAYS}/32", "dev", "lo")
        _run(*enter(hub), "sysctl", "-qw", "net.ipv4.ip_forward=0")
        for number, name in enumerate(others):
            wire, gate = f"to{number}", address_of(number).removesuffix("2") + "1"
            _ip(
                "-n", hub, "link", "add", wire, "type", "veth", "peer", "name", _WIRE, "netns", name
            )
            _ip("-n", hub, "addr", "add", f"{gate}/30", "dev", wire)
            _ip("-n", hub, "link", "set", wire, "up")
            _ip("-n", name, "addr", "add", f"{address_of(number)}/30", "dev", _WIRE)
            _ip("-n", name, "link", "set", _WIRE, "up")
            _ip("-n", name, "route", "add", f"{RELAYS}/32", "via", gate)
        yield Place(RELAYS, enter(hub)), [enter(name) for name in others]


def enter(name: str) -> tuple[str, ...]:
    """Return the words that start a program in a namespace."""
    return ("nsenter", f"--net=/run/netns/{name}")


def list_routes(inside: Sequence[str]) -> list[str]:
    """Return where programs of a namespace may send to."""
    return _run(*inside, "ip", "route", "show", "table", "all").decode().splitlines()


def try_to_reach(inside: Sequence[str], address: str, port: int) -> str:
    """Return what comes of a connection from a namespace: `connected`, or the kernel's word."""
    program = (
        "import socket, sys\n"
        "try: socket.create_connection((sys.argv[1], int(sys.argv[2])), 3)\n"
        "except OSError as error: print(type(error).__name__, error.errno)\n"
        "else: print('connected')"
    )
    return _run(*inside, "python3", "-c", program, address, str(port)).decode().strip()


def _ip(*words: str) -> None:
    _run("ip", *words)


def _run(*words: str) -> bytes:
    return subprocess.run(words, check=True, capture_output=True).stdout
