"""How fast votes are taken: a form without scripts, checked, stored, synced to disk, led onward.

Voters are logged in, as unlocked personas are, and each has a page's form token of their own. They
are a process of their own: they must not take the server's interpreter. A first vote takes its
ballot, which costs a blind signature; it is measured apart. The round trip of one vote is weighed
as well: the form, its answer, and the next page as it is sent.
"""

import gzip
import multiprocessing
import re
from collections.abc import Sequence
from pathlib import Path
from socket import IPPROTO_TCP, TCP_NODELAY, create_connection, socket
from tempfile import TemporaryDirectory
from threading import Thread
from time import perf_counter
from typing import Final, NamedTuple
from urllib.parse import urlencode

from app import forum, identity, opinion, wiring
from app.identity.service.sessions import new_session
from app.kernel.clock import HOUR_S, FixedClock, Instant, SystemClock
from app.opinion.model import Question, ResultsShown
from app.records.model import Custody
from app.settings import Settings
from app.web.listener import web_listener
from benchmarks.figures import Figure
from benchmarks.posting import _pair
from benchmarks.process import cpu_seconds
from tests import factories
from tests.houses import publish, require_post, submit
from tests.journeys.instance import serving_process
from tests.opinion.samples import statement

VOTERS: Final = 60
STATEMENTS: Final = 60
_VOTES: Final = 40
"""Of each voter; their form's token is good for fifty."""
_BAR: Final = 500
_ROUND_TRIP_BAR_KB: Final = 6.0
_SAID: Final = ("agree", "disagree", "pass")


class _Voter(NamedTuple):
    cookie: str
    token: str


