"""What we tell tor about a service, in its configuration and over its control port alike."""

from pathlib import Path
from typing import Final

PORT: Final = 80
MOST_STREAMS: Final = 100
"""Streams at once on one circuit; a circuit that opens more is closed. A browser opens six, and
one for a live thread."""
QUEUE_RATE: Final = 25
QUEUE_BURST: Final = 50
"""Visitors a second that are let in, and in a burst, before tor asks for work."""


def service_lines(folder: Path, socket: Path) -> list[str]:
    """Return the lines of torrc for a service whose key is in a folder.

    Tor tells us which circuit a stream came by, in a line before the request: limits can then mean
    one circuit, and no address exists.
    """
    return [
        f"HiddenServiceDir {folder}",
        f"HiddenServicePort {PORT} unix:{socket}",
        "HiddenServiceExportCircuitID haproxy",
        f"HiddenServiceMaxStreams {MOST_STREAMS}",
        "HiddenServiceMaxStreamsCloseCircuit 1",
        "HiddenServicePoWDefensesEnabled 1",
        f"HiddenServicePoWQueueRate {QUEUE_RATE}",
        f"HiddenServicePoWQueueBurst {QUEUE_BURST}",
    ]


def own_lines(folder: Path, control: Path, owner: int, more: Path | None) -> list[str]:
    """Return the lines for a tor of our own, that ends with the process `owner`."""
    return [
        *([f'%include "{more}"'] if more else []),
        f"DataDirectory {folder / 'data'}",
        f"ControlSocket unix:{control}",
        "CookieAuthentication 1",
        "SocksPort 0",
        "SafeLogging 1",
        f"Log notice file {folder / 'tor.log'}",
        "TruncateLogFile 1",
        "ShutdownWaitLength 0",
        f"__OwningControllerProcess {owner}",
    ]


def add_command(key: str, socket: Path) -> str:
    """Return the command that adds a service for as long as its connection lasts.

    `key` is the secret in base64. Circuits cannot be told this way: tor has no keyword for it.
    """
    return (
        f"ADD_ONION ED25519-V3:{key} Flags=MaxStreamsCloseCircuit MaxStreams={MOST_STREAMS} "
        f"PoWDefensesEnabled=1 PoWQueueRate={QUEUE_RATE} PoWQueueBurst={QUEUE_BURST} "
        f"Port={PORT},unix:{socket}"
    )
