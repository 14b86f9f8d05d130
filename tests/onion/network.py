"""A real Tor network on loopback: one authority, three relays, a client, and whoever joins it.

Debian's tor with `TestingTorNetwork`, no internet, free ports, no exits. Two relays are too few.
The order of the start is what makes it come up every time:

1. The authority's keys, and its fingerprint, before any torrc can name it.
2. Every relay begins with the same bandwidth in its state file: where one happens to measure itself
   and the others do not, only that one is chosen, and no circuit has three hops.
3. The vote is put off until the authority has every descriptor; then it is asked to vote at once.
   A vote that comes too early is followed by the next one minutes later.
4. Clients and services start once every relay has the whole directory: who asks too early waits
   ten seconds before asking again.
"""

import re
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedRWPair
from os import devnull, getpid
from pathlib import Path
from typing import Final

from tests.journeys.instance import free_port

TOR: Final = Path("/usr/bin/tor")
GENCERT: Final = Path("/usr/bin/tor-gencert")
RELAYS: Final = 3
_PATIENCE_S: Final = 90.0
_POLL_S: Final = 0.05
_HALF_HOUR_S: Final = 1800
_NEAR_S: Final = 150
_SOON_S: Final = 5
"""The shortest time between two votes that tor takes."""

_EVERYWHERE: Final = (
    "TestingTorNetwork 1",
    "ShutdownWaitLength 0",
    "CookieAuthentication 1",
    "PathsNeededToBuildCircuits 0.67",
    # Four relays do not fill the second layer of guards.
    "VanguardsLiteEnabled 0",
    # Half of the latency of the default, which waits 10 ms at every hop.
    "Schedulers Vanilla",
    "NumCPUs 1",
)
_RELAY: Final = (
    "SocksPort 0",
    "AssumeReachable 1",
    "ExitRelay 0",
    "ExitPolicy reject *:*",
    "ServerDNSDetectHijacking 0",
    "ServerDNSTestAddresses",
    "ServerDNSResolvConfFile /dev/null",
    "ServerDNSAllowBrokenConfig 1",
    "TestingServerConsensusDownloadInitialDelay 3",
)
_AUTHORITY: Final = (
    "AuthoritativeDirectory 1",
    "V3AuthoritativeDirectory 1",
    "ContactInfo nobody@test.invalid",
    "TestingDirAuthVoteExit *",
    "TestingDirAuthVoteHSDir *",
    "TestingDirAuthVoteGuard *",
    "TestingMinExitFlagThreshold 0",
    f"TestingV3AuthInitialVotingInterval {_HALF_HOUR_S}",
    "TestingV3AuthInitialVoteDelay 2",
    "TestingV3AuthInitialDistDelay 2",
    "V3AuthVotingInterval 300",
    "V3AuthVoteDelay 4",
    "V3AuthDistDelay 4",
    "V3AuthNIntervalsValid 2",
)


@dataclass(frozen=True)
class Place:
    """Where relays listen, and the words that start a program there."""

    address: str = "127.0.0.1"
    inside: tuple[str, ...] = ()


LOOPBACK: Final = Place()


@dataclass
class Node:
    """One tor."""

    folder: Path
    lines: list[str] = field(default_factory=list)
    inside: tuple[str, ...] = ()
    """What its command begins with, to start it in a namespace of the network."""
    process: subprocess.Popen[bytes] | None = None

    @property
    def control(self) -> Path:
        """Its control socket."""
        return self.folder / "control"

    def start(self) -> None:
        """Start it with the lines that it has now."""
        own = [
            f"DataDirectory {self.folder}",
            f"Nickname {self.folder.name}",
            f"ControlSocket unix:{self.control}",
            f"CookieAuthFile {self.folder / 'cookie'}",
            f"Log notice file {self.folder / 'log'}",
            # It ends by itself if the tests are killed.
            f"__OwningControllerProcess {getpid()}",
        ]
        (self.folder / "torrc").write_text("\n".join([*own, *_EVERYWHERE, *self.lines, ""]))
        command = [
            *self.inside,
            str(TOR),
            "-f",
            str(self.folder / "torrc"),
            "--defaults-torrc",
            devnull,
            "--quiet",
        ]
        with (self.folder / "output").open("ab") as output:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        self.process.kill()
        self.process.wait()

    def ask(self, *commands: str) -> str:
        """Ask over its control socket; return the last answer.

        Raises:
            OSError: it does not answer yet.

        """
        cookie = (self.folder / "cookie").read_bytes().hex()
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            connection.connect(str(self.control))
            stream = connection.makefile("rwb")
            answer = ""
            for command in (f"AUTHENTICATE {cookie}", *commands):
                stream.write(f"{command}\r\n".encode())
                stream.flush()
                answer = _read_answer(stream)
                if not answer.startswith("250"):
                    raise OSError(f"{command.split()[0]}: {answer[:80]}")
            return answer

    def require_running(self) -> None:
        """Fail with its own words if it ended."""
        if self.process is not None and self.process.poll() is not None:
            told = [self.folder / name for name in ("output", "log")]
            words = "".join(path.read_text()[-800:] for path in told if path.exists())
            raise RuntimeError(f"{self.folder.name} ended by itself:\n{words}")


