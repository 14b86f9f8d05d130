"""Limits kept in memory: nothing about who tried what survives the process or reaches a disk."""

from collections import OrderedDict
from threading import BoundedSemaphore, Lock
from typing import Final

from app.kernel.clock import Instant
from app.kernel.errors import TooFastError

# One stretch of a passphrase takes a core for a tenth of a second: more at once starve the readers.
STRETCHES_AT_ONCE: Final = 2
_KEYS_AT_MOST: Final = 10_000


class Gate:
    """Counts attempts by bucket and key over fixed windows, and bounds costly work.

    Keys are things like a login name or a signing key, never an address: Python sees none.
    """

    def __init__(self) -> None:
        self._windows: OrderedDict[tuple[str, str], tuple[int, int]] = OrderedDict()
        self._lock = Lock()
        self.stretching = BoundedSemaphore(STRETCHES_AT_ONCE)

    def pass_through(self, bucket: str, key: str, now: Instant, *, most: int, per_s: int) -> None:
        """Count one attempt.

        Raises:
            TooFastError: more than `most` in this window of `per_s` seconds.

        """
        window = now // per_s
        with self._lock:
            seen, count = self._windows.pop((bucket, key), (window, 0))
            count = count + 1 if seen == window else 1
            self._windows[bucket, key] = (window, count)
            while len(self._windows) > _KEYS_AT_MOST:
                self._windows.popitem(last=False)
        if count > most:
            raise TooFastError("too many attempts in this time")

    def use_once(self, bucket: str, key: str, now: Instant, *, per_s: int) -> None:
        """Let a key through a single time.

        Raises:
            TooFastError: it was used before.

        """
        self.pass_through(bucket, key, now, most=1, per_s=per_s)
