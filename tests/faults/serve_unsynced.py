"""`goftogu serve` with the promise broken: commits return before they are on the disk."""

import sys

from app.cli import operate
from app.db import engine

if __name__ == "__main__":
    pragmas = [line.replace("synchronous=FULL", "synchronous=NORMAL") for line in engine._PRAGMAS]
    assert "synchronous=NORMAL" in pragmas
    setattr(engine, "_PRAGMAS", tuple(pragmas))  # noqa: B010 (a constant, on purpose)
    operate.serve(sys.argv[1])