@dataclass
class Network:
    """The whole of them."""

    folder: Path
    authority: Node
    relays: list[Node]
    place: Place = LOOPBACK
    joined: list[Node] = field(default_factory=list)
    authority_line: str = ""
    socks: int = 0
    """Where visitors enter."""

    def join(self, name: str, *lines: str, inside: tuple[str, ...] = ()) -> Node:
        """Start a tor that is a client of this network."""
        node = Node(_made(self.folder / name), [self.authority_line, *lines], inside)
        self.joined.append(node)
        node.start()
        return node

    def client_lines(self) -> str:
        """Return what a torrc needs to be a client of this network and of no other."""
        return "".join(f"{line}\n" for line in (*_EVERYWHERE, self.authority_line))

    def forget_circuits(self) -> None:
        """Let the next visit be somebody else's, who knows nothing of any service."""
        client = next(node for node in self.joined if node.folder.name == "client")
        client.ask("SIGNAL NEWNYM")

    def wait(self, is_true: Callable[[], bool], what: str) -> None:
        """Wait until something is true, as long as the relays run."""

        def is_true_now() -> bool:
            for node in (self.authority, *self.relays):
                node.require_running()
            return is_true()

        wait_until(is_true_now, what)


def wait_until(is_true: Callable[[], bool], what: str, within_s: float = _PATIENCE_S) -> None:
    """Look again and again, for as long as a network may take."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        try:
            if is_true():
                return
        except OSError:
            pass  # its control socket is not there yet
        time.sleep(_POLL_S)
    raise TimeoutError(f"never came: {what}")


@contextmanager
def running_network(folder: Path) -> Iterator[Network]:
    """Bring a network and a client up for the length of a block."""
    with running_relays(folder) as network:
        network.socks = free_port()
        client = network.join("client", f"SocksPort 127.0.0.1:{network.socks}")
        network.wait(lambda: is_ready(client), "a circuit of the client")
        yield network


@contextmanager
def running_relays(folder: Path, place: Place = LOOPBACK) -> Iterator[Network]:
    """Bring a network that nobody has joined up for the length of a block."""
    authority, *relays = (
        Node(_made(folder / name), inside=place.inside)
        for name in ("authority", *(f"relay{number}" for number in range(RELAYS)))
    )
    network = Network(folder, authority, relays, place)
    try:
        _prepare(network)
        _vote(network)
        yield network
    finally:
        for node in (network.authority, *network.relays, *network.joined):
            if node.process is not None and node.process.poll() is None:
                node.kill()


def is_ready(node: Node) -> bool:
    """Return whether a tor has found its way into the network."""
    return "PROGRESS=100" in node.ask("GETINFO status/bootstrap-phase")


def _prepare(network: Network) -> None:
    """Write every torrc; the authority's keys come first."""
    authority, directory, door = network.authority, free_port(), free_port()
    address = network.place.address
    keys = _made(authority.folder / "keys")
    subprocess.run(
        [GENCERT, "--create-identity-key", "--passphrase-fd", "0", "-m", "12",
         "-i", keys / "authority_identity_key", "-s", keys / "authority_signing_key",
         "-c", keys / "authority_certificate", "-a", f"{address}:{directory}"],
        input=b"test\n", check=True, capture_output=True,
    )  # fmt: skip
    certificate = (keys / "authority_certificate").read_text()
    identity = re.findall(r"^fingerprint ([0-9A-F]{40})$", certificate, re.MULTILINE)[0]
    relay_lines = [f"Address {address}", *_RELAY]
    place = [f"ORPort {address}:{door} IPv4Only", f"DirPort {address}:{directory} IPv4Only"]
    authority.lines = [
        *relay_lines,
        *_AUTHORITY,
        *place,
        f"TestingV3AuthVotingStartOffset {_offset()}",
    ]
    network.authority_line = (
        f"DirAuthority authority orport={door} no-v2 v3ident={identity} {address}:{directory} "
        f"{_fingerprint(authority, identity)}"
    )
    authority.lines.append(network.authority_line)
    for relay in network.relays:
        door_line = f"ORPort {address}:{free_port()} IPv4Only"
        relay.lines = [*relay_lines, door_line, network.authority_line]
    for node in (authority, *network.relays):
        _remember_bandwidth(node.folder / "state")


