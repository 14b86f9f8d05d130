"""A connection to tor's control port. The one file that knows stem (ADR-0031).

stem takes no timeouts, so who answers is asked first with a socket of our own.
"""

import logging
import re
import socket
from base64 import b64encode
from collections.abc import Callable
from time import monotonic
from typing import Final

import stem
import stem.connection
import stem.control
from stem.descriptor.hidden_service import HiddenServiceDescriptorV3

from .address import SUFFIX, expand
from .errors import TorError
from .model import Service, State, Status
from .torrc import add_command

# stem tells its logger every line that it sends, and one of them holds the service's key.
logging.getLogger("stem").disabled = True

_ANSWER_S: Final = 5.0
_GREETING_BYTES: Final = 4096
_UNIX: Final = "unix:"
_effort = re.compile(rb"^pow-params v1 \S+ (\d+) ", re.MULTILINE)


class Link:
    """An authenticated connection to a tor."""

    def __init__(self, control: str, on_news: Callable[[], None]) -> None:
        """Connect to `unix:/path` or `host:port`; `on_news` is called from threads of stem.

        Raises:
            TorError: not reachable, not tor, or not for us.

        """
        _require_tor(control)
        self._uploaded: set[str] = set()
        self._on_news = on_news
        try:
            self._controller = _open(control)
        except stem.SocketError as error:
            raise TorError(State.UNREACHABLE) from error
        try:
            self._controller.authenticate()
            self._controller.add_status_listener(lambda *_: on_news())
            self._controller.add_event_listener(self._hear, stem.control.EventType.HS_DESC)
        except (stem.connection.AuthenticationFailure, OSError) as error:
            self.close()
            raise TorError(State.NOT_ALLOWED) from error
        except stem.ControllerError as error:
            self.close()
            raise TorError(State.UNREACHABLE) from error

    def take_ownership(self) -> None:
        """Let this tor end with this connection.

        Raises:
            TorError: it went away.

        """
        self._ask("TAKEOWNERSHIP")

    def add(self, service: Service) -> None:
        """Add a service for as long as this connection lasts.

        Raises:
            TorError: tor has it already, does not take it, or went away.

        """
        # Tor refuses a service that it has, and logs a bug of its own about it: ask first.
        if self._find_descriptor(service.address) is not None:
            raise TorError(State.REFUSED)
        key = b64encode(expand(service.key)).decode("ascii")
        self._ask(add_command(key, service.socket))

    def end_circuit(self, circuit: int) -> None:
        """Close one of tor's circuits; one that has ended is no error.

        Raises:
            TorError: tor went away.

        """
        try:
            self._ask(f"CLOSECIRCUIT {circuit}")
        except TorError as error:
            if error.state is not State.REFUSED:
                raise

    def look(self, service: Service) -> Status:
        """Return how the service is doing.

        Raises:
            TorError: tor went away.

        """
        text = self._find_descriptor(service.address)
        state = State.PUBLISHED if service.address in self._uploaded else State.STARTING
        if text is None:
            return Status(state=state)
        inner = HiddenServiceDescriptorV3.from_str(text).decrypt(service.address)
        effort = _effort.search(inner.get_bytes())
        return Status(
            state=state,
            introduction_points=len(inner.introduction_points),
            effort=int(effort[1]) if effort else 0,
        )

    @property
    def is_open(self) -> bool:
        """Whether tor is still there."""
        return bool(self._controller.is_alive())

    def close(self) -> None:
        """End the connection; services that were added by it go."""
        self._controller.close()

    def _hear(self, event: stem.response.events.HSDescEvent) -> None:
        if event.action == stem.HSDescAction.UPLOADED:
            self._uploaded.add(f"{event.address}{SUFFIX}")
            self._on_news()

    def _find_descriptor(self, address: str) -> str | None:
        """Return our own newest descriptor as tor holds it, or None if there is none."""
        name = f"hs/service/desc/id/{address.removesuffix(SUFFIX)}"
        try:
            return str(self._controller.get_info(name))
        except stem.SocketError as error:
            raise TorError(State.UNREACHABLE) from error
        except stem.ControllerError:
            return None

    def _ask(self, command: str) -> None:
        try:
            answer = self._controller.msg(command)
        except stem.ControllerError:
            # The command may hold the key, and a chain of errors what was said.
            raise TorError(State.UNREACHABLE) from None
        if not answer.is_ok():
            raise TorError(State.REFUSED)


def _open(control: str) -> stem.control.Controller:
    if control.startswith(_UNIX):
        return stem.control.Controller.from_socket_file(control.removeprefix(_UNIX))
    host, _, port = control.rpartition(":")
    return stem.control.Controller.from_port(host, int(port))


def _require_tor(control: str) -> None:
    """Ask who answers there, within a few seconds.

    Raises:
        TorError: nobody, nobody in time, or not tor.

    """
    try:
        with _connect(control) as probe:
            probe.sendall(b"PROTOCOLINFO 1\r\n")
            end, heard = monotonic() + _ANSWER_S, b""
            while b"250 OK\r\n" not in heard:
                piece = probe.recv(_GREETING_BYTES)
                heard += piece
                if not piece or len(heard) > _GREETING_BYTES or monotonic() > end:
                    raise TorError(State.SILENT)
    except PermissionError as error:
        raise TorError(State.NOT_ALLOWED) from error
    except TimeoutError as error:
        raise TorError(State.SILENT) from error
    except (OSError, ValueError) as error:
        raise TorError(State.UNREACHABLE) from error
    if not heard.startswith(b"250-PROTOCOLINFO 1"):
        raise TorError(State.SILENT)


def _connect(control: str) -> socket.socket:
    if not control.startswith(_UNIX):
        host, _, port = control.rpartition(":")
        return socket.create_connection((host, int(port)), _ANSWER_S)
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    probe.settimeout(_ANSWER_S)
    try:
        probe.connect(control.removeprefix(_UNIX))
    except OSError:
        probe.close()
        raise
    return probe
