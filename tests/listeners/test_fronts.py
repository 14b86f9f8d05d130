"""The real fronts: what they hand on, what they write down, and readers in the middle of a flood."""

import http.client
import http.server
import re
import shutil
import socket
import socketserver
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final

import pytest

from tests.listeners import fronts
from tests.listeners.fronts import HOST, Way, Web, memory_of
from tests.listeners.ways import ADDRESS

pytestmark = pytest.mark.slow

TRACES: Final = {
    "User-Agent": "NeedleBrowser-7f3a",
    "Referer": "https://needle-came-from.example/",
    "X-Forwarded-For": "203.0.113.77",
    "X-Real-IP": "203.0.113.77",
    "Forwarded": "for=203.0.113.77",
    "Via": "1.1 needle-proxy",
}
CLAIMS: Final = {
    "Forwarded": "for=203.0.113.77;host=evil.example;proto=http",
    "X-Forwarded-For": "203.0.113.77",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "http",
    "X-Real-IP": "203.0.113.77",
    "X-Original-URL": "/en/login",
}
NEEDLES: Final = (
    b"NeedleBrowser", b"needle-came-from", b"203.0.113.77", b"needle-proxy", Web.source.encode(),
    b"needle-typed", b"fc00:dead:beef:4dad",
)  # fmt: skip
READS: Final = 60
Run = Callable[[Path], AbstractContextManager[tuple[Way, int]]]
SLOW: Final = 400
CLOSED_WITHIN_S: Final = 14.0


@pytest.fixture(params=["web", "onion"])
def front(request: pytest.FixtureRequest) -> tuple[Way, int]:
    found: tuple[Way, int] = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def away() -> Iterator[Path]:
    """A folder in which no forum listens."""
    folder = Path(tempfile.mkdtemp(prefix="away"))
    (folder / "instance").mkdir()
    yield folder
    shutil.rmtree(folder)


@pytest.mark.usefixtures("served")
def test_reader_is_answered_by_the_listener_of_the_socket(
    web: tuple[Way, int], onion: tuple[Way, int]
) -> None:
    status, headers, body = web[0].ask("/en/boards")
    assert status == 200
    assert headers["Strict-Transport-Security"] == "max-age=31536000"
    assert headers["Onion-Location"] == f"http://{ADDRESS}/en/boards"
    assert ADDRESS.encode() in body

    status, headers, body = onion[0].ask("/en/boards")
    assert status == 200
    assert headers["Strict-Transport-Security"] is None
    assert headers["Onion-Location"] is None
    assert headers["Date"] is None
    assert headers["Server"] is None
    assert int(headers["Content-Length"]) % 2048 == 0


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("name", CLAIMS)
def test_what_claims_another_way_in_has_no_effect(front: tuple[Way, int], name: str) -> None:
    way, _ = front
    plain = way.ask("/en/status")
    claimed = way.ask("/en/status", headers={name: CLAIMS[name]})

    assert claimed[0] == plain[0] == 200
    assert table_of(claimed) == table_of(plain)
    for trace in (b"evil.example", b"203.0.113.77"):
        assert trace not in claimed[2]


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "localhost", "{other}"])
def test_another_host_is_not_answered(front: tuple[Way, int], host: str) -> None:
    """Nor the clear name by the onion's way, or the onion's by the clear one."""
    way, _ = front
    asked = host.format(other=HOST if way.host == ADDRESS else ADDRESS)
    try:
        status, _, body = way.ask("/en/", headers={"Host": asked})
    except http.client.RemoteDisconnected:
        return

    assert status == 421
    assert body == b"Another host was asked for.\n"


def table_of(answer: tuple[int, http.client.HTTPMessage, bytes]) -> list[tuple[str, str]]:
    """Return an answer's headers but for its time and its length, which fresh tokens change."""
    _, headers, _ = answer
    return [item for item in headers.items() if item[0].lower() not in {"date", "content-length"}]


