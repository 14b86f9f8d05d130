"""What a command changes of the process it runs in."""

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def process_kept() -> Iterator[None]:
    """Give back, after a block, the logs and the mode of new files that the tests had before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    umask = os.umask(0o077)
    os.umask(umask)
    try:
        yield
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:], root.level = handlers, level
        os.umask(umask)
