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


class PatientH11(H11Protocol):
    """The strict reader, which waits for the head of each request a while and no longer.

    Whoever says nothing, or half of it, holds a connection for a short while only: an onion may
    have no front that would see to that.
    """

    _patience: TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:  # noqa: ANN401 (uvicorn's narrower type)
        """Begin with a connection."""
        super().connection_made(transport)
        self._begin_to_wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """End with it."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on."""
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop_waiting()
        elif self._patience is None and self.cycle.response_complete:
            # A next head has begun; uvicorn itself waits for the rest of it without end.
            self._begin_to_wait()

    def _begin_to_wait(self) -> None:
        self._patience = self.loop.call_later(HEAD_S, self.transport.abort)

    def _stop_waiting(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None


class H11ByCircuit(PatientH11):
    """The same for streams as tor hands them over: its line comes before the first byte of HTTP."""

    _begun: bytes | None = b""

    def data_received(self, data: bytes) -> None:
        """Read the line, then requests."""
        if self._begun is not None:
            line, end, rest = (self._begun + data).partition(b"\r\n")
            if not end and len(line) < MAX_LINE_BYTES:
                self._begun = line
                return
            try:
                circuit = parse_circuit(line)
            except MalformedError:
                self.transport.abort()
                return
            self.app_state = {**self.app_state, CIRCUIT: circuit}
            self._begun, data = None, rest
        if data:
            super().data_received(data)
