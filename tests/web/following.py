"""A reader of an event stream: an ASGI client that takes an answer piece by piece, as a browser does."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message

WAIT_S = 5.0


@dataclass
class Event:
    """One event of a stream."""

    name: str = ""
    data: str = ""
    id: str = ""


@dataclass
class Follower:
    """One open answer."""

    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    has_ended: bool = False
    comments: int = 0
    may_read: asyncio.Event = field(default_factory=asyncio.Event)
    _pieces: asyncio.Queue[bytes] = field(default_factory=asyncio.Queue)
    _answered: asyncio.Event = field(default_factory=asyncio.Event)
    _gone: asyncio.Event = field(default_factory=asyncio.Event)
    _leaving: asyncio.Event = field(default_factory=asyncio.Event)
    _events: list[Event] = field(default_factory=list)

    async def next(self) -> Event:
        """Return the next event; a stream that ends first is an error."""
        async with asyncio.timeout(WAIT_S):
            while not self._events:
                piece = await self._pieces.get()
                assert piece, "the stream has ended"
                self._take(piece.decode())
        return self._events.pop(0)

    async def until(self, name: str) -> Event:
        """Return the next event of this name."""
        while True:
            event = await self.next()
            if event.name == name:
                return event

    async def rest(self) -> str:
        """Return everything until the answer ends."""
        pieces = []
        async with asyncio.timeout(WAIT_S):
            while piece := await self._pieces.get():
                pieces.append(piece)
        body = b"".join(pieces)
        is_packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(body) if is_packed else body).decode()

    def _take(self, text: str) -> None:
        for block in text.split("\n\n"):
            event = Event()
            for line in filter(None, block.split("\n")):
                name, _, value = line.partition(": ")
                match name:
                    case "":
                        self.comments += 1
                    case "event":
                        event.name = value
                    case "id":
                        event.id = value
                    case "data":
                        event.data += ("\n" if event.data else "") + value
            if event.name:
                self._events.append(event)

    async def receive(self) -> Message:
        """Say that the request is whole, and later that the reader left."""
        await self._leaving.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take what the server sends, as soon as this reader reads."""
        await self.may_read.wait()
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self._answered.set()
            headers = Headers(raw=message["headers"])
            self.headers = {name: ", ".join(headers.getlist(name)) for name in headers}
            return
        assert not self.has_ended
        if message["body"]:
            self._pieces.put_nowait(message["body"])
        if not message.get("more_body", False):
            self.has_ended = True
            self._pieces.put_nowait(b"")
            # As servers do: an answer that is whole has nobody waiting for more.
            self._leaving.set()

    async def answer(self) -> int:
        """Wait for the status of the answer, whether it ever ends or not."""
        async with asyncio.timeout(WAIT_S):
            await self._answered.wait()
        return self.status

    async def given_up(self) -> None:
        """Wait until the server has done with this reader."""
        async with asyncio.timeout(WAIT_S):
            await self._gone.wait()

    def leave(self) -> None:
        """Close the connection."""
        self._leaving.set()


@asynccontextmanager
async def following(
    app: ASGIApp,
    path: str,
    *,
    method: str = "GET",
    headers: Iterable[tuple[str, str]] = (),
    reads: bool = True,
) -> AsyncIterator[Follower]:
    """Follow an address for the length of a block, then leave."""
    follower = Follower()
    if reads:
        follower.may_read.set()
    pure, _, query = path.partition("?")
    said = [("host", "testserver"), ("accept-encoding", "gzip"), *headers]
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1",
        "method": method, "scheme": "http", "path": pure, "raw_path": pure.encode(),
        "query_string": query.encode(), "root_path": "", "client": None, "server": None,
        "headers": [(name.encode(), value.encode()) for name, value in said],
    }  # fmt: skip

    async def answer() -> None:
        await app(scope, follower.receive, follower.send)

    answering = asyncio.create_task(answer())
    answering.add_done_callback(lambda _: follower._gone.set())
    try:
        yield follower
    finally:
        follower.leave()
        async with asyncio.timeout(WAIT_S):
            await answering


async def settled(follower: Follower) -> None:
    """Wait until a stream has told what its reader lacks."""
    await follower.until("state")
