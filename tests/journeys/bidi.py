"""WebDriver BiDi, as little of it as journeys need: commands, their answers, and events."""

import json
import time
from collections import deque
from typing import Any, Final

from websockets.sync.client import ClientConnection

WAIT_S: Final = 20.0


class BidiError(Exception):
    """The browser refused a command."""


class Bidi:
    """The one connection to a browser."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._last_id = 0
        self.events: deque[dict[str, Any]] = deque()

    def ask(self, method: str, **parameters: Any) -> Any:
        """Send one command and return its result; events that come first are kept."""
        self._last_id += 1
        command = {"id": self._last_id, "method": method, "params": parameters}
        self._connection.send(json.dumps(command))
        while True:
            message = self._receive(WAIT_S)
            if message.get("id") == self._last_id:
                if message["type"] == "error":
                    raise BidiError(f"{method}: {message['error']}: {message['message']}")
                return message["result"]
            self.events.append(message)

    def wait_for(self, method: str, context: str) -> None:
        """Wait for an event of one tab.

        Raises:
            TimeoutError: it did not come.

        """
        deadline = time.monotonic() + WAIT_S
        while True:
            while not self.events:
                self.events.append(self._receive(deadline - time.monotonic()))
            event = self.events.popleft()
            if event["method"] == method and event["params"].get("context") == context:
                return

    def _receive(self, timeout_s: float) -> dict[str, Any]:
        return dict(json.loads(self._connection.recv(timeout=max(timeout_s, 0.01))))
