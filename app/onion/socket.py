"""The place of the unix socket that tor reaches us by. Its folder decides who may connect."""

from pathlib import Path
from typing import Final

from app.kernel.errors import ConflictError

_LONGEST: Final = 100
"""Linux takes 107 bytes; tor's own socket stands in a folder beside ours."""


class SocketPlaceError(ConflictError):
    """A socket cannot be safely made there."""

    code = "socket-place"


def require_place(path: Path) -> Path:
    """Return a place that is plain enough for tor, in a folder that lets in nobody else.

    A folder that is not there is made for its owner alone; one that is may let in its group, for
    tor can run as another user.

    Raises:
        SocketPlaceError: it is not.

    """
    require_plain(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.parent.stat().st_mode & 0o007:
        raise SocketPlaceError(f"others can reach sockets in {path.parent}: chmod o-rwx it")
    return path


def require_plain(path: Path) -> None:
    """Let a path pass that is short and plain enough for a socket and for tor's configuration.

    Raises:
        SocketPlaceError: it is not.

    """
    text = str(path)
    if len(text.encode()) > _LONGEST:
        raise SocketPlaceError(f"longer than {_LONGEST} bytes, too long for a socket: {text}")
    if not path.is_absolute() or any(c.isspace() or c in "\"\\'#," for c in text):
        raise SocketPlaceError(f"tor cannot be told a path with a space or a quote: {text}")
