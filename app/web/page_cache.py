"""The page cache: anonymous pages are made once for each change and answered before routing.

A handler that shows the same page to everyone names the *subjects* that the page is about. The page
stays until one of them changes: the tick that shows something, or an act that protects somebody,
forgets them after its commit; nothing else does, but age where another process may have written
(ADR-0057). Requests with a cookie pass by. A page is
compressed once for each coding that readers ask for, and kept compressed. Memory is bounded: the
page that was asked for longest ago goes first.
"""

import re
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from threading import Lock
from time import monotonic
from typing import Final
from urllib.parse import quote, unquote

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.db import EVERYTHING

from .coding import COMPRESS_FROM_BYTES, IDENTITY, choose_coding, decode, encode, is_known, pad
from .listener import listener_of

MOST_AGE_S: Final = 10.0
"""What shared caches in front may keep, too: so old may a page be if nobody could tell us."""
MOST_AGE_ALONE_S: Final = 2.0
"""While we know that nobody can."""
MOST_BYTES: Final = 32 * 1024 * 1024
MOST_PAGE_BYTES: Final = 512 * 1024
MOST_PATH_BYTES: Final = 200
_OVERHEAD_BYTES: Final = 1500
_ARCHIVE: Final = b"application/zip"
_PACKED: Final = {_ARCHIVE, b"application/octet-stream"}
# Whatever else an address asks, its page is made and not kept: it could be asked in endless ways.
_known_query = re.compile(
    rb"((page=\d{1,6}|sort=[a-z-]{1,13}|state=[a-z-]{1,12}|in=[a-z]{2,3}|tag=([\w.~/-]|%[0-9A-F]{2}){1,360})(&|$)){0,3}"
)
_SHARED: Final = b"public, max-age=10"
"""Shared caches in front may keep a page this long (RFC 9213); browsers keep none."""
_SHARED_IN_SHUTDOWN: Final = b"public, max-age=600, stale-if-error=3000"
"""The same where the way here is cut again and again: an hour in all, so that an erasure holds."""

Key = tuple[bytes, bytes, str]
"""Path, query, and the kind of the listener, whose pages name its own addresses."""
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class CachedPage:
    """A whole answer, and what it is about."""

    headers: Headers
    """Those that do not depend on the coding."""
    bodies: Mapping[str, bytes]
    """The same body by coding; one at least."""
    subjects: frozenset[str]
    is_compressible: bool = True
    made_at: float = 0.0
    """By this process's clock that only runs forward, in seconds."""

    def in_coding(self, coding: str) -> bytes:
        """Return the body in a coding, made from another one if it is not there."""
        known = self.bodies.get(coding)
        if known is not None:
            return known
        other = next(iter(self.bodies))
        return encode(decode(self.bodies[other], other), coding)


class PageCache:
    """What was answered, until it changes."""

    def __init__(
        self,
        most_bytes: int = MOST_BYTES,
        most_age_s: Callable[[], float] | None = None,
        is_shut: Callable[[], bool] = lambda: False,
    ) -> None:
        self._pages: OrderedDict[Key, CachedPage] = OrderedDict()
        self._bytes = 0
        self._most_bytes = most_bytes
        self._most_age_s = most_age_s
        self._is_shut = is_shut
        self._lock = Lock()
        self._changes = 0

    def find(self, key: Key) -> CachedPage | None:
        """Return a page, or None."""
        with self._lock:
            page = self._pages.get(key)
            if page is not None and self._is_too_old(page):
                self._drop(key)
                return None
            if page is not None:
                self._pages.move_to_end(key)
            return page

    def shared_life(self) -> bytes:
        """Return what shared caches are told; longer in shutdown mode (ADR-0059)."""
        return _SHARED_IN_SHUTDOWN if self._is_shut() else _SHARED

    def changes(self) -> int:
        """Return how often something was forgotten: a page begun before that is not kept."""
        return self._changes

    def keep(self, key: Key, page: CachedPage, since: int) -> None:
        """Keep a page, unless something changed since it was begun."""
        with self._lock:
            if since != self._changes or _size(key, page) > MOST_PAGE_BYTES:
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
            stale = [
                key
                for key, page in self._pages.items()
                if EVERYTHING in changed or page.subjects & changed
            ]
            for key in stale:
                self._drop(key)

    def _is_too_old(self, page: CachedPage) -> bool:
        return self._most_age_s is not None and monotonic() > page.made_at + self._most_age_s()

    def _drop(self, key: Key) -> None:
        page = self._pages.pop(key, None)
        if page is not None:
            self._bytes -= _size(key, page)


