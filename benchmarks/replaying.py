"""How long one machine takes to serve the visitors of the Global Dialogue of 2013.

1.49 million visits came in its two weeks. Here each reads four pages: the front page, a list, two
threads; most of them in Persian, and most to what is talked about that day. Nobody published how
the visits were spread over the days, so the days are those of another public consultation whose
votes are open: how many people came on each of the first fourteen days of Polis' "Brexit
consensus" (github.com/compdemocracy/openData, CC BY 4.0). It falls steeply: half come on day one.

A day is 96 ticks. Before each, what was written since the last is published: one post for every
250 visits, into the thread that everybody reads, so that the front page, the lists and that thread
are made anew and the rest comes from the page cache. The minutes are those in which pages are
asked for, as fast as 16 connections can; waiting for a tick is not counted. A run of `make bench`
replays every tenth tick whole and says so; `--long` replays all of them.
"""

import http.client
import json
import random
import re
import secrets
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from urllib.parse import urlsplit

from app.crypto.ed25519 import SigningKey
from app.crypto.multikey import encode_did
from app.forum import Draft, Text, sign_post
from app.forum.model import THREAD_ID_CHARACTERS
from app.kernel.clock import MINUTE_S
from app.records import Custody
from app.records.codec import encode_nonce
from benchmarks.figures import Figure
from benchmarks.starting import WRITER
from tests.journeys.instance import Instance

VISITS: Final = 1_490_000
_PAGES_A_VISIT: Final = 4
_DAYS: Final = (113, 28, 29, 9, 5, 2, 2, 10, 5, 0, 1, 4, 1, 0)
_TICKS_A_DAY: Final = 96
_VISITS_A_POST: Final = 250
_LANGUAGES: Final = {"fa": 80, "en": 15, "fr": 5}
_PLANNED: Final = 2_000
_CONNECTIONS: Final = 16
_TEXT: Final = "آب رودخانه امسال زودتر از همیشه کم شد و کسی نگفت چرا؛ " * 5
_PATIENCE_S: Final = 60.0
# wrk sleeps for its duration whatever its threads do: only a signal ends it at a number of pages.
_SCRIPT: Final = """
local ffi = require("ffi")
ffi.cdef "int getpid(void); int kill(int, int);"
local asked, at, left = {}, 0, 0
function init(args)
  left = tonumber(args[2])
  for path in io.lines(args[1]) do asked[#asked + 1] = wrk.format("GET", path) end
end
function request() at = at % #asked + 1; return asked[at] end
function response()
  left = left - 1
  if left == 0 then ffi.C.kill(ffi.C.getpid(), 2) end
end
function done(told)
  local failed = told.errors
  io.write(string.format('{"pages": %d, "us": %d, "failed": %d}', told.requests, told.duration,
    failed.connect + failed.read + failed.write + failed.status + failed.timeout))
end
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes into the thread that everybody reads."""

    instance: Instance
    key: SigningKey
    board: str

    def write(self, title: str | None, reply_to: str | None) -> tuple[str, str]:
        """Hand in a post; return its record id and its digest."""
        draft = Draft(
            text=Text(language="fa", markdown=_TEXT, title=title),
            board=self.board,
            reply_to=reply_to,
            quotes=(),
            custody=Custody.DEVICE,
        )
        nonce = encode_nonce(secrets.token_bytes(16))
        raw = sign_post(self.key, draft, nonce=nonce, day=datetime.now(UTC).date())
        connection = http.client.HTTPConnection(urlsplit(self.instance.origin).netloc)
        connection.request("POST", "/api/v1/records", raw)
        if connection.getresponse().status != 201:
            raise RuntimeError("a post was not accepted")
        connection.close()
        return f"ap://{encode_did(self.key.public)}/objects/{nonce}", sha256(raw).hexdigest()

    def wait_for(self, digest: str) -> None:
        """Wait until readers can see a post."""
        deadline = time.monotonic() + _PATIENCE_S
        while self.instance.get(f"/fa/p/{digest}")[0] != 200:
            if time.monotonic() > deadline:
                raise RuntimeError("a post was not published")
            time.sleep(0.05)