@pytest.mark.usefixtures("served")
def test_nothing_of_the_reader_is_in_any_file(front: tuple[Way, int], folder: Path) -> None:
    way, _ = front
    for path in ("/en/boards", "/en/needle-typed", "/en/search?q=needle-typed", "/%00"):
        way.ask(path, headers=TRACES)
    way.ask("/en/login", method="POST", body=b"name=needle-typed", headers=TRACES)
    way.ask("/en/login", method="POST", body=b"needle-typed" * 20_000, headers=TRACES)
    way.ask("/en/login", method="POST", body=b"needle-typed" * 30_000, headers=TRACES)
    for said in (
        b"GET / NEEDLE needle-typed\r\n\r\n",
        b"needle-typed\r\n" * 9,
        b"GET /needle-typed\x7f",
    ):
        with way.connect() as connection, suppress(OSError):
            connection.sendall(said)
            connection.recv(1000)

    holding = {
        str(path.relative_to(folder)): needle
        for path in folder.rglob("*")
        if path.is_file()
        for needle in NEEDLES
        if needle in path.read_bytes()
    }
    assert holding == {}


@pytest.mark.usefixtures("served")
def test_body_and_answer_never_touch_the_disk(web: tuple[Way, int], folder: Path) -> None:
    """A file that is made and unlinked at once changes the time of its folder."""
    places = [folder / "web-front-body", folder / "web-front-answer"]
    before = [(place.stat().st_mtime_ns, list(place.rglob("*"))) for place in places]

    status, headers, _ = web[0].ask("/api/v1/records", method="POST", body=b" " * 250_000)

    # The forum's own answer: it has seen the whole of it.
    assert status == 413
    assert headers["Content-Type"] == "application/problem+json"
    assert [(place.stat().st_mtime_ns, list(place.rglob("*"))) for place in places] == before


@pytest.mark.parametrize("running", [fronts.running_nginx, fronts.running_haproxy])
def test_frame_comes_again_while_the_forum_is_away(running: Run, away: Path) -> None:
    """And is shown inside its page: browsers reload no frame whose page may not show it."""
    with running(away) as (way, _):
        for path in (
            "/fa/t/0123456789abcdef0123/live/1",
            "/fa/t/0123456789abcdef0123/hearing/live/7",
        ):
            status, headers, _ = way.ask(f"{path}?after=0123456789abcdef")
            assert status == 503
            assert headers["Refresh"] == "5"
            policy = headers["Content-Security-Policy"] or "frame-ancestors 'self'"
            assert policy.endswith("frame-ancestors 'self'")
        status, headers, _ = way.ask("/fa/t/0123456789abcdef0123/reply", method="POST")
        assert (status, headers["Refresh"]) == (503, None)


