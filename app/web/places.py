"""How much a listener answers at once: requests here, and apart from them whoever waits for news.

A connection that follows a thread asks for nothing more and costs little; requests cost threads and
memory. So the two have bounds of their own, and a crowd of the one leaves the other its room.
"""

from collections import Counter
from typing import Final

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from .listener import Kind, listener_of

REQUESTS_AT_MOST: Final = 512
"""Of each listener: a crowd on one takes no place from the others."""
_PLACE: Final = "place"
_AGAIN_S: Final = "5"


class _Place:
    """One request's, until it is answered or begins to wait."""

    __slots__ = ("_kind", "_taken")

    def __init__(self, taken: Counter[Kind], kind: Kind) -> None:
        self._taken: Counter[Kind] | None = taken
        self._kind = kind
        taken[kind] += 1

    def leave(self) -> None:
        if self._taken is not None:
            self._taken[self._kind] -= 1
            self._taken = None


class Places:
    """Answers so many requests of a listener at once, and tells the others to come again."""

    def __init__(self, app: ASGIApp, most: int = REQUESTS_AT_MOST) -> None:
        self._app = app
        self._most = most
        self._taken = Counter[Kind]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        kind = listener_of(scope).kind
        if self._taken[kind] >= self._most:
            # Without a page: a host with so much to do makes none. Browsers come again by
            # themselves, and frames are shown by theirs (`holding.refusal_headers`).
            again = {"Refresh": _AGAIN_S} if scope["method"] == "GET" else {}
            told = {"Retry-After": _AGAIN_S, **again}
            await PlainTextResponse("Too much is asked at once.\n", 503, told)(scope, receive, send)
            return
        place = scope["state"][_PLACE] = _Place(self._taken, kind)
        try:
            await self._app(scope, receive, send)
        finally:
            place.leave()


def leave_place(scope: Scope) -> None:
    """Give a request's place free: from now on it waits, and is counted with those who do."""
    place: _Place | None = scope["state"].get(_PLACE)
    if place is not None:
        place.leave()
