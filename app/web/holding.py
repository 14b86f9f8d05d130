"""Frames that are held open: who has no scripts is answered as soon as there is something new.

A frame of a page that follows a thread says in its `Refresh` header where it goes on: its own
address, with the mark of what it shows. Asked like this, it waits until that mark is another, or a
while, and is then the cached page: made once for all who wait, by the first of them (ADR-0019).
"""

import asyncio
import re
from collections.abc import Callable, Coroutine, Iterable, Mapping
from contextlib import suppress
from typing import Any, Final, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db import Randomness
from app.kernel.errors import AppError

from .listener import Kind, listener_of
from .places import leave_place
from .streams import Channel, CrowdedError, Feed, Streams

AGAIN_S: Final = 1
"""After an answer: nobody asks in a circle, whatever goes wrong."""
AGAIN_IN_A_CROWD_S: Final = 5
"""Where no more readers can wait, frames load themselves anew as often as this."""
HOLD_S: Final = 15.0
"""Fronts and circuits close what is silent for longer than 20 seconds."""
_HOLD_STEP_S: Final = 0.015
_MADE_WITHIN_S: Final = 5.0
_frame = re.compile(rb"/[a-z]{2,3}/t/([0-9a-f]{20})(/hearing|)/live/[0-9]{1,10}")
_after = re.compile(rb"after=([0-9a-f]{16})")
_BUSY: Final = frozenset({429, 500, 503})
_SHOWN_AGAIN: Final = (
    (b"refresh", b"%d" % AGAIN_IN_A_CROWD_S),
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'self'",
    ),
    (b"x-frame-options", b"SAMEORIGIN"),
)


class FrameFeed(Feed, Protocol):
    """What a frame shows, in every language."""

    @property
    def mark(self) -> str:
        """16 hex digits that are others whenever it shows anything else."""


def refresh_to(path: str, mark: str) -> str:
    """Return the `Refresh` header of a frame at a path that shows what this mark stands for."""
    return f"{AGAIN_S};url={path}?after={mark}"


def refusal_headers(scope: Scope, status: int) -> Iterable[tuple[bytes, bytes]]:
    """Return what lets a frame come again that is refused for a moment; nothing for all else.

    Browsers show nothing in a frame that its page may not show, and do not come again: refused
    once, it would stay empty for the evening.
    """
    is_frame = status in _BUSY and _is_get(scope) and _frame.fullmatch(scope["raw_path"])
    return _SHOWN_AGAIN if is_frame else ()


class Holding:
    """Holds requests for frames until there is something new; all else passes at once.

    `feeds` make the feed of a thread, by what stands behind its name in the frame's address.
    """

    def __init__(
        self,
        app: ASGIApp,
        streams: Streams,
        feeds: Mapping[str, Callable[[str], FrameFeed]],
        randomness: Randomness,
    ) -> None:
        self._app = app
        self._streams = streams
        self._feeds = feeds
        self._randomness = randomness
        self._making: dict[tuple[Kind, bytes], asyncio.Event] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        frame = _frame.fullmatch(scope["raw_path"]) if _is_get(scope) else None
        if frame is None:
            await self._app(scope, receive, send)
            return
        after = _after.fullmatch(scope["query_string"])
        if after is None:
            await self._answer(scope, receive, send)
            return
        thread, kind_of_frame, mark = (found.decode() for found in (*frame.groups(), after[1]))
        is_crowded, kind = False, listener_of(scope).kind
        taken: list[Message] = []
        leave_place(scope)
        try:
            async with self._streams.joined(self._feeds[kind_of_frame](thread), kind) as channel:
                if not await self._wait(channel, mark, _left(receive, taken)):
                    return
        except CrowdedError:
            is_crowded = True
        except AppError:
            # The page itself says what is wrong.
            pass
        # What is kept is the page without what its reader has.
        scope = {**scope, "query_string": b""}
        sending = _held(send, AGAIN_IN_A_CROWD_S if is_crowded else AGAIN_S)
        await self._answer(scope, _again(taken, receive), sending)

    async def _wait(self, channel: Channel, mark: str, left: Coroutine[Any, Any, None]) -> bool:
        """Wait for what is new, but no longer than a while; return whether the reader is there."""
        gone = asyncio.ensure_future(left)
        news = asyncio.ensure_future(self._hear(channel, mark))
        try:
            await asyncio.wait({gone, news}, return_when=asyncio.FIRST_COMPLETED)
            return not gone.done()
        finally:
            gone.cancel()
            news.cancel()

    async def _hear(self, channel: Channel, mark: str) -> None:
        hold_s = HOLD_S + _HOLD_STEP_S * self._randomness.token_bytes(1)[0]
        with suppress(TimeoutError):
            async with asyncio.timeout(hold_s):
                while not channel.is_closed:
                    news = channel.news
                    if _mark_of(channel) != mark:
                        return
                    await news.wait()

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, after the first of those who ask for the same page has made it for the cache."""
        if any(name == b"cookie" for name, _ in scope["headers"]):
            # Its own, and kept for nobody.
            await self._app(scope, receive, send)
            return
        key = listener_of(scope).kind, scope["raw_path"]
        if key in self._making:
            leave_place(scope)
            with suppress(TimeoutError):
                async with asyncio.timeout(_MADE_WITHIN_S):
                    await self._making[key].wait()
            await self._app(scope, receive, send)
            return
        made = self._making[key] = asyncio.Event()

        async def send_made(message: Message) -> None:
            # It is in the cache before it is sent, and its reader may be slow.
            made.set()
            await send(message)

        try:
            await self._app(scope, receive, send_made)
        finally:
            made.set()
            del self._making[key]


def _is_get(scope: Scope) -> bool:
    return bool(scope["type"] == "http" and scope["method"] == "GET")


def _mark_of(channel: Channel) -> str:
    feed: FrameFeed = channel.feed  # type: ignore[assignment]  # frames alone are held
    return feed.mark


async def _left(receive: Receive, taken: list[Message]) -> None:
    """Return once the reader has left; what else was received is put into `taken`."""
    while (message := await receive())["type"] != "http.disconnect":
        taken.append(message)


def _again(taken: list[Message], receive: Receive) -> Receive:
    """Return what receives messages that were taken already, and then the others."""

    async def receive_again() -> Message:
        return taken.pop(0) if taken else await receive()

    return receive_again


def _held(send: Send, again_s: int) -> Send:
    """Let a frame go on in so many seconds; caches in front keep the page, and nothing held."""
    soon, then = b"%d;" % AGAIN_S, b"%d;" % again_s

    async def send_held(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [
                (name, value.replace(soon, then, 1) if name == b"refresh" else value)
                for name, value in message["headers"]
                if name != b"cdn-cache-control"
            ]
        await send(message)

    return send_held
