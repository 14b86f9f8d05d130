"""How long a post takes to appear: from the request that hands it in to where anyone can prove it.

Clients post to a live board, each its next post once the last one has appeared, and ask again and
again: for the record, which is there from its tick on, and for its `.tlog-proof`. They are a
process of their own, as in `posting`, and look every fiftieth of a second.
"""

import json
import multiprocessing
import secrets
from datetime import UTC, datetime
from hashlib import sha256
from http.client import HTTPConnection
from statistics import quantiles
from threading import Thread
from time import perf_counter, sleep
from typing import Final
from urllib.parse import urlsplit

from app.forum import Draft, Text, sign_post
from app.records import Custody
from app.records.codec import encode_nonce
from benchmarks.figures import Figure
from benchmarks.starting import WRITER
from tests.journeys.instance import Instance

_CLIENTS: Final = 4
_POSTS: Final = 75
_LOOK_EVERY_S: Final = 0.02
_LONGEST_S: Final = 30
_TEXT: Final = "آب رودخانه امسال زودتر از همیشه کم شد و کسی نگفت چرا؛ " * 5
_TICK_S: Final = 1.0
_BAR_S: Final = _TICK_S + 1.0


def measure(instance: Instance) -> list[Figure]:
    """Measure until posts can be read and proven."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        samples = pool.apply(_run, (instance.origin,))
    name = "from post to visible and provable"
    return [
        Figure(name=name, unit="s", samples=samples),
        Figure(name=f"{name}, p99", unit="s", samples=[quantiles(samples, n=100)[-1]], bar=_BAR_S),
    ]


def _run(origin: str) -> list[float]:
    address = urlsplit(origin).netloc
    samples: list[float] = []
    threads = [Thread(target=_post, args=(address, samples)) for _ in range(_CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(samples) != _CLIENTS * _POSTS:
        raise RuntimeError("a post never appeared")
    return samples


def _post(address: str, samples: list[float]) -> None:
    host = HTTPConnection(address, timeout=_LONGEST_S)
    boards = json.loads(_ask(host, "GET", "/api/v1/boards")[1])["boards"]
    key, day = WRITER.key, datetime.now(UTC).date()
    for number in range(_POSTS):
        draft = Draft(
            text=Text(language="fa", markdown=_TEXT, title=f"آب {number}"),
            board=boards[0]["did"],
            reply_to=None,
            quotes=(),
            custody=Custody.DEVICE,
        )
        raw = sign_post(key, draft, nonce=encode_nonce(secrets.token_bytes(16)), day=day)
        digest = sha256(raw).hexdigest()
        begun = perf_counter()
        status, _ = _ask(host, "POST", "/api/v1/records", raw)
        if status != 201:
            return
        for path in (f"/records/{digest}", f"/receipts/{digest}.tlog-proof"):
            while _ask(host, "GET", path)[0] != 200:
                if perf_counter() - begun > _LONGEST_S:
                    return
                sleep(_LOOK_EVERY_S)
        samples.append(perf_counter() - begun)


def _ask(host: HTTPConnection, method: str, path: str, body: bytes = b"") -> tuple[int, bytes]:
    host.request(method, path, body or None)
    answer = host.getresponse()
    return answer.status, answer.read()
