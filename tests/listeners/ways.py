"""The same application by each of its listeners, as their sockets would hand requests over."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from app.web.listener import CIRCUIT, Entry, Listener, onion_listener, staff_listener, web_listener
from starlette.testclient import TestClient
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.visitor import Visitor

ADDRESS: Final = "goftogu7" * 7 + ".onion"
LISTENERS: Final = {
    "web": web_listener("https://forum.example", ADDRESS),
    "web without TLS": web_listener("http://forum.example", ADDRESS),
    "onion": onion_listener(ADDRESS),
    "staff": staff_listener("http://staff.example"),
}


class ByCircuit:
    """What the onion's protocol does: it says by which circuit a request came."""

    def __init__(self, app: ASGIApp, circuit: int) -> None:
        self._app = app
        self.circuit = circuit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope.setdefault("state", {})[CIRCUIT] = self.circuit
        await self._app(scope, receive, send)


@contextmanager
def browsing(app: Any, listener: Listener, circuit: int | None = None) -> Iterator["OnListener"]:
    """Open a browser in front of a listener, by a circuit if there is one."""
    entry: ASGIApp = Entry(app, listener)
    if circuit is not None:
        entry = ByCircuit(entry, circuit)
    with TestClient(entry, listener.origin, follow_redirects=False) as client:
        yield OnListener(client, listener.origin)


class OnListener(Visitor):
    """A visitor whose browser says the listener's own origin."""

    def __init__(self, client: TestClient, origin: str) -> None:
        super().__init__(client)
        self.origin = origin

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Any:
        return super().post(path, fields, **{"Origin": self.origin, **headers})
