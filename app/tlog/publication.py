"""Where the log's files are: one path below `GOFTOGU_DATA/public` and below the instance's address.

So any web server, network of caches or object store can serve the folder as it is. What is under a
tile's path never changes; the checkpoint is the one file of C2SP tlog-tiles that does. Beside it
stands the last checkpoint that most of our witnesses have signed: a log that grows every second is
always a little ahead of them, and who asks for their signatures needs one that has them.
"""

from dataclasses import dataclass
from typing import Final

from .tiles import Tile, parse_path

CHECKPOINT_PATH: Final = "tlog/checkpoint"
WITNESSED_PATH: Final = "tlog/witnessed"
SEEN_PATH: Final = "tlog/seen"
"""What this instance last saw of its partners' logs, for everybody to compare (ADR-0055)."""
_PREFIX: Final = "tlog/"
_SECONDS_OF_A_CHECKPOINT: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication:
    """How a file of the log is served."""

    media_type: str
    lifetime_s: int | None
    """How long caches may keep it; None: for good."""


def path_of(tile: Tile) -> str:
    """Return where a tile or a bundle of entries is."""
    return _PREFIX + tile.path


def describe(path: str) -> Publication:
    """Return how the file under a path is served. No other path is a file of the log.

    Raises:
        MalformedError: not the one path of such a file.

    """
    if path in {CHECKPOINT_PATH, WITNESSED_PATH, SEEN_PATH}:
        return Publication(
            media_type="text/plain; charset=utf-8", lifetime_s=_SECONDS_OF_A_CHECKPOINT
        )
    parse_path(path.removeprefix(_PREFIX) if path.startswith(_PREFIX) else "")
    return Publication(media_type="application/octet-stream", lifetime_s=None)
