"""The page cache: anonymous pages are made once for each change and answered before routing.

A handler that shows the same page to everyone names the *subjects* that the page is about. The page
stays until one of them changes: the tick that shows something, or an act that protects somebody,
forgets them after its commit; nothing else does. Requests with a cookie pass by. Memory is bounded:
the page that was asked for longest ago goes first.
"""

import re
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock
from typing import Final
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_PAGE_BYTES: Final = 512 * 1024
MOST_PATH_BYTES: Final = 200
_OVERHEAD_BYTES: Final = 1500
# Whatever else an address asks, its page is made and not kept: it could be asked in endless ways.
_known_query = re.compile(
    rb"((page=\d{1,6}|sort=[a-z]{1,12}|tag=([\w.~/-]|%[0-9A-F]{2}){1,360})(&|$)){0,3}"
)
# Shared caches in front may keep a page this long (RFC 9213); browsers keep none.
_SHARED: Final = (b"cdn-cache-control", b"public, max-age=10")

Key = tuple[bytes, bytes, bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedPage:
    """An answer as it was sent, and what it is about."""

    start: Message
    body: bytes
    subjects: frozenset[str]


class PageCache:
    """What was answered, until it changes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._pages: OrderedDict[Key, CachedPage] = OrderedDict()
        self._bytes = 0
        self._most_bytes = most_bytes
        self._lock = Lock()
        self._changes = 0

    def find(self, key: Key) -> CachedPage | None:
        """Return a page, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def changes(self) -> int:
        """Return how often something was forgotten: a page begun before that is not kept."""
        return self._changes

    def keep(self, key: Key, page: CachedPage, since: int) -> None:
        """Keep a page, unless something changed since it was begun."""
        with self._lock:
            if since != self._changes or len(page.body) > MOST_PAGE_BYTES:
                return
            self._drop(key)
            self._pages[key] = page
            self._bytes += _size(key, page)
            while self._bytes > self._most_bytes:
                self._drop(next(iter(self._pages)))

    def forget(self, subjects: Iterable[str]) -> None:
        """Forget every page about these subjects."""
        changed = frozenset(subjects)
        if not changed:
            return
        with self._lock:
            self._changes += 1
            stale = [key for key, page in self._pages.items() if page.subjects & changed]
            for key in stale:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= _size(key, page)


class PageCacheMiddleware:
    """Answers from the cache, or lets the application answer and keeps what may be kept."""

    def __init__(self, app: ASGIApp, cache: PageCache) -> None:
        self._app = app
        self._cache = cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        key = _key(scope)
        if key is None:
            await self._app(scope, receive, send)
            return
        page = self._cache.find(key)
        if page is None:
            await self._app(scope, receive, self._keeping(key, scope, send))
            return
        scope.setdefault("state", {})["from_cache"] = True
        # The layers outside add headers to the message, so each answer gets one of its own.
        await send({**page.start, "headers": list(page.start["headers"])})
        await send({"type": "http.response.body", "body": page.body})

    def _keeping(self, key: Key, scope: Scope, send: Send) -> Send:
        since = self._cache.changes()
        start: Message | None = None
        body = bytearray()

        async def send_and_keep(message: Message) -> None:
            nonlocal start
            subjects = scope.get("state", {}).get("subjects")
            if not subjects:
                # Nothing of it is kept; an event stream would never end.
                await send(message)
                return
            if message["type"] == "http.response.start":
                if message["status"] == 200:
                    message["headers"] = [*message["headers"], _SHARED]
                start = {**message, "headers": list(message["headers"])}
            elif message["type"] == "http.response.body":
                body.extend(message.get("body", b""))
                is_whole = not message.get("more_body", False)
                if is_whole and start is not None and start["status"] == 200:
                    page = CachedPage(start=start, body=bytes(body), subjects=subjects)
                    self._cache.keep(key, page, since)
            await send(message)

        return send_and_keep


def _size(key: Key, page: CachedPage) -> int:
    return len(page.body) + len(key[0]) + len(key[1]) + _OVERHEAD_BYTES


def _key(scope: Scope) -> Key | None:
    """Return what a page is kept under; None for what never comes from the cache."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return None
    takes_gzip = False
    accepted: bytes | None = None
    for name, value in scope["headers"]:
        if name == b"cookie":
            return None
        if name == b"accept-encoding":
            # The compressing layer inside reads the first of them; so do we.
            takes_gzip = b"gzip" in value if accepted is None else takes_gzip
            accepted = value
    query: bytes = scope["query_string"]
    if not _is_kept(query) or len(scope["raw_path"]) > MOST_PATH_BYTES:
        return None
    return scope["raw_path"], query, takes_gzip


def _is_kept(query: bytes) -> bool:
    """Whether pages are kept for a query: a known one, in the one spelling that our links have."""
    if not _known_query.fullmatch(query):
        return False
    spelt = query.decode("ascii")
    return quote(unquote(spelt), safe="/&=") == spelt
