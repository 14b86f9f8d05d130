"""Limits kept in memory: nothing about who tried what survives the process or reaches a disk."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from threading import BoundedSemaphore, Lock
from typing import Final

from app.kernel.clock import Instant
from app.kernel.errors import TooFastError

# One stretch of a passphrase takes a core for a tenth of a second: more at once starve the readers.
STRETCHES_AT_ONCE: Final = 2
WAITING_AT_MOST: Final = 8
WAIT_AT_MOST_S: Final = 2.0
_KEYS_AT_MOST: Final = 10_000


class Gate:
    """Counts attempts by bucket and key over fixed windows, and bounds costly work.

    Keys are things like a login name or a signing key, never an address: Python sees none.
    """

    def __init__(self) -> None:
        self._windows: OrderedDict[bytes, tuple[int, int]] = OrderedDict()
        self._used: dict[bytes, Instant] = {}
        self._waiting = 0
        self._lock = Lock()
        self._stretching = BoundedSemaphore(STRETCHES_AT_ONCE)

    def pass_through(self, bucket: str, key: str, now: Instant, *, most: int, per_s: int) -> None:
        """Count one attempt.

        Raises:
            TooFastError: more than `most` in this window of `per_s` seconds.

        """
        window, name = now // per_s, _digest(bucket, key)
        with self._lock:
            seen, count = self._windows.pop(name, (window, 0))
            count = count + 1 if seen == window else 1
            self._windows[name] = (window, count)
            while len(self._windows) > _KEYS_AT_MOST:
                self._windows.popitem(last=False)
        if count > most:
            raise TooFastError("too many attempts in this time")

    def use_once(self, key: str, now: Instant, *, until: Instant) -> None:
        """Let a key through a single time; it is remembered until it would no longer hold anyway.

        Raises:
            TooFastError: it was used before.

        """
        name = _digest("once", key)
        with self._lock:
            self._used = {used: end for used, end in self._used.items() if end >= now}
            if name in self._used:
                raise TooFastError("used before")
            self._used[name] = until

    @contextmanager
    def stretching(self) -> Iterator[None]:
        """Hold one of the few places where passphrases are stretched.

        Raises:
            TooFastError: they are taken, and enough others wait. Waiting holds a thread that
                readers need.

        """
        with self._lock:
            is_crowded = self._waiting >= WAITING_AT_MOST
            self._waiting += not is_crowded
        if is_crowded:
            raise TooFastError("too many passphrases at once")
        try:
            if not self._stretching.acquire(timeout=WAIT_AT_MOST_S):
                raise TooFastError("too many passphrases at once")
        finally:
            with self._lock:
                self._waiting -= 1
        try:
            yield
        finally:
            self._stretching.release()


def _digest(bucket: str, key: str) -> bytes:
    """Return a key of fixed length: what is remembered must not grow with what was typed."""
    return sha256(f"{bucket}\0{key}".encode(errors="surrogatepass")).digest()