class PageCacheMiddleware:
    """Answers from the cache, or lets the application answer; compresses, keeps what it may."""

    def __init__(self, app: ASGIApp, cache: PageCache) -> None:
        self._app = app
        self._cache = cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        asked = _Asked(scope)
        coding = choose_coding(asked.accepted, asked.listener.codings)
        # Before the page is looked for: what changes meanwhile is not kept.
        since = self._cache.changes()
        page = self._cache.find(asked.key) if asked.key else None
        if asked.key is None or page is None:
            await self._app(scope, receive, self._finishing(asked, coding, scope, send))
            return
        scope.setdefault("state", {})["from_cache"] = True
        used = coding if page.is_compressible else IDENTITY
        body = page.in_coding(used)
        if used not in page.bodies:
            self._cache.keep(asked.key, replace(page, bodies={**page.bodies, used: body}), since)
        await _answer(200, page.headers, body, used, asked, send)

    def _finishing(self, asked: "_Asked", coding: str, scope: Scope, send: Send) -> Send:
        """Hold the start of an answer back until its body is whole, and finish both."""
        since, begun = self._cache.changes(), monotonic()
        start: Message | None = None
        pieces: list[bytes] = []

        async def finish(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start" and _is_whole(message["headers"]):
                start = message
                return
            if start is None:
                # A stream or an archive, whose reader waits for each piece.
                await send(message)
                return
            pieces.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            raw, subjects = b"".join(pieces), scope.get("state", {}).get("subjects")
            is_kept = bool(asked.key and subjects and start["status"] == 200)
            is_compressible = _may_compress(start["headers"], len(raw))
            life = self._cache.shared_life() if is_kept else b""
            headers = _lasting(start["headers"], is_compressible, life)
            used = coding if is_compressible else IDENTITY
            body = encode(raw, used)
            if asked.key and is_kept:
                page = CachedPage(
                    headers=headers,
                    bodies={used: body},
                    subjects=subjects,
                    is_compressible=is_compressible,
                    made_at=begun,
                )
                self._cache.keep(asked.key, page, since)
            await _answer(start["status"], headers, body, used, asked, send)

        return finish


class _Asked:
    """What of a request decides its answer's form."""

    __slots__ = ("accepted", "key", "known", "listener")

    def __init__(self, scope: Scope) -> None:
        self.listener = listener_of(scope)
        self.key: Key | None = None
        """What a page is kept under; None for what never comes from the cache."""
        self.known = ""
        self.accepted = b""
        has_cookie = False
        for name, value in scope["headers"]:
            if name == b"cookie":
                has_cookie = True
            elif name == b"accept-encoding":
                self.accepted += b"," + value if self.accepted else value
            elif name == b"if-none-match":
                self.known += "," + value.decode("latin-1")
        query: bytes = scope["query_string"]
        path: bytes = scope["raw_path"]
        if (
            scope["method"] == "GET"
            and not has_cookie
            and len(path) <= MOST_PATH_BYTES
            and _is_kept(query)
        ):
            self.key = (path, query, self.listener.kind)


def _is_whole(headers: Headers) -> bool:
    """Whether an answer's length was known when it began, and it is no archive: then it is short.

    An archive has megabytes, and passes piece by piece, as fast as its reader takes it.
    """
    found = dict(headers)
    return b"content-length" in found and found.get(b"content-type") != _ARCHIVE


def _may_compress(headers: Headers, length: int) -> bool:
    """Whether a body is text, in no coding yet, and long enough to gain by one.

    Hashes gain nothing, and this takes its time from everybody.
    """
    if length < COMPRESS_FROM_BYTES:
        return False
    found = dict(headers)
    kind = found.get(b"content-type", b"")
    is_text = kind.startswith((b"text/", b"application/")) and kind not in _PACKED
    return b"content-encoding" not in found and is_text


def _lasting(headers: Headers, is_compressible: bool, life: bytes) -> Headers:  # noqa: FBT001
    """Return an answer's headers but its length, with what shared caches must know.

    `life` is how long they may keep it; empty for what nobody keeps.
    """
    lasting = [item for item in headers if item[0] != b"content-length"]
    if is_compressible:
        lasting.append((b"vary", b"Accept-Encoding"))
    if life:
        # With a cookie the same address gives another page.
        lasting += [(b"cdn-cache-control", life), (b"vary", b"Cookie")]
    return lasting


def _is_page(headers: Headers) -> bool:
    return dict(headers).get(b"content-type", b"").startswith(b"text/html")


async def _answer(
    status: int, headers: Headers, body: bytes, coding: str, asked: "_Asked", send: Send
) -> None:
    """Send an answer; one that its reader has already is told so."""
    if asked.known and status == 200:
        etag = next((value for name, value in headers if name == b"etag"), b"")
        if etag and is_known(etag.decode("latin-1"), asked.known):
            kept = [item for item in headers if item[0] != b"content-type"]
            await send({"type": "http.response.start", "status": 304, "headers": kept})
            await send({"type": "http.response.body", "body": b""})
            return
    if asked.listener.is_padded and _is_page(headers):
        body = pad(body, coding)
    length = (b"content-length", str(len(body)).encode())
    # The layers outside add headers to the message, so each answer gets a list of its own.
    own = [*headers, length]
    if coding != IDENTITY:
        own.append((b"content-encoding", coding.encode()))
    await send({"type": "http.response.start", "status": status, "headers": own})
    await send({"type": "http.response.body", "body": body})


def _size(key: Key, page: CachedPage) -> int:
    bodies = sum(map(len, page.bodies.values()))
    return bodies + len(key[0]) + len(key[1]) + _OVERHEAD_BYTES


def _is_kept(query: bytes) -> bool:
    """Whether pages are kept for a query: a known one, in the one spelling that our links have."""
    if not _known_query.fullmatch(query):
        return False
    spelt = query.decode("ascii")
    return quote(unquote(spelt), safe="/&=") == spelt
