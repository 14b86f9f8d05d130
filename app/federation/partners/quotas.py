"""How much a partner may bring: entries a day, bytes in all. One that is full stops no other."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from app.db import Work
from app.federation.folders import Source
from app.kernel.clock import DAY_S, day_of

from . import store
from .errors import QuotaError
from .model import Partner


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

    def _pass(self, raw: bytes | None) -> bytes | None:
        self.count += len(raw or b"")
        if self.count > self._left:
            raise QuotaError("as many bytes as its share of the disk holds")
        return raw


def _each(
    raws: Iterable[bytes | None], keep: Callable[[bytes | None], bytes | None]
) -> Iterator[bytes | None]:
    return (keep(raw) for raw in raws)
