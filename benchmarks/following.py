"""What open event streams cost the server: memory, and processor time while nothing comes.

Streams are bare connections to a served instance, in three languages of one thread; the time beside
them is that of the same server with none.
"""

import os
import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import sleep
from typing import Final
from urllib.parse import urlsplit

from benchmarks.figures import Figure
from tests.journeys.instance import Instance
from tests.journeys.places import longest_thread

_STREAMS: Final = 200
_SECONDS: Final = 15
_LANGUAGES: Final = ("fa", "en", "fr")


def measure(instance: Instance) -> list[Figure]:
    """Open streams, and let them wait."""
    server = _server()
    thread = longest_thread(instance)
    newest = re.search(r'href="#p(\d+)"', instance.get(f"/en{thread}/live")[1].decode())
    assert newest
    events = f"{thread}/events?since={newest[1]}"
    # What the first of anything costs is not the streams'.
    with _following(instance, events, len(_LANGUAGES)):
        alone = _work(server)
    before = memory_of(server)
    with _following(instance, events, _STREAMS):
        each = (memory_of(server) - before) / _STREAMS
        waiting = _work(server)
    return [
        Figure(name=f"memory of a stream, {_STREAMS} open", unit="KiB", samples=[each]),
        Figure(name="processor, 3 streams open", unit="%", samples=[alone]),
        Figure(name=f"processor, {_STREAMS} streams open", unit="%", samples=[waiting]),
    ]


@contextmanager
def _following(instance: Instance, events: str, count: int) -> Iterator[None]:
    address = urlsplit(instance.origin)
    with ExitStack() as stack:
        streams = []
        for number in range(count):
            stream = socket.create_connection((address.hostname, address.port), timeout=30)
            streams.append(stack.enter_context(stream))
            path = f"/{_LANGUAGES[number % len(_LANGUAGES)]}{events}"
            stream.sendall(f"GET {path} HTTP/1.1\r\nHost: {address.netloc}\r\n\r\n".encode())
        for stream in streams:
            told = b""
            while b"event: state" not in told:
                piece = stream.recv(65536)
                assert piece, told
                told += piece
        yield


def _work(server: int) -> float:
    """Return the share of one processor that the server takes while nothing happens, in percent."""
    begun = processor_time(server)
    sleep(_SECONDS)
    return 100 * (processor_time(server) - begun) / _SECONDS


def _server() -> int:
    """Return the process that serves: the child of ours that runs the command."""
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    (found,) = (pid for pid in children if b"\0serve\0" in _command(pid))
    return int(found)


def _command(pid: str) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def memory_of(pid: int) -> float:
    """Return resident KiB."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1024


def processor_time(pid: int) -> float:
    """Return seconds, of users' and the system's."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
