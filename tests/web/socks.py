"""Stands in for a tor to go out by: it writes down what it is asked for, and answers as it is told."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Final, NamedTuple

DONE: Final = b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"


class Asked(NamedTuple):
    """What somebody wanted of it."""

    user: bytes
    kind: int
    """3 is a name, as it should be; 1 and 4 would have been looked up before."""
    name: bytes
    port: int


@dataclass
class Stand:
    """The stand-in."""

    path: Path
    answer: Callable[[socket.socket], None]
    reply: bytes = DONE
    accepted: int = 0
    asked: list[Asked] = field(default_factory=list)

    @property
    def socks(self) -> str:
        """As GOFTOGU_TOR_SOCKS names it."""
        return f"unix:{self.path}"

    def serve(self, listener: socket.socket) -> None:
        """Take one visitor after the other until the socket is closed."""
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                self.accepted += 1
                with connection, suppress(OSError):
                    connection.settimeout(10)
                    self._meet(connection)

    def _meet(self, connection: socket.socket) -> None:
        with connection.makefile("rb") as heard:
            methods = heard.read(2)[1]
            assert b"\x02" in heard.read(methods)
            connection.sendall(b"\x05\x02")
            user = heard.read(heard.read(2)[1])
            heard.read(heard.read(1)[0])
            connection.sendall(b"\x01\x00")
            kind = heard.read(4)[3]
            name = heard.read({1: 4, 4: 16}.get(kind) or heard.read(1)[0])
            self.asked.append(Asked(user, kind, name, int.from_bytes(heard.read(2), "big")))
            connection.sendall(self.reply)
            if self.reply == DONE:
                while heard.readline().strip():
                    pass
                self.answer(connection)


def say(raw: bytes) -> Callable[[socket.socket], None]:
    """Return how to answer every request so."""
    return lambda connection: connection.sendall(raw)


@contextmanager
def standing(answer: Callable[[socket.socket], None], reply: bytes = DONE) -> Iterator[Stand]:
    """Listen on a unix socket for the length of a block."""
    with TemporaryDirectory(prefix="socks") as folder, socket.socket(socket.AF_UNIX) as listener:
        stand = Stand(Path(folder) / "socks", answer, reply)
        listener.bind(str(stand.path))
        listener.listen()
        thread = Thread(target=stand.serve, args=(listener,))
        thread.start()
        try:
            yield stand
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
