"""Event streams: many readers follow a few subjects, and each change is read and rendered once.

A *feed* is a subject in one language; its readers share a *channel*, a short queue of what was told
lately. One task of the process reads the database for all of them: at once when a unit of work of
this process names a subject, and at a coarse interval for what other processes did, if the log has
moved. A reader holds a place in the channel and no queue of its own: whoever falls behind is let go
and comes again with the number of what it has (ADR-0019).
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable, Hashable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Final, Protocol

from fastapi.sse import KEEPALIVE_COMMENT, EventSourceResponse, format_sse_event
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Scope, Send

from app.db import EVERYTHING, Database, Randomness, Work
from app.kernel.errors import AppError, UnavailableError

from .listener import Kind, listener_of
from .logs import log_error
from .places import leave_place

WAITING_AT_MOST: Final = 2_304
"""Readers of a listener who wait for news at once; `server` allows connections for requests beside
them, so that pages are answered whatever happens."""
EVENTS_A_CHUNK: Final = 20
CHUNKS_KEPT: Final = 12
_HEADERS: Final = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
_LEAST_RETRY_MS: Final = 3_000
_RETRY_STEP_MS: Final = 20
_MOST_CAUGHT_UP: Final = 64


class CrowdedError(UnavailableError):
    """As many streams are open as this process bears."""

    code = "crowded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Bounds of the streams of a process; times in seconds."""

    most_streams: int = WAITING_AT_MOST
    """Of each listener."""
    poll_s: float = 2.0
    heartbeat_s: float = 20.0
    """Proxies and circuits close what is silent for longer."""
    life_s: float = 300.0
    stall_s: float = 20.0
    """How long a reader may take for what was sent."""


class Feed(Protocol):
    """A subject in one language."""

    @property
    def key(self) -> Hashable:
        """What feeds are the same by."""

    @property
    def subjects(self) -> frozenset[str]:
        """What it is about, as `work.changed` names it."""

    def read(self, work: Work) -> list[bytes] | None:
        """Return encoded events of what changed since the last call; nothing at the first.

        None: so much that readers had better come again and catch up by themselves. Calls never
        overlap.
        """


CaughtUp = tuple[list[bytes], bool]
"""What a reader lacks, and whether that is all of it."""
CatchUp = Callable[[Work, Any], CaughtUp]
"""Returns what one reader lacks, from the feed it joined."""


@dataclass(slots=True)
class Channel:
    """What the readers of a feed share: the latest chunks, and a call when there is news."""

    feed: Feed
    chunks: deque[bytes] = field(default_factory=lambda: deque(maxlen=CHUNKS_KEPT))
    end: int = 0
    """How many chunks there ever were."""
    readers: int = 0
    is_begun: bool = False
    is_closed: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    caught_up: dict[Hashable, "asyncio.Future[CaughtUp]"] = field(default_factory=dict)
    """What readers lacked who came since the last news, by what they hold."""

    def publish(self, events: list[bytes] | None) -> None:
        """Tell events to every reader, or let them all go."""
        self.caught_up.clear()
        if events is None:
            self.is_closed = True
        for start in range(0, len(events or ()), EVENTS_A_CHUNK):
            self.chunks.append(b"".join((events or [])[start : start + EVENTS_A_CHUNK]))
            self.end += 1
        self.news.set()
        self.news = asyncio.Event()

    def after(self, place: int) -> bytes | None:
        """Return what came after a place, or None if that is no longer known."""
        behind = self.end - place
        if behind > len(self.chunks):
            return None
        return b"".join(islice(self.chunks, len(self.chunks) - behind, None))


