"""A small LibreTranslate on loopback: it translates by a list, and fails as real ones do."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

KNOWN = {
    "Where does the water go?": "آب به کجا می‌رود؟",
    "Nobody knows.": "هیچ‌کس نمی‌داند.",
    "Water": "آب",
}

Answer = Callable[[dict[str, Any]], tuple[int, bytes]]


def answer_well(asked: dict[str, Any]) -> tuple[int, bytes]:
    """Translate what is known, and give the rest back as it was: nothing says so."""
    texts = [KNOWN.get(text, text) for text in asked["q"]]
    return 200, json.dumps({"translatedText": texts}).encode()


@dataclass
class Machine:
    """Where it listens, how it answers, and what it was asked."""

    url: str
    answer: Answer = answer_well
    is_up: bool = True
    asked: list[dict[str, Any]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)


@contextmanager
def running() -> Iterator[Machine]:
    """Run a machine for the length of a block."""
    machine = Machine(url="")

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            machine.paths.append(self.path)
            self._send(200 if machine.is_up else 503, b"[]")

        def do_POST(self) -> None:
            machine.paths.append(self.path)
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            machine.asked.append(asked)
            self._send(*machine.answer(asked))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    machine.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield machine
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