def measure(instance: Instance, *, whole: bool) -> list[Figure]:
    """Replay every tick, or every tenth."""
    chance = random.Random(2013)
    boards, threads = _places(instance)
    writer = Writer(instance=instance, key=WRITER.key, board=_live_board(instance))
    opening, digest = writer.write("گفتگوی سراسری", None)
    writer.wait_for(digest)
    threads.insert(0, f"/t/{digest[:THREAD_ID_CHARACTERS]}")
    pages, seconds = 0, 0.0
    with TemporaryDirectory() as folder:
        script, plan = Path(folder) / "replay.lua", Path(folder) / "plan"
        script.write_text(_SCRIPT)
        for number, visits in enumerate(_ticks()):
            if number % _TICKS_A_DAY == 0:
                # What is talked about changes from day to day; one thread stays.
                threads[1:] = chance.sample(threads[1:], len(threads) - 1)
            if visits == 0 or (not whole and number % 10):
                continue
            for _ in range(visits // _VISITS_A_POST):
                _, digest = writer.write(None, opening)
            writer.wait_for(digest)
            plan.write_text("\n".join(_plan(chance, boards, threads, min(visits, _PLANNED))))
            served, took = _replay(instance, script, plan, visits * _PAGES_A_VISIT)
            pages, seconds = pages + served, seconds + took
    return _figures(pages, seconds)


def _ticks() -> Iterator[int]:
    """Return how many visits come between each tick and the next."""
    for people in _DAYS:
        yield from [round(VISITS * people / sum(_DAYS) / _TICKS_A_DAY)] * _TICKS_A_DAY


def _plan(
    chance: random.Random, boards: Sequence[str], threads: Sequence[str], visits: int
) -> Iterator[str]:
    """Return the pages of some visits in their order; they are repeated as often as needed."""
    weights = [1 / (rank + 1) for rank in range(len(threads))]
    codes = chance.choices(list(_LANGUAGES), list(_LANGUAGES.values()), k=visits)
    read = chance.choices(threads, weights, k=2 * visits)
    lists = chance.choices(["/latest", "/boards", *boards], k=visits)
    for number, code in enumerate(codes):
        for path in ("/", lists[number], read[2 * number], read[2 * number + 1]):
            yield f"/{code}{path}"


def _replay(instance: Instance, script: Path, plan: Path, pages: int) -> tuple[int, float]:
    """Ask for so many pages; return how many came, and the seconds that it took."""
    command = [
        "wrk",
        "-t1",
        f"-c{_CONNECTIONS}",
        "-d3600s",
        "--timeout",
        "60s",
        "-H",
        "Accept-Encoding: gzip",
    ]
    address = [instance.origin, "-s", str(script), "--", str(plan), str(pages)]
    done = subprocess.run([*command, *address], capture_output=True, text=True, check=True)
    told = json.loads(done.stdout[done.stdout.rindex("{") :])
    if told["failed"]:
        raise RuntimeError(f"{told['failed']} pages failed")
    return told["pages"], told["us"] / 1e6


def _places(instance: Instance) -> tuple[list[str], list[str]]:
    boards = re.findall(r'"/fa(/b/[^"/?]+)"', instance.get("/fa/boards")[1].decode())
    boards = list(dict.fromkeys(boards))
    threads = [
        thread
        for board in boards
        for thread in re.findall(r'"/fa(/t/[^"/?#]+)"', instance.get(f"/fa{board}")[1].decode())
    ]
    return boards, list(dict.fromkeys(threads))


def _live_board(instance: Instance) -> str:
    """Return a board that publishes at once: its ticks are ours to time."""
    boards = json.loads(instance.get("/api/v1/boards")[1])["boards"]
    return str(next(board["did"] for board in boards if board["tick"] < MINUTE_S))


def _figures(pages: int, seconds: float) -> list[Figure]:
    everything = VISITS * _PAGES_A_VISIT
    share = pages / everything
    name = f"Global Dialogue, {pages:,} pages served ({share:.0%} of two weeks)"
    figures = [
        Figure(name=name, unit="min", samples=[seconds / MINUTE_S]),
        Figure(name="Global Dialogue, pages a second", unit="/s", samples=[pages / seconds]),
    ]
    if share < 0.99:
        name = "Global Dialogue, all of it at that pace (not measured)"
        figures.append(Figure(name=name, unit="min", samples=[seconds / share / MINUTE_S]))
    return figures