class Streams:
    """The open event streams of this process. Its state is the event loop's; `hear` is anyone's."""

    def __init__(
        self,
        db: Database,
        log_size: Callable[[Work], Hashable],
        randomness: Randomness,
        pace: Pace | None = None,
    ) -> None:
        self.pace = pace or Pace()
        self.count = 0
        self._of = Counter[Kind]()
        self._db = db
        self._log_size = log_size
        self._randomness = randomness
        self._channels: dict[Hashable, Channel] = {}
        self._heard: set[str] = set()
        self._noticed = asyncio.Event()
        self._last_size: Hashable = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._feeder: asyncio.Task[None] | None = None
        self._is_closed = False

    def hear(self, subjects: set[str]) -> None:
        """Learn, from any thread and after a commit, what changed."""
        loop = self._loop
        if loop is not None:
            # A loop that has ended in the meantime has no readers.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._note, frozenset(subjects))

    def close(self) -> None:
        """End every stream and begin no other: the server is about to stop."""
        self._is_closed = True
        for channel in self._channels.values():
            channel.publish(None)

    def retry_ms(self) -> int:
        """Return how long a reader shall wait before it comes again; not all at the same time."""
        return _LEAST_RETRY_MS + _RETRY_STEP_MS * self._randomness.token_bytes(1)[0]

    @asynccontextmanager
    async def joined(self, feed: Feed, kind: Kind) -> AsyncIterator[Channel]:
        """Be a reader of a feed, by a kind of listener, for the length of a block.

        Raises:
            CrowdedError: too many streams are open.
            UnavailableError: the server is about to stop.
            AppError: what the feed's first reading says.

        """
        if self._is_closed:
            raise UnavailableError("the server is about to stop")
        if self._of[kind] >= self.pace.most_streams:
            raise CrowdedError("too many streams are open")
        channel = self._channels.get(feed.key)
        if channel is None or channel.is_closed:
            channel = self._channels[feed.key] = Channel(feed)
        channel.readers += 1
        self.count += 1
        self._of[kind] += 1
        try:
            async with channel.lock:
                if not channel.is_begun:
                    await run_in_threadpool(self._begin, channel)
                    self._start()
                    # What changed while it began was heard of too early.
                    self._note(channel.feed.subjects)
            yield channel
        finally:
            self.count -= 1
            self._of[kind] -= 1
            channel.readers -= 1
            if not channel.readers and self._channels.get(feed.key) is channel:
                del self._channels[feed.key]
            if not self.count:
                self._stop()

    async def catch_up(self, channel: Channel, held: Hashable, catch_up: CatchUp) -> CaughtUp:
        """Return what one reader of a channel lacks, and whether that is all of it.

        Those who hold the same and come between two news share one reading: what changes after it
        is told to all of them.
        """

        def read() -> CaughtUp:
            with self._db.read() as work:
                return catch_up(work, channel.feed)

        known = channel.caught_up.get(held)
        if known is None:
            if len(channel.caught_up) >= _MOST_CAUGHT_UP:
                channel.caught_up.clear()
            known = asyncio.ensure_future(run_in_threadpool(read))
            channel.caught_up[held] = known
            known.add_done_callback(partial(_forget_failed, channel, held))
        # Whoever leaves meanwhile takes it from nobody.
        return await asyncio.shield(known)

    def _begin(self, channel: Channel) -> None:
        with self._db.read() as work:
            channel.feed.read(work)
        channel.is_begun = True

    def _start(self) -> None:
        """Let the one task run."""
        if self._feeder is None:
            self._loop = asyncio.get_running_loop()
            self._noticed = asyncio.Event()
            self._last_size = None
            self._feeder = self._loop.create_task(self._feed_all(), name="streams")

    def _stop(self) -> None:
        if self._feeder is not None:
            self._feeder.cancel()
        self._feeder = self._loop = None

    def _note(self, subjects: frozenset[str]) -> None:
        self._heard |= subjects
        self._noticed.set()

    async def _feed_all(self) -> None:
        """Tell the readers of every channel what changed, until nobody reads any more."""
        loop = asyncio.get_running_loop()
        next_poll = loop.time()
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout_at(next_poll):
                    await self._noticed.wait()
            self._noticed.clear()
            heard, self._heard = frozenset(self._heard), set()
            is_poll = loop.time() >= next_poll
            if is_poll:
                next_poll = loop.time() + self.pace.poll_s
            begun = [c for c in self._channels.values() if c.is_begun and not c.is_closed]
            try:
                found = await run_in_threadpool(self._look, begun, heard, is_poll=is_poll)
            except Exception as error:  # noqa: BLE001 (readers stay; the next poll looks at all)
                self._last_size = None
                log_error("look-failed", error)
                continue
            for channel, events in found:
                if events is None or events:
                    channel.publish(events)

    def _look(
        self, channels: list[Channel], heard: frozenset[str], *, is_poll: bool
    ) -> list[tuple[Channel, list[bytes] | None]]:
        """Read the feeds that something was heard of; all, if a poll finds that the log moved."""
        with self._db.read() as work:
            must_look_at_all = EVERYTHING in heard
            if is_poll:
                size = self._log_size(work)
                must_look_at_all |= size != self._last_size
                self._last_size = size
            return [
                (channel, _read(channel.feed, work))
                for channel in channels
                if must_look_at_all or channel.feed.subjects & heard
            ]


class EventStream(EventSourceResponse):
    """An answer that tells a reader what changes, for a few minutes; then it comes again."""

    def __init__(self, streams: Streams, feed: Feed, held: Hashable, catch_up: CatchUp) -> None:
        super().__init__(self._tell(), headers=_HEADERS)
        self._streams = streams
        self._feed = feed
        self._held = held
        self._catch_up = catch_up
        self._channel = Channel(feed)
        self._place = 0
        self._first = b""
        self._is_whole = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Join and catch up, which may still be refused; then tell."""

        async def send_promptly(message: Message) -> None:
            async with asyncio.timeout(self._streams.pace.stall_s):
                await send(message)

        leave_place(scope)
        async with self._streams.joined(self._feed, listener_of(scope).kind) as channel:
            # The place first: what changes while catching up is told twice rather than never.
            self._channel, self._place = channel, channel.end
            caught_up = self._streams.catch_up(channel, self._held, self._catch_up)
            events, self._is_whole = await caught_up
            retry = format_sse_event(retry=self._streams.retry_ms())
            self._first = b"".join([retry, *events])
            # Who does not read for so long is let go: the connection closes.
            with suppress(TimeoutError):
                await super().__call__(scope, receive, send_promptly)

    async def _tell(self) -> AsyncIterator[bytes]:
        yield self._first
        # It may be long, and the stream lasts for minutes.
        self._first = b""
        channel, pace = self._channel, self._streams.pace
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + pace.life_s
        while self._is_whole and not channel.is_closed and loop.time() < ends_at:
            news = channel.news
            chunk = channel.after(self._place)
            self._place = channel.end
            if chunk is None:
                return
            if not chunk:
                try:
                    async with asyncio.timeout(pace.heartbeat_s):
                        await news.wait()
                except TimeoutError:
                    chunk = KEEPALIVE_COMMENT
            if chunk:
                yield chunk


def _forget_failed(channel: Channel, held: Hashable, known: "asyncio.Future[CaughtUp]") -> None:
    """Let the next reader try again."""
    if (known.cancelled() or known.exception()) and channel.caught_up.get(held) is known:
        del channel.caught_up[held]


def _read(feed: Feed, work: Work) -> list[bytes] | None:
    try:
        return feed.read(work)
    except AppError:
        # What it was about is gone: readers hear why when they come again.
        return None
