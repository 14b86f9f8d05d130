"""How much a partner may bring: entries a day, bytes in all. One that is full stops no other."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from app.db import Work
from app.federation.folders import Folder, Source
from app.kernel.clock import DAY_S, day_of

from . import store
from .errors import QuotaError
from .model import Partner

BLOCK_BYTES: Final = 4096
"""What the smallest file takes of a disk: a share full of tiny ones would use up its inodes."""


def count_brought(work: Work, partner: Partner, more: int) -> None:
    """Count entries of a partner's log, or records that it hands over.

    Raises:
        QuotaError: that is more than it may bring in a day; nothing was counted then.

    """
    with work.attempt():
        count = store.count_entries(work, partner.did, day_of(work.now), more)
        if count > partner.most_entries:
            wait_s = DAY_S - work.now % DAY_S
            raise QuotaError(f"{partner.most_entries} entries a day", wait_s=wait_s)


class Metered:
    """A source whose bytes are counted, and that ends where its partner's share of the disk does.

    Files that are here already are not asked for, so that what is counted is what comes to lie
    here; what is removed later is not taken off.
    """

    def __init__(self, source: Source, left: int) -> None:
        """Let so many bytes through."""
        self._source = source
        self._left = left
        self.count = 0

    def read(self, path: str, most: int) -> bytes | None:
        """Return a file of the source.

        Raises:
            QuotaError: its bytes are used up.

        """
        return self._pass(self._source.read(path, most))

    def read_many(self, paths: Sequence[str], most: int) -> Iterator[bytes | None]:
        """Return several files, like `read`."""
        return _each(self._source.read_many(paths, most), self._pass)

    def is_gone(self, path: str) -> bool:
        """Whether the source says that something was erased."""
        return self._source.is_gone(path)

    def charge(self, count: int) -> None:
        """Count bytes.

        Raises:
            QuotaError: they are more than are left.

        """
        self.count += count
        if self.count > self._left:
            raise QuotaError("as many bytes as its share of the disk holds")

    def _pass(self, raw: bytes | None) -> bytes | None:
        self.charge(len(raw or b""))
        return raw


class Share(Folder):
    """A partner's copy, in which each new file takes whole blocks of its share.

    The bytes of a file are counted when they come, whether they hold or not; the rest of its last
    block when it comes to lie here: who spoils files on their way uses up no blocks.
    """

    def __init__(self, path: Path, metered: Metered) -> None:
        """Open it; what is written is charged to what meters its source."""
        super().__init__(path)
        self._metered = metered

    def write(self, path: str, content: bytes) -> None:
        """Put a file in place.

        Raises:
            QuotaError: its blocks are more than are left; nothing was written.
            NotAFileError: see `Folder`.

        """
        if not self.has(path):
            self._metered.charge(-len(content) % BLOCK_BYTES if content else BLOCK_BYTES)
        super().write(path, content)


def _each(
    raws: Iterable[bytes | None], keep: Callable[[bytes | None], bytes | None]
) -> Iterator[bytes | None]:
    return (keep(raw) for raw in raws)
