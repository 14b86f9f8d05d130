"""Logs without people in them: one line an event, a crash as its class and place, never its words.

An exception's message may hold what somebody typed, so tracebacks and messages are dropped before
any handler sees them (SECURITY.md H3, H5).
"""

import logging
import traceback
from pathlib import Path
from typing import Final

_APP: Final = str(Path(__file__).resolve().parent.parent)


class CrashFilter(logging.Filter):
    """Turns a logged exception into its class and the line of ours where it rose."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass without its exception and without its arguments."""
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            record.msg = f"crash {type(error).__name__} {place_of(error)}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def place_of(error: BaseException) -> str:
    """Return the file and line of our code where an exception rose."""
    ours = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.startswith(_APP)]
    return f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "outside"


def quiet_server_logs() -> None:
    """Keep the server's own log free of what visitors sent."""
    for name in ("uvicorn", "uvicorn.error", "asyncio", "sqlalchemy"):
        logging.getLogger(name).addFilter(CrashFilter())
