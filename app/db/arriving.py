"""What a group came to, handed over to those who await it with one call of their event loop.

Each call wakes the loop through a socket, and the loop then takes the interpreter from the thread
that has the next result to tell: eight answers one by one are eight turns of both.
"""

import asyncio
from collections import deque
from concurrent.futures import Future
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


class Arrivals:
    """Results that are there and were not told yet."""

    def __init__(self) -> None:
        self._here: deque[asyncio.Future[None]] = deque()

    async def wait(self, promise: Future[T]) -> T:
        """Return the result of a step that was queued, or raise what it raised.

        Whoever stops waiting before its turn takes it out of the queue.
        """
        here: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        promise.add_done_callback(lambda _promise: self._here.append(here))
        if promise.done():
            # Its group may have told already.
            self.tell()
        try:
            await here
        except asyncio.CancelledError:
            promise.cancel()
            raise
        return promise.result()

    def tell(self) -> None:
        """Wake those whose results are there, each loop once; from any thread."""
        woken: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
        # Another thread may take the last one first.
        with suppress(IndexError):
            while self._here:
                here = self._here.popleft()
                woken.setdefault(here.get_loop(), []).append(here)
        for loop, some in woken.items():
            # A loop that was closed has nobody who waits.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(_wake, some)


def _wake(some: list[asyncio.Future[None]]) -> None:
    for here in some:
        if not here.done():
            here.set_result(None)
