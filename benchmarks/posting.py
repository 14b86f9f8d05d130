"""How fast signed posts are accepted: verified, stored, synced to disk, answered with a receipt.

Clients speak HTTP over their own kept connection and wait for each answer before the next post, as
browsers and the command line do. They are a process of their own: they must not take the server's
interpreter. The board is a live one, so ticks run beside them.
"""

import json
import multiprocessing
import secrets
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection
from threading import Thread
from time import perf_counter
from typing import Final
from urllib.parse import urlsplit

from app.forum import Draft, Text, sign_post
from app.records import Custody
from app.records.codec import encode_nonce
from benchmarks.figures import Figure
from benchmarks.process import cpu_seconds
from benchmarks.starting import WRITER
from tests.journeys.instance import Instance

# With those of `appearing` fewer than the 3,000 that one key may hand in within five minutes.
_POSTS: Final = 1_200
_TEXT: Final = "آب رودخانه امسال زودتر از همیشه کم شد و کسی نگفت چرا؛ " * 5
_BARS: Final = {1: 250, 8: 600}
_P99_BAR_MS: Final = 50.0


def measure(instance: Instance) -> list[Figure]:
    """Measure with one client and with eight."""
    figures: list[Figure] = []
    for clients, bar in _BARS.items():
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            begun = cpu_seconds(instance.pid)
            seconds, answers = pool.apply(_run, (instance.origin, clients))
            spent = cpu_seconds(instance.pid) - begun
        answers.sort()
        crowd = f"{clients} client{'s' * (clients > 1)}"
        # Milliseconds a post, so that lower is better and the bar reads like the others.
        figures += [
            Figure(
                name=f"accept a post, {crowd} ({_POSTS / seconds:.0f}/s)",
                unit="ms",
                samples=[seconds / _POSTS * 1e3],
                bar=1e3 / bar,
            ),
            Figure(
                name=f"accept a post, {crowd}, p99",
                unit="ms",
                samples=[answers[int(len(answers) * 0.99)] * 1e3],
                bar=_P99_BAR_MS,
            ),
            Figure(
                name=f"accept a post, {crowd}, processor time of the server",
                unit="ms",
                samples=[spent / _POSTS * 1e3],
            ),
        ]
    return figures


def _run(origin: str, clients: int) -> tuple[float, list[float]]:
    """Send all posts with some clients; return the time it took and that of each answer."""
    address = urlsplit(origin).netloc
    requests = _requests(address)
    answers: list[float] = []
    threads = [
        Thread(target=_send, args=(address, requests[number::clients], answers))
        for number in range(clients)
    ]
    begun = perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(answers) != _POSTS:
        raise RuntimeError("a post was not accepted")
    return perf_counter() - begun, answers


def _requests(address: str) -> list[bytes]:
    board = json.loads(_ask(address, _head(address, "GET", "/api/v1/boards", 0)))["boards"][0]
    key, day = WRITER.key, datetime.now(UTC).date()
    made = []
    for number in range(_POSTS):
        draft = Draft(
            text=Text(language="fa", markdown=_TEXT, title=f"آب {number}"),
            board=board["did"],
            reply_to=None,
            quotes=(),
            custody=Custody.DEVICE,
        )
        raw = sign_post(key, draft, nonce=encode_nonce(secrets.token_bytes(16)), day=day)
        made.append(_head(address, "POST", "/api/v1/records", len(raw)) + raw)
    return made


def _head(address: str, method: str, path: str, length: int) -> bytes:
    return (
        f"{method} {path} HTTP/1.1\r\nHost: {address}\r\nContent-Length: {length}\r\n\r\n"
    ).encode()


def _ask(address: str, request: bytes) -> bytes:
    with create_connection(_pair(address)) as connection:
        connection.sendall(request)
        return _read_answer(connection.recv)[1]


def _send(address: str, requests: Sequence[bytes], answers: list[float]) -> None:
    with create_connection(_pair(address)) as connection:
        connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        for request in requests:
            begun = perf_counter()
            connection.sendall(request)
            status, _ = _read_answer(connection.recv)
            if status != 201:
                return
            answers.append(perf_counter() - begun)


def _read_answer(receive: Callable[[int], bytes]) -> tuple[int, bytes]:
    data = b""
    while b"\r\n\r\n" not in data:
        data += receive(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0].partition(b":")[2]):
        body += receive(65_536)
    return int(head.split()[1]), body


def _pair(address: str) -> tuple[str, int]:
    host, _, port = address.rpartition(":")
    return host, int(port)
