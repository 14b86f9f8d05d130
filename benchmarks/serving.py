"""How fast a thread of 20 posts is read: from the cache, and made anew.

From the cache it is set beside the least that the framework can do: a route that returns the same
bytes, ready made, over the same server. Made anew it is set beside a bare FastAPI route with one
flat Jinja2 template: the same posts, the same fields, a page as long as ours, the values ready.
Each pair takes turns in one run, so that whatever else the machine does meets both.
"""

import asyncio
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import process_time
from typing import Final

from app import forum
from app.db import Work
from app.forum import service
from app.main import create_app
from app.settings import Settings
from app.web.markup import direction_of
from app.wiring import open_house
from benchmarks.figures import Figure
from fastapi import FastAPI
from jinja2 import Environment
from sqlalchemy import event
from starlette.responses import HTMLResponse
from starlette.types import ASGIApp, Message
from tests.journeys.instance import Instance, free_port, wait_until_healthy
from tests.journeys.places import longest_thread

_CONNECTIONS: Final = 16
_SECONDS: Final = 3
_ROUNDS: Final = 3
_PAGES: Final = 100
_WARM: Final = 5
_BARE: Final = """
import sys, uvicorn
from fastapi import FastAPI, Response
app, body = FastAPI(), sys.stdin.buffer.read()
@app.get("/healthz")
@app.get("/page")
async def page(): return Response(body, media_type="text/html")
uvicorn.run(app, port=int(sys.argv[1]), http="httptools", access_log=False, log_level="warning")
"""
_BARE_PAGE: Final = Path(__file__).with_name("bare_page.html")
_MENU: Final = (
    ("boards", "تالارها"), ("latest", "تازه‌ها"), ("search", "جست‌وجو"), ("safety", "ایمنی"),
    ("join", "پیوستن"), ("login", "ورود"), ("help", "راهنما"), ("about", "درباره"),
)  # fmt: skip


def measure(instance: Instance, data: Path) -> list[Figure]:
    """Measure a served instance, and the same instance in this process."""
    path = f"/fa{longest_thread(instance)}"
    _, page = instance.get(path, **{"Accept-Encoding": "gzip"})
    with _bare_route(page) as bare:
        pairs = [(_rate(instance.origin + path), _rate(bare)) for _ in range(_ROUNDS)]
    cached, route = (list(rates) for rates in zip(*pairs, strict=True))
    return [
        Figure(name="cached thread page, 16 connections", unit="/s", samples=cached),
        Figure(name="bare route, same bytes", unit="/s", samples=route),
        Figure(
            name="bare route / cached page",
            unit="",
            samples=[b / c for c, b in pairs],
            bar=1.0,
        ),
        *_rendering(data, path),
    ]


def _rate(url: str) -> float:
    command = ["wrk", "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s", "-H", "Accept-Encoding: gzip"]
    told = subprocess.run([*command, url], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told:
        raise RuntimeError(told)
    found = re.search(r"Requests/sec:\s*([\d.]+)", told)
    assert found
    return float(found[1])


@contextmanager
def _bare_route(body: bytes) -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen([sys.executable, "-c", _BARE, str(port)], stdin=subprocess.PIPE)
    try:
        assert process.stdin
        process.stdin.write(body)
        process.stdin.close()
        wait_until_healthy(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}/page"
    finally:
        process.kill()
        process.wait()


def _rendering(data: Path, path: str) -> list[Figure]:
    """Compare processor time, from the request to the bytes: our page, and a bare one.

    Both are asked as applications, without a server, and not compressed.
    """
    house = open_house(Settings(data=data))
    app = create_app(house, "http://testserver")
    statements: list[str] = []
    event.listen(
        house.db.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, *_: statements.append(statement),
    )
    with house.db.read() as work:
        bare = _bare_app(work, path)

    async def take_turns() -> list[tuple[float, float]]:
        for _ in range(_WARM - 1):
            await ask(app, path)
            await ask(bare, path)
        ours, least = await ask(app, path), await ask(bare, path)
        assert 0.9 < len(least) / len(ours) < 1.1, (len(least), len(ours))
        statements.clear()
        return [(await _timed(app, path), await _timed(bare, path)) for _ in range(_PAGES)]

    anew, least = (list(times) for times in zip(*asyncio.run(take_turns()), strict=True))
    house.db.close()
    queries = sum("SELECT" in statement.upper() for statement in statements) / _PAGES
    made = Figure(name="thread page made anew, processor time", unit="ms", samples=anew)
    jinja = Figure(name="bare FastAPI and Jinja2, same posts", unit="ms", samples=least)
    ratio = made.median / jinja.median
    return [
        made,
        jinja,
        Figure(name="made anew / bare Jinja2", unit="", samples=[ratio], bar=3.0),
        Figure(name="queries of a thread page", unit="", samples=[queries], bar=6),
    ]


async def _timed(app: ASGIApp, path: str) -> float:
    begun = process_time()
    await ask(app, path)
    return (process_time() - begun) * 1e3


async def ask(app: ASGIApp, address: str) -> bytes:
    """Ask with a cookie, so that the page cache does not answer."""
    path, _, query = address.partition("?")
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "scheme": "http", "path": path,
        "raw_path": path.encode(), "query_string": query.encode(), "root_path": "",
        "headers": [(b"host", b"testserver"), (b"cookie", b"theme=dark")],
        "client": None, "server": None,
    }  # fmt: skip
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    if sent[0]["status"] != 200:
        raise RuntimeError(f"{path}: {sent[0]['status']}")
    return b"".join(message.get("body", b"") for message in sent)


def _bare_app(work: Work, path: str) -> ASGIApp:
    """Return an application that renders the same posts with one template and nothing else."""
    thread = path.rpartition("/")[2]
    opening, posts = service.list_page(work, forum.get_thread(work, thread), 1)
    values = {
        "title": opening.version.text.title,
        "thread": thread,
        "menu": _MENU,
        "posts": [_ready(post) for post in posts],
    }
    template = Environment(autoescape=True).from_string(_BARE_PAGE.read_text(encoding="utf-8"))
    app = FastAPI()

    @app.get("/fa/t/{thread}")
    def page(thread: str) -> HTMLResponse:
        return HTMLResponse(template.render({**values, "thread": thread}))

    return app


def _ready(post: forum.Post) -> dict[str, object]:
    return {
        "number": post.number,
        "reply": post.parent_number,
        "name": post.author.name,
        "mark": post.author.fingerprint,
        "path": post.author.fingerprint.replace(" ", ""),
        "custody": "با کلیدی امضا شده که روی این سرور باز شده است",
        "iso": post.day.isoformat(),
        "day": post.day.isoformat(),
        "digest": post.digest.hex(),
        "language": post.version.text.language,
        "direction": direction_of(post.version.text.markdown),
        "text": post.version.text.markdown,
    }
