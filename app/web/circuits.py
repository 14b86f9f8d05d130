"""The onion's socket: by which of tor's circuits a stream comes, as tor itself says it.

With `HiddenServiceExportCircuitID haproxy` tor writes one line before a stream's first byte, and a
front that reads it writes it again. Its source is no address but the circuit's number behind a
prefix of tor's own. That number alone is handed on; a stream that begins otherwise is not read.
"""

import re
from asyncio import TimerHandle
from ipaddress import IPv6Address
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.kernel.errors import MalformedError

from .listener import CIRCUIT

MAX_LINE_BYTES: Final = 107
"""As much as a line of the PROXY protocol's first version takes at most, with its end."""
HEAD_S: Final = 15.0
"""How long a stream may take for the line and the head of its first request, or a later head."""
_CIRCUIT_BITS: Final = 32
_PREFIX: Final = int(IPv6Address("fc00:dead:beef:4dad::")) >> _CIRCUIT_BITS
_line = re.compile(rb"PROXY TCP6 ([0-9a-f:]{2,39}) ::1 \d{1,5} \d{1,5}")


def parse_circuit(line: bytes) -> int:
    """Return the circuit's number, 32 bits, from the line without its end.

    Raises:
        MalformedError: tor writes no such line.

    """
    found = _line.fullmatch(line)
    if found is None:
        raise MalformedError("not the line that tor writes")
    try:
        source = int(IPv6Address(found[1].decode("ascii")))
    except ValueError as error:
        raise MalformedError("not an address of IPv6") from error
    if source >> _CIRCUIT_BITS != _PREFIX:
        raise MalformedError("not the prefix of tor's circuits")
    return source & (1 << _CIRCUIT_BITS) - 1


class _Patient:
    """Waits a while for the head of a request, the first and every later one, and no longer.

    Whoever says nothing, or half of it, holds a connection for a short while only: an onion may
    have no front that would see to that.
    """

    _patience: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 (uvicorn's narrower type)
        super().connection_made(transport)  # type: ignore[misc]  # uvicorn's, mixed in later
        self._begin_to_wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)  # type: ignore[misc]  # uvicorn's, mixed in later

    def data_received(self, data: bytes) -> None:
        protocol: Any = self
        before = protocol.cycle
        super().data_received(data)  # type: ignore[misc]  # uvicorn's, mixed in later
        if protocol.cycle is not before:
            self._stop_waiting()
        elif self._patience is None and protocol.cycle.response_complete:
            # A next head has begun; uvicorn itself waits for the rest of it without end.
            self._begin_to_wait()

    def _begin_to_wait(self) -> None:
        protocol: Any = self
        self._patience = protocol.loop.call_later(HEAD_S, protocol.transport.abort)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class _ByCircuit(_Patient):
    """Reads tor's line before the first byte of HTTP."""

    _begun: bytes | None = b""

    def data_received(self, data: bytes) -> None:
        protocol: Any = self
        if self._begun is not None:
            line, end, rest = (self._begun + data).partition(b"\r\n")
            if not end and len(line) < MAX_LINE_BYTES:
                self._begun = line
                return
            try:
                circuit = parse_circuit(line)
            except MalformedError:
                protocol.transport.abort()
                return
            protocol.app_state = {**protocol.app_state, CIRCUIT: circuit}
            self._begun, data = None, rest
        if data:
            super().data_received(data)


class PatientH11(_Patient, H11Protocol):
    """The strict reader, where nobody says by which circuit a stream comes."""


class H11ByCircuit(_ByCircuit, H11Protocol):
    """The strict reader, for streams that reach us as tor hands them over."""


class HttpToolsByCircuit(_ByCircuit, HttpToolsProtocol):
    """The fast reader, behind a front that has read every head."""
