"""Logs without people in them: one JSON line an event, a crash as its class and place.

An exception's message, and what a library has to say, may hold what somebody typed: neither is
ever written, nor the time of day (SECURITY.md H3, H5).
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any, Final, TextIO

import structlog

from app.kernel.clock import Clock, day_of

_APP: Final = str(Path(__file__).resolve().parent.parent)
FIELDS: Final = ("event", "level", "day", "kind", "place")
"""All that a line may say."""

Event = MutableMapping[str, Any]


def begin_logs(clock: Clock, stream: TextIO | None = None) -> None:
    """Send every event of this process, ours and the libraries', to stderr in this form."""
    stream = stream or sys.stderr

    def stamp(_logger: object, _method: str, event: Event) -> Event:
        event["day"] = day_of(clock.now()).isoformat()
        return {name: str(event[name]) for name in FIELDS if name in event}

    structlog.configure(
        processors=[structlog.processors.add_log_level, stamp, structlog.processors.JSONRenderer()],
        logger_factory=structlog.WriteLoggerFactory(stream),
    )
    logging.basicConfig(handlers=[_Libraries(logging.WARNING)], level=logging.WARNING, force=True)
    logging.captureWarnings(capture=True)


class _Libraries(logging.Handler):
    """Tells that a library said something, and where its code stands; never what it said."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write one event."""
        if record.exc_info and record.exc_info[1] is not None:
            log_crash(record.exc_info[1])
            return
        level = "error" if record.levelno >= logging.ERROR else "warning"
        place = f"{record.filename}:{record.lineno}"
        getattr(structlog.get_logger(), level)("library", kind=record.name, place=place)


def log_crash(error: BaseException) -> None:
    """Write down what nobody caught: its class and place alone."""
    structlog.get_logger().error("crash", kind=type(error).__name__, place=place_of(error))


def place_of(error: BaseException) -> str:
    """Return the file and line of our code where an exception rose."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(_APP)]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "outside"
