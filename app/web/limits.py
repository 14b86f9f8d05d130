"""Limits kept in memory: nothing about who tried what survives the process or reaches a disk."""

from collections import OrderedDict, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from threading import BoundedSemaphore, Lock
from typing import Final, NamedTuple

from app.kernel.clock import MINUTE_S, Instant
from app.kernel.errors import LimitError, TooFastError

# One stretch of a passphrase takes a core for a tenth of a second: more at once starve the readers.
# Each way in has a place of its own: whoever floods the one shuts nobody out who comes by another.
STRETCHES_AT_ONCE: Final = 1
WAITING_AT_MOST: Final = 8
WAIT_AT_MOST_S: Final = 2.0
_KEYS_AT_MOST: Final = 10_000


class Bucket(NamedTuple):
    """What is counted together, and how much of it is let through within `per_s` seconds."""

    name: str
    most: int
    per_s: int


# Far more than a person does, far less than a program would.
REQUESTS_OF_CIRCUIT: Final = Bucket("requests of a circuit", 300, MINUTE_S)
WRITING_OF_CIRCUIT: Final = Bucket("writing by a circuit", 150, 5 * MINUTE_S)
WRITING_OF_PERSONA: Final = Bucket("forms of a persona", 150, 5 * MINUTE_S)
WRITING_OF_PAGE: Final = Bucket("forms of one page", 50, 5 * MINUTE_S)
RECORDS_OF_KEY: Final = Bucket("records of a key", 3000, 5 * MINUTE_S)
PASSPHRASES_OF_SENDER: Final = Bucket("passphrases of a sender", 30, 5 * MINUTE_S)
"""Of a session or a circuit: each takes a core for a tenth of a second, for whatever name."""
TRIES_TO_REDEEM: Final = Bucket("tries with an invitation", 20, 5 * MINUTE_S)
"""Of a session or a circuit: more than somebody needs who copies words from paper."""


class BusyCircuitError(LimitError):
    """More came by one of tor's circuits than one reader asks for."""

    code = "busy-circuit"


