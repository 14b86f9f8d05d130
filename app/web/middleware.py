"""What every answer carries and every request must pass, as plain ASGI in front of the handlers."""

from asyncio import get_running_loop, timeout_at
from collections.abc import Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kernel.errors import ForbiddenError, LimitError, TooLargeError

from .holding import refusal_headers
from .limits import BusyCircuitError
from .listener import CIRCUIT, Kind, Listener
from .logs import log_crash

MAX_BODY_BYTES: Final = 262_144
BODY_S: Final = 60.0
MAX_DISCARDED_BYTES: Final = 8 * 1024 * 1024
_STANDING: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # `no-referrer` would make the Origin of our own forms null (UX.md §0.5).
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    # A seized device keeps no pages; files that may be kept say so themselves.
    "Cache-Control": "no-store",
}


_HEADERS: Final = [(name.lower().encode(), value.encode()) for name, value in _STANDING.items()]
_HSTS: Final = (b"strict-transport-security", b"max-age=31536000")


class SlowBodyError(LimitError):
    """A body did not come in its time."""

    code = "too-slow"


class Tor2webError(ForbiddenError):
    """Somebody reads us over Tor without Tor, by a site that sees all they do and can change it."""

    code = "fetched-without-tor"


class Fence:
    """The outermost layer of ours: hosts, bodies, headers, and an answer for what nobody caught."""

    def __init__(
        self,
        app: ASGIApp,
        listener: Listener,
        on_crash: Callable[[Request, Exception], Response],
        quotas_used: Callable[[int], int] = lambda _circuit: 0,
    ) -> None:
        self._app = app
        self._listener = listener
        self._on_crash = on_crash
        self._quotas_used = quotas_used

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        listener: Listener = scope.setdefault("state", {}).setdefault("listener", self._listener)
        send = _with_headers(scope, send, listener)
        hosts = [value for name, value in scope["headers"] if name == b"host"]
        if len(hosts) != 1 or hosts[0].decode("latin-1") not in listener.hosts:
            await PlainTextResponse("Another host was asked for.\n", 421)(scope, receive, send)
            return
        names = {name for name, _ in scope["headers"]}
        if b"transfer-encoding" in names and b"content-length" in names:
            # Two lengths: what follows is a request to one reader and a body to another (RFC 9112
            # section 6.1), so nothing more is read from this connection.
            await PlainTextResponse("A body has one length.\n", 400, {"Connection": "close"})(
                scope, receive, send
            )
            return
        # PostgreSQL refuses a NUL with an error of its own; like this, nothing is found.
        scope["path"] = scope["path"].replace("\0", "\ufffd")
        if not scope["path"].startswith("/"):
            await PlainTextResponse("This is not an address.\n", 400)(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope["method"], send = "GET", _without_body(send)
        await self._serve(scope, receive, send, listener)

    async def _serve(self, scope: Scope, receive: Receive, send: Send, listener: Listener) -> None:
        has_begun = False

        async def send_and_note(message: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            _require_tor_of_ones_own(scope, listener)
            self._require_calm(scope)
            await self._app(scope, _capped(scope, receive), send_and_note)
        except (LimitError, Tor2webError) as error:
            if has_begun:
                raise
            await self._on_crash(Request(scope), error)(scope, receive, send)
        except Exception as error:
            # The framework would answer outside of this layer, without our headers.
            if has_begun:
                raise
            log_crash(error)
            await self._on_crash(Request(scope), error)(scope, receive, send)

    def _require_calm(self, scope: Scope) -> None:
        """Count a request for its circuit, and refuse what it asks too much."""
        circuit = scope["state"].get(CIRCUIT)
        used = 0 if circuit is None else self._quotas_used(circuit)
        if not used:
            return
        # Beyond a second quota nobody types what is sent.
        if scope["method"] != "POST" or used > 1:
            raise BusyCircuitError("too many requests by a circuit")
        # Its handler refuses it, and gives back what was typed.
        scope["state"]["is_busy"] = True


def _require_tor_of_ones_own(scope: Scope, listener: Listener) -> None:
    """Refuse sites that fetch onion pages for browsers without Tor: the honest ones say so.

    Raises:
        Tor2webError: such a site asks.

    """
    if listener.kind is not Kind.WEB and any(name == b"x-tor2web" for name, _ in scope["headers"]):
        raise Tor2webError("asked for by a site between")


def _without_body(send: Send) -> Send:
    """Answer HEAD with what GET would answer, but for its body.

    The answer ends with the first of it: the body of an event stream has no end.
    """
    has_ended = False

    async def send_headers(message: Message) -> None:
        nonlocal has_ended
        if message["type"] == "http.response.body":
            if has_ended:
                return
            has_ended = True
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await send(message)

    return send_headers


def _with_headers(scope: Scope, send: Send, listener: Listener) -> Send:
    standing = [*_HEADERS, _HSTS] if listener.is_secure else _HEADERS
    leads_on = bool(listener.onion) and listener.is_secure and scope["method"] in {"GET", "HEAD"}

    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            own = dict(message["headers"])
            for name, value in (*refusal_headers(scope, message["status"]), *standing):
                if name not in own:
                    own[name] = value
                    message["headers"].append((name, value))
            if leads_on and message["status"] == 200 and _is_page(own):
                message["headers"].append((b"onion-location", _onion_place(scope, listener)))
        await send(message)

    return send_with_headers


def _is_page(headers: dict[bytes, bytes]) -> bool:
    return headers.get(b"content-type", b"").startswith(b"text/html")


def _onion_place(scope: Scope, listener: Listener) -> bytes:
    """Return where the same page is over Tor."""
    query: bytes = scope["query_string"]
    path: bytes = scope["raw_path"]
    return f"http://{listener.onion}".encode() + path + (b"?" + query if query else b"")


def _capped(scope: Scope, receive: Receive) -> Receive:
    """Count the raw stream, whatever length it declares; past the cap it is read and thrown away.

    The handler finds `too_large` in the request's state and answers in the reader's language. A
    body that has not come in its time is not waited for, however steadily it drips.
    """
    seen, is_whole = 0, False
    loop = get_running_loop()
    until = loop.time() + BODY_S

    async def receive_in_time() -> Message:
        nonlocal is_whole
        if is_whole:
            return await receive()
        try:
            async with timeout_at(until):
                message = await receive()
        except TimeoutError as error:
            raise SlowBodyError("the body did not come in its time") from error
        is_whole = not message.get("more_body", False)
        return message

    async def receive_capped() -> Message:
        nonlocal seen
        message = await receive_in_time()
        seen += len(message.get("body", b""))
        if seen <= MAX_BODY_BYTES:
            return message
        scope.setdefault("state", {})["too_large"] = True
        while message.get("more_body") and seen <= MAX_DISCARDED_BYTES:
            message = await receive_in_time()
            seen += len(message.get("body", b""))
        return {"type": "http.request", "body": b"", "more_body": False}

    return receive_capped


async def read_body(request: Request) -> bytes:
    """Return a request's body.

    Raises:
        TooLargeError: it is over the cap.

    """
    body = await request.body()
    if getattr(request.state, "too_large", False):
        raise TooLargeError("the body is over the cap")
    return body
