"""What every answer carries and every request must pass, as plain ASGI in front of the handlers."""

from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .listener import Listener

MAX_BODY_BYTES: Final = 262_144
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
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


class BodyTooLargeError(Exception):
    """The stream went over its cap while a handler was reading it."""


class Fence:
    """Refuses other hosts and large bodies, and puts the security headers on every answer."""

    def __init__(self, app: ASGIApp, listener: Listener) -> None:
        self._app = app
        self._listener = listener

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        send = _with_headers(send, hsts=self._listener.is_secure)
        headers = Headers(scope=scope)
        if len(headers.getlist("host")) != 1 or headers["host"] not in self._listener.hosts:
            await PlainTextResponse("Another host was asked for.\n", 421)(scope, receive, send)
            return
        length = headers.get("content-length", "0")
        if not length.isascii() or not length.isdigit() or int(length) > MAX_BODY_BYTES:
            await PlainTextResponse("The body is too large.\n", 413)(scope, receive, send)
            return
        try:
            await self._app(scope, _capped(receive), send)
        except BodyTooLargeError:
            await PlainTextResponse("The body is too large.\n", 413)(scope, receive, send)


def _with_headers(send: Send, *, hsts: bool) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            if hsts:
                headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        await send(message)

    return send_with_headers


def _capped(receive: Receive) -> Receive:
    """Count the raw stream: a chunked body has no length to look at beforehand."""
    seen = 0

    async def receive_capped() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY_BYTES:
            raise BodyTooLargeError
        return message

    return receive_capped