def _vote(network: Network) -> None:
    authority, relays = network.authority, [network.authority, *network.relays]
    for node in relays:
        node.start()

    def has_every_descriptor() -> bool:
        told = authority.ask("GETINFO desc/all-recent")
        return len(re.findall(r"^router ", told, re.MULTILINE)) == len(relays)

    def has_consensus() -> bool:
        lines = authority.ask("GETINFO ns/all").splitlines()
        return sum(line.startswith("s ") and "HSDir" in line for line in lines) == len(relays)

    def is_told(node: Node) -> bool:
        return "enough-dir-info=1" in node.ask("GETINFO status/enough-dir-info")

    network.wait(has_every_descriptor, "every relay's descriptor")
    soon = int(time.time() + 2) % _SOON_S
    authority.ask(
        f"SETCONF TestingV3AuthInitialVotingInterval={_SOON_S} "
        f"TestingV3AuthVotingStartOffset={soon}"
    )
    network.wait(has_consensus, "a consensus with every relay")
    network.wait(lambda: all(is_told(node) for node in relays), "the directory at every relay")


def _offset() -> int:
    """Return what keeps the first vote minutes away, whatever the time is."""
    return _NEAR_S if -time.time() % _HALF_HOUR_S < _NEAR_S else 0


def _fingerprint(authority: Node, identity: str) -> str:
    """Return the authority's fingerprint; to be asked, tor must know of some authority."""
    stranger = f"DirAuthority x orport=1 no-v2 v3ident={identity} 127.0.0.1:1 {'F' * 40}"
    own = [f"DataDirectory {authority.folder}", "Nickname authority"]
    path = authority.folder / "torrc"
    path.write_text("\n".join([*own, *_EVERYWHERE, *authority.lines, stranger, ""]))
    told = subprocess.run(
        [TOR, "-f", path, "--defaults-torrc", devnull, "--list-fingerprint", "--quiet"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return "".join(told.strip().splitlines()[-1].split()[1:])


def _remember_bandwidth(state: Path) -> None:
    ends = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(time.time() - 60))
    state.write_text(
        "".join(
            f"BWHistory{way}Ends {ends}\nBWHistory{way}Interval 86400\n"
            f"BWHistory{way}Values 86400000000\nBWHistory{way}Maxima 1000000\n"
            for way in ("Read", "Write")
        )
    )


def _read_answer(stream: BufferedRWPair) -> str:
    """Read one answer of the control protocol, with the data that some of its lines bring."""
    lines: list[str] = []
    while True:
        line = stream.readline().decode("utf-8", "replace").rstrip("\r\n")
        if not line:
            raise OSError("the control socket was closed")
        lines.append(line)
        if line[3:4] == "+":
            while (data := stream.readline().decode("utf-8", "replace").rstrip("\r\n")) != ".":
                lines.append(data)
        if line[3:4] == " ":
            return "\n".join(lines)


def _made(folder: Path) -> Path:
    folder.mkdir(mode=0o700, parents=True)
    return folder
