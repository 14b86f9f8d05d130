"""What stands for tor to a browser: SOCKS5 that leads one onion name to a socket, and no other name."""

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import AF_UNIX, SHUT_WR, SOCK_STREAM, socket
from threading import Thread

_NAME = 3
_LINE = b"PROXY TCP6 fc00:dead:beef:4dad::0:1 ::1 50 80\r\n"


class _Relay(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Stream)
        self.name = name
        self.path = path
        self.asked: list[str] = []


class _Stream(socketserver.StreamRequestHandler):
    server: _Relay

    def handle(self) -> None:
        """Read the two steps of SOCKS5, then pass bytes both ways."""
        self.rfile.read(self.rfile.read(2)[1])
        self.wfile.write(b"\x05\x00")
        kind = self.rfile.read(4)[3]
        name = self.rfile.read(self.rfile.read(1)[0]).decode() if kind == _NAME else "an address"
        self.rfile.read(2)
        self.server.asked.append(name)
        if name != self.server.name:
            self.wfile.write(b"\x05\x04\x00\x01" + bytes(6))
            return
        self.wfile.write(b"\x05\x00\x00\x01" + bytes(6))
        with socket(AF_UNIX, SOCK_STREAM) as onward, suppress(OSError):
            onward.connect(str(self.server.path))
            onward.sendall(_LINE)
            back = Thread(target=_pump, args=(onward, self.connection), daemon=True)
            back.start()
            _pump(self.connection, onward)
            back.join()


def _pump(source: socket, sink: socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(SHUT_WR)


@contextmanager
def relaying(name: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """Relay for the length of a block; yield the port, and the names that were asked for."""
    with _Relay(name, path) as relay:
        thread = Thread(target=relay.serve_forever)
        thread.start()
        try:
            yield int(relay.server_address[1]), relay.asked
        finally:
            relay.shutdown()
            thread.join()