def measure() -> list[Figure]:
    """Measure first votes, votes with one client and with eight, and the weight of one."""
    with TemporaryDirectory() as folder:
        data = Path(folder)
        thread, sessions = _fill(data)
        # Behind a front, as on a host: one worker, no limits of circuits.
        with serving_process(data) as (origin, pid):
            address = origin.partition("//")[2]
            cookie = web_listener(origin, "").cookie_name
            path = f"/fa/t/{thread}"
            voters = [_enter(address, path, f"{cookie}={token}") for token in sessions]
            figures = [_weigh(address, path, voters[0])]
            for name, clients, numbers in (
                ("first vote, which takes the ballot", 8, [1]),
                ("vote, 1 client", 1, range(2, 2 + _VOTES // 4)),
                ("vote, 8 clients", 8, range(2 + _VOTES // 4, _VOTES)),
            ):
                requests = [
                    _vote(address, path, voter, number) for number in numbers for voter in voters
                ]
                figures += _run_apart(name, pid, address, clients, requests)
    return figures


def _run_apart(
    name: str, pid: int, address: str, clients: int, requests: list[bytes]
) -> list[Figure]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        begun = cpu_seconds(pid)
        seconds, answers = pool.apply(_run, (address, clients, requests))
        spent = cpu_seconds(pid) - begun
    answers.sort()
    rate = len(requests) / seconds
    bar = 1e3 / _BAR if name.startswith("vote, 8") else None
    return [
        Figure(name=f"{name} ({rate:.0f}/s)", unit="ms", samples=[1e3 / rate], bar=bar),
        Figure(name=f"{name}, p99", unit="ms", samples=[answers[int(len(answers) * 0.99)] * 1e3]),
        Figure(
            name=f"{name}, processor time of the server",
            unit="ms",
            samples=[spent / len(requests) * 1e3],
        ),
    ]


def _fill(data: Path) -> tuple[str, list[str]]:
    """Make an instance with a consultation and people who are logged in; return their cookies."""
    settings = Settings(data=data, database_url="", origin="")
    wiring.init_house(settings).db.close()
    present = SystemClock().now()
    clock = FixedClock(Instant(present - 12 * HOUR_S))
    house = wiring.open_house(settings, clock=clock)
    live, author = factories.LIVE, factories.person("Ava")
    submit(house, factories.board(live, home=house.keys["instance"]))
    opening = factories.note(author, board=live, title="آب")
    publish(house, opening)
    keys = identity.make_ballot_keys()
    with house.db.write() as work:
        thread = forum.get_thread(work, require_post(house, opening).thread)
        question = Question(
            question="آب از آن کیست؟", language="fa", results=ResultsShown.VOTED, asks_side=False
        )
        opinion.open_with_ballots(work, house.door, thread, question, keys)
    # One name may say twenty at most.
    authors = [factories.person(f"Author {n}") for n in range(STATEMENTS // 20)]
    said = [
        statement(authors[n // 20], opening, f"گزارهٔ شمارهٔ {n} دربارهٔ آب رودخانه‌ها.")
        for n in range(STATEMENTS)
    ]
    publish(house, *said)
    people = [factories.person(f"Voter {n}", Custody.UNLOCKED) for n in range(VOTERS)]
    publish(house, *map(factories.card, people))
    clock.instant = present
    with house.db.write() as work:
        sessions = [new_session(work, one.root, one.did, one.key) for one in people]
    house.db.close()
    return thread.id, sessions


def _enter(address: str, path: str, cookie: str) -> _Voter:
    """Open the page on which one votes, and keep its form's token."""
    page = _get(address, f"{path}/consultation", cookie)[1].decode()
    found = re.search(r'name="token" value="([^"]+)"(?=[^\0]*name="number")', page)
    tokens = re.findall(r'name="token" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("no form to vote with")
    return _Voter(cookie, tokens[-1])


def _vote(address: str, path: str, voter: _Voter, number: int) -> bytes:
    fields = {"token": voter.token, "number": number, "vote": _SAID[number % 3]}
    body = urlencode(fields).encode()
    head = (
        f"POST {path}/vote HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nCookie: {voter.cookie}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _weigh(address: str, path: str, voter: _Voter) -> Figure:
    """Weigh a vote there and the next page back, heads and all, as gzip leaves them."""
    sent = len(_vote(address, path, voter, 1))
    head, page = _get(address, f"{path}/consultation", voter.cookie)
    back = len(head) + len(gzip.compress(page, 6))
    return Figure(
        name="round trip of a vote, Persian (form, answer, next page)",
        unit="kB",
        samples=[(sent + len(head) + back) / 1e3],
        bar=_ROUND_TRIP_BAR_KB,
    )


def _get(address: str, path: str, cookie: str) -> tuple[bytes, bytes]:
    asked = f"GET {path} HTTP/1.1\r\nHost: {address}\r\nCookie: {cookie}\r\n\r\n"
    with create_connection(_pair(address)) as connection:
        connection.sendall(asked.encode())
        data = b""
        while b"\r\n\r\n" not in data:
            data += connection.recv(65_536)
        head, _, body = data.partition(b"\r\n\r\n")
        found = re.search(rb"content-length: (\d+)", head.lower())
        while found is not None and len(body) < int(found[1]):
            body += connection.recv(65_536)
    return head, body


def _read_head(connection: socket) -> bytes:
    """Return the head of an answer without a body, as redirects are."""
    data = b""
    while not data.endswith(b"\r\n\r\n"):
        piece = connection.recv(65_536)
        if not piece:
            raise RuntimeError("the server closed the connection")
        data += piece
    return data


def _run(address: str, clients: int, requests: Sequence[bytes]) -> tuple[float, list[float]]:
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
    if len(answers) != len(requests):
        raise RuntimeError("a vote was not taken")
    return perf_counter() - begun, answers


def _send(address: str, requests: Sequence[bytes], answers: list[float]) -> None:
    with create_connection(_pair(address)) as connection:
        connection.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        for request in requests:
            begun = perf_counter()
            connection.sendall(request)
            status = int(_read_head(connection).split()[1])
            if status != 303:
                raise RuntimeError(f"a vote was answered with {status}")
            answers.append(perf_counter() - begun)
