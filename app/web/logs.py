"""Logs without people in them: one JSON line an event, a crash as its class and place.

An exception's message, and what a library has to say, may hold what somebody typed: neither is
ever written, nor the time of day (SECURITY.md H3, H5).
"""

import json
import logging
import sys
import traceback
from pathlib import Path
from typing import Final, TextIO

from app.kernel.clock import Clock, day_of

_APP: Final = str(Path(__file__).resolve().parent.parent)
FIELDS: Final = ("event", "level", "day", "kind", "place")
"""All that a line may say."""
OWN: Final = "goftogu"
"""What our own loggers' names begin with. Their messages are names of events, never texts."""


def begin_logs(clock: Clock, stream: TextIO | None = None) -> None:
    """Send every event of this process, ours and the libraries', to stderr in this form."""
    handler = _Lines(clock, stream or sys.stderr)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


class _Lines(logging.Handler):
    """Writes events; of a library, that it said something and where its code stands, never what."""

    def __init__(self, clock: Clock, stream: TextIO) -> None:
        super().__init__(logging.WARNING)
        self._clock = clock
        self._stream = stream

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event as a line."""
        error = record.exc_info[1] if record.exc_info else None
        if record.name.partition(".")[0] == OWN:
            kind, place = getattr(record, "kind", ""), getattr(record, "place", "")
            said = {"event": record.msg, "kind": kind, "place": place}
        elif error is not None:
            said = {"event": "crash", "kind": type(error).__name__, "place": place_of(error)}
        else:
            place = f"{record.filename}:{record.lineno}"
            said = {"event": "library", "kind": record.name, "place": place}
        said["level"] = "error" if record.levelno >= logging.ERROR else "warning"
        said["day"] = day_of(self._clock.now()).isoformat()
        line = {name: said[name] for name in FIELDS if said[name]}
        self._stream.write(json.dumps(line) + "\n")
        self._stream.flush()


def log_crash(error: BaseException) -> None:
    """Write down what nobody caught: its class and place alone."""
    log_error("crash", error)


def log_error(event: str, error: BaseException) -> None:
    """Write down that something failed: the error's class and place alone."""
    log_event(event, kind=type(error).__name__, place=place_of(error))


def log_event(event: str, *, kind: str, place: str = "", level: int = logging.ERROR) -> None:
    """Write down one event; every word of it is ours."""
    logging.getLogger(OWN).log(level, event, extra={"kind": kind, "place": place})


def place_of(error: BaseException) -> str:
    """Return the file and line of our code where an exception rose."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(_APP)]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "outside"