def test_campus_that_follows_live_reads_on_whatever_else_it_asks_for(away: Path) -> None:
    """Forty of one address wait for news; the next is shown what there is, and pages are answered."""
    frame = "/fa/t/0123456789abcdef0123/hearing/live/7"
    news = threading.Event()
    with holding_forum(away / "web.sock", news), fronts.running_nginx(away) as (way, _):
        waiting = [way.connect() for _ in range(40)]
        for each in waiting:
            each.sendall(f"GET {frame}?after={'0' * 16} HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode())
        time.sleep(0.5)
        status, headers, body = way.ask(f"{frame}?after={'0' * 16}")
        page = way.ask("/fa/boards")
        news.set()
        for each in waiting:
            assert b" 200 " in each.recv(1000)
            each.close()

    assert (status, headers.get_all("Refresh"), body) == (200, ["5"], b"now")
    assert (page[0], page[2]) == (200, b"now")


@contextmanager
def holding_forum(path: Path, news: threading.Event) -> Iterator[None]:
    """Serve somebody who holds what is asked with a mark until there is news, as frames are held."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "after=" in self.path:
                news.wait(20)
            self.send_response(200)
            self.send_header("Refresh", "1;url=/")
            self.send_header("Content-Length", "3")
            self.end_headers()
            self.wfile.write(b"now")

        def log_message(self, *_: object) -> None: ...

    class Server(socketserver.ThreadingUnixStreamServer):
        daemon_threads = True
        request_queue_size = 100

        def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
            return super().get_request()[0], ("", 0)

    with Server(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield
        server.shutdown()
        thread.join()


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(
    "head",
    [
        b"".join(b"A%d: b\r\n" % number for number in range(50_000)),
        b"A: " + b"b" * 2_000_000 + b"\r\n",
        b"A: " + b"b" * 40_000 + b"\r\n",
    ],
    ids=["50,000 headers", "2 MB in a line", "40 kB in a line"],
)
def test_head_over_the_cap_is_refused_at_once(front: tuple[Way, int], head: bytes) -> None:
    way, _ = front
    begun = time.monotonic()
    answer = b""
    with way.connect(circuit=90) as connection, suppress(OSError):
        connection.sendall(
            b"GET /en/ HTTP/1.1\r\nHost: %s\r\n" % way.host.encode() + head + b"\r\n"
        )
        answer = connection.recv(1000)

    assert b" 200 " not in answer
    assert time.monotonic() - begun < CLOSED_WITHIN_S
    assert way.ask("/en/", circuit=91)[0] == 200


def test_normal_reader_is_answered_in_a_flood(served: int, front: tuple[Way, int]) -> None:
    """Slow heads, heads over every cap, and new circuits all the while."""
    way, pid = front
    quiet = read_on(way, 100)
    before, front_before = memory_of(served), memory_of(pid)
    stop = threading.Event()
    with ExitStack() as stack:
        slow = open_slow(way, stack)
        workers = [
            threading.Thread(target=drip, args=(slow, stop)),
            threading.Thread(target=shout, args=(way, stop)),
            threading.Thread(target=come_anew, args=(way, stop)),
        ]
        for worker in workers:
            worker.start()
        try:
            flooded = read_on(way, 120)
        finally:
            time.sleep(max(0.0, CLOSED_WITHIN_S - flooded.seconds))
            stop.set()
            for worker in workers:
                worker.join()
        still_open = sum(not is_closed(connection) for connection in slow)
    grown = memory_of(served) - before, memory_of(pid) - front_before
    print(
        f"{way.host[:12]}: p95 {quiet.p95_ms:.1f} ms quiet, {flooded.p95_ms:.1f} ms flooded;"
        f" memory +{grown[0] >> 20} MiB app, +{grown[1] >> 20} MiB front"
    )

    assert flooded.answered == READS
    assert flooded.p95_ms <= 2 * quiet.p95_ms + 50
    assert still_open == 0
    assert max(grown) < 64 << 20


class Reads:
    """How somebody who reads on was answered."""

    def __init__(self) -> None:
        self.times_ms: list[float] = []
        self.answered = 0
        self.seconds = 0.0

    @property
    def p95_ms(self) -> float:
        return sorted(self.times_ms)[int(len(self.times_ms) * 0.95)]


def read_on(way: Way, first_circuit: int) -> Reads:
    """Read pages, a new connection each, by a few circuits or addresses of one's own."""
    found, begun = Reads(), time.monotonic()
    for number in range(READS):
        asked = time.perf_counter()
        status, _, _ = way.ask("/fa/boards", circuit=first_circuit + number % 6)
        found.times_ms.append((time.perf_counter() - asked) * 1e3)
        found.answered += status == 200
        time.sleep(0.05)
    found.seconds = time.monotonic() - begun
    return found


def open_slow(way: Way, stack: ExitStack) -> list[socket.socket]:
    """Open connections that begin a head and do not end it."""
    opened = []
    for number in range(SLOW):
        connection = stack.enter_context(way.connect(circuit=1000 + number // 20))
        connection.sendall(b"GET /en/ HTTP/1.1\r\nHost: %s\r\nX-Slow: " % way.host.encode())
        opened.append(connection)
    return opened


def drip(slow: list[socket.socket], stop: threading.Event) -> None:
    """Go on with each of them, a byte at a time."""
    while not stop.wait(1):
        for connection in slow:
            with suppress(OSError):
                connection.sendall(b"x")


def shout(way: Way, stop: threading.Event) -> None:
    """Send heads that no front takes, one after the other."""
    heads: Iterator[bytes] = iter(())
    while not stop.wait(0.2):
        try:
            head = next(heads)
        except StopIteration:
            many = b"".join(b"A%d: b\r\n" % number for number in range(50_000))
            heads = iter((many, b"A: " + b"b" * 2_000_000))
            continue
        with suppress(OSError), way.connect(circuit=2000) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n" + head)


def come_anew(way: Way, stop: threading.Event) -> None:
    """Ask for a page by ever new circuits, 200 in all."""
    for number in range(200):
        if stop.is_set():
            return
        with suppress(OSError):
            way.ask("/en/", circuit=3000 + number)


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side has ended a connection."""
    connection.settimeout(0.2)
    try:
        while data := connection.recv(10_000):
            # What it says before it ends: that the time is over.
            if not re.match(rb"HTTP/1\.[01] 4", data):
                return False
    except TimeoutError:
        return False
    except OSError:
        return True
    return True