class Gate:
    """Counts attempts by bucket and key over fixed windows, and bounds costly work.

    Keys are things like a login name or a signing key, never an address: Python sees none. Each
    bucket remembers the keys that it saw last, so that many of one sort push out none of another.
    """

    def __init__(self) -> None:
        self._windows: dict[str, OrderedDict[bytes, tuple[int, int]]] = defaultdict(OrderedDict)
        self._turns: dict[str, deque[Instant]] = defaultdict(deque)
        self._own_turns: dict[str, OrderedDict[bytes, Instant]] = defaultdict(OrderedDict)
        self._used: dict[bytes, Instant] = {}
        self._waiting: dict[str, int] = defaultdict(int)
        self._lock = Lock()
        self._stretching = defaultdict[str, BoundedSemaphore](
            lambda: BoundedSemaphore(STRETCHES_AT_ONCE)
        )

    def pass_through(self, bucket: str, key: str, now: Instant, *, most: int, per_s: int) -> None:
        """Count one attempt.

        Raises:
            TooFastError: more than `most` in this window of `per_s` seconds.

        """
        if self.count(Bucket(bucket, most, per_s), key, now) > most:
            raise TooFastError("too many attempts in this time")

    def fill(self, bucket: Bucket, key: str, now: Instant) -> None:
        """Count one act of many.

        Raises:
            LimitError: the bucket is full for this window.

        """
        if self.count(bucket, key, now) > bucket.most:
            raise LimitError("a bucket is full")

    @contextmanager
    def filling(self, bucket: Bucket, key: str, now: Instant) -> Iterator[Callable[[bool], None]]:
        """Count one act of many where the block says that it was new; else it is given back.

        Anyone can bring what somebody signed once more: that is nothing that its signer did.

        Raises:
            LimitError: the bucket is full for this window.

        """
        told: list[bool] = []
        self.fill(bucket, key, now)
        try:
            yield told.append
        finally:
            if not any(told):
                self.give_back(bucket, key, now)

    def count(self, bucket: Bucket, key: str, now: Instant) -> int:
        """Count one more, and return how many it are in this window."""
        window, name = now // bucket.per_s, _digest(bucket.name, key)
        with self._lock:
            windows = self._windows[bucket.name]
            seen, count = windows.pop(name, (window, 0))
            count = count + 1 if seen == window else 1
            windows[name] = (window, count)
            if len(windows) > _KEYS_AT_MOST:
                windows.popitem(last=False)
        return count

    def take(self, bucket: Bucket, key: str, now: Instant) -> bool:
        """Count one act of few, if the window has room for it; return whether it had."""
        has_room = self.count(bucket, key, now) <= bucket.most
        if not has_room:
            self.give_back(bucket, key, now)
        return has_room

    def give_back(self, bucket: Bucket, key: str, now: Instant) -> None:
        """Count one less: what was counted did not come about."""
        window, name = now // bucket.per_s, _digest(bucket.name, key)
        with self._lock:
            windows = self._windows[bucket.name]
            seen, count = windows.get(name, (window, 0))
            if seen == window and count:
                windows[name] = (window, count - 1)

    def room(self, bucket: Bucket, key: str, now: Instant) -> int:
        """Return how many more are let through in this window."""
        window, name = now // bucket.per_s, _digest(bucket.name, key)
        with self._lock:
            seen, count = self._windows[bucket.name].get(name, (window, 0))
        return max(0, bucket.most - count) if seen == window else bucket.most

    def take_turn(self, bucket: Bucket, now: Instant) -> int:
        """Take one of the turns that all share; return 0, or in how many seconds one is free.

        Not over fixed windows: around the end of one, twice as many would fit into the same time.
        """
        with self._lock:
            wait_s = self._wait_of_turn(bucket, now)
            if not wait_s:
                self._turns[bucket.name].append(now)
        return wait_s

    def wait_of_turn(self, bucket: Bucket, now: Instant) -> int:
        """Return in how many seconds one of the shared turns is free; 0 for at once."""
        with self._lock:
            return self._wait_of_turn(bucket, now)

    def take_own_turn(self, bucket: Bucket, key: str, now: Instant) -> int:
        """Take the one turn that a key has in `per_s` seconds; return 0, or in how many it has."""
        name = _digest(bucket.name, key)
        with self._lock:
            taken = self._own_turns[bucket.name]
            last = taken.get(name)
            if last is not None and now - bucket.per_s < last <= now + bucket.per_s:
                return last + bucket.per_s - now
            taken[name] = now
            taken.move_to_end(name)
            if len(taken) > _KEYS_AT_MOST:
                taken.popitem(last=False)
        return 0

    def give_own_turn_back(self, bucket: Bucket, key: str) -> None:
        """Free a key's turn again: what it was taken for did not come about."""
        with self._lock:
            self._own_turns[bucket.name].pop(_digest(bucket.name, key), None)

    def give_turn_back(self, bucket: Bucket) -> None:
        """Free a turn again: what it was taken for did not come about."""
        with self._lock:
            if self._turns[bucket.name]:
                self._turns[bucket.name].pop()

    def _wait_of_turn(self, bucket: Bucket, now: Instant) -> int:
        turns, per_s = self._turns[bucket.name], bucket.per_s
        # One that lies ahead was taken before the clock was set back.
        while turns and not now - per_s < turns[0] <= now + per_s:
            turns.popleft()
        return turns[0] + per_s - now if len(turns) >= bucket.most else 0

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
    def stretching(self, way: str) -> Iterator[None]:
        """Hold a place where passphrases are stretched; `way` is the kind of the listener.

        Raises:
            TooFastError: it is taken, and enough others wait. Waiting holds a thread that readers
                need.

        """
        with self._lock:
            places = self._stretching[way]
            is_crowded = self._waiting[way] >= WAITING_AT_MOST
            self._waiting[way] += not is_crowded
        if is_crowded:
            raise TooFastError("too many passphrases at once")
        try:
            if not places.acquire(timeout=WAIT_AT_MOST_S):
                raise TooFastError("too many passphrases at once")
        finally:
            with self._lock:
                self._waiting[way] -= 1
        try:
            yield
        finally:
            places.release()


class Circuits:
    """Bounds what comes by each of tor's circuits: the same as one address, but nobody's.

    A circuit that goes on after it was refused is told to whoever can close it. That call comes
    from the loop that serves everybody, so it must return at once.
    """

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self.close: Callable[[int], None] = lambda _circuit: None

    def count(self, circuit: int, now: Instant) -> int:
        """Count a request; return how many quotas its circuit has used up: 0 for a reader."""
        most = REQUESTS_OF_CIRCUIT.most
        count = self._gate.count(REQUESTS_OF_CIRCUIT, str(circuit), now)
        if count >= 2 * most and count % most == 0:
            self.close(circuit)
        return (count - 1) // most


def _digest(bucket: str, key: str) -> bytes:
    """Return a key of fixed length: what is remembered must not grow with what was typed."""
    return sha256(f"{bucket}\0{key}".encode(errors="surrogatepass")).digest()
