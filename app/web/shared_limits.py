"""Limits that hold over all processes of an instance, and in each alone while the others are gone.

Each process counts by itself as ever (`limits.Gate`), and all of them together count in Redis; the
stricter one of both holds. There, names are HMACs under a key that only the instance's folder has.
"""

import hmac
import secrets
from typing import Final

from app.kernel.clock import Instant
from app.kernel.errors import TooFastError

from .limits import Bucket, Gate
from .shared import Shared

# A window's count, and that it ends; one turn of many, unless all are taken (0, or the seconds).
_COUNT: Final = """
local n = redis.call('INCR', KEYS[1])
if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end
return n"""
_GIVE_BACK: Final = """
if tonumber(redis.call('GET', KEYS[1]) or '0') > 0 then redis.call('DECR', KEYS[1]) end
return 1"""
_TURN: Final = """
local now, most, per, name = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - per)
if redis.call('ZCARD', KEYS[1]) >= most then
  return tonumber(redis.call('ZRANGE', KEYS[1], 0, 0, 'WITHSCORES')[2]) + per - now
end
if name ~= '' then
  redis.call('ZADD', KEYS[1], now, name)
  redis.call('EXPIRE', KEYS[1], per)
end
return 0"""


class SharedGate(Gate):
    """Counts attempts as `Gate` does, together with the other processes of the instance."""

    def __init__(self, shared: Shared, key: bytes) -> None:
        super().__init__()
        self._shared = shared
        self._key = key

    def count(self, bucket: Bucket, key: str, now: Instant) -> int:
        """Count one more, and return how many it are in this window."""
        name = self._window(bucket, key, now)
        count = self._shared.attempt(lambda client: client.eval(_COUNT, 1, name, bucket.per_s))
        return max(super().count(bucket, key, now), count or 0)

    def give_back(self, bucket: Bucket, key: str, now: Instant) -> None:
        """Count one less: what was counted did not come about."""
        super().give_back(bucket, key, now)
        name = self._window(bucket, key, now)
        self._shared.attempt(lambda client: client.eval(_GIVE_BACK, 1, name))

    def room(self, bucket: Bucket, key: str, now: Instant) -> int:
        """Return how many more are let through in this window."""
        name = self._window(bucket, key, now)
        count = int(self._shared.attempt(lambda client: client.get(name)) or 0)
        return min(super().room(bucket, key, now), max(0, bucket.most - count))

    def take_turn(self, bucket: Bucket, now: Instant) -> int:
        """Take one of the turns that all share; return 0, or in how many seconds one is free."""
        wait_s = super().take_turn(bucket, now)
        if wait_s:
            return wait_s
        wait_s = self._turn(bucket, now, secrets.token_hex(8))
        if wait_s:
            super().give_turn_back(bucket)
        return wait_s

    def wait_of_turn(self, bucket: Bucket, now: Instant) -> int:
        """Return in how many seconds one of the shared turns is free; 0 for at once."""
        return max(super().wait_of_turn(bucket, now), self._turn(bucket, now, ""))

    def give_turn_back(self, bucket: Bucket) -> None:
        """Free a turn again: what it was taken for did not come about."""
        super().give_turn_back(bucket)
        self._shared.attempt(lambda client: client.zpopmax(self._name("turns", bucket.name)))

    def take_own_turn(self, bucket: Bucket, key: str, now: Instant) -> int:
        """Take the one turn that a key has in `per_s` seconds; return 0, or in how many it has."""
        wait_s = super().take_own_turn(bucket, key, now)
        if wait_s:
            return wait_s
        left_s = self._once(self._name("own", bucket.name, key), bucket.per_s)
        if left_s:
            super().give_own_turn_back(bucket, key)
        return left_s

    def give_own_turn_back(self, bucket: Bucket, key: str) -> None:
        """Free a key's turn again: what it was taken for did not come about."""
        super().give_own_turn_back(bucket, key)
        self._shared.attempt(lambda client: client.delete(self._name("own", bucket.name, key)))

    def use_once(self, key: str, now: Instant, *, until: Instant) -> None:
        """Let a key through a single time; it is remembered until it would no longer hold anyway.

        Raises:
            TooFastError: it was used before.

        """
        super().use_once(key, now, until=until)
        if self._once(self._name("once", key), max(1, until - now + 1)):
            raise TooFastError("used before")

    def _once(self, name: str, for_s: int) -> int:
        """Set a mark; return 0, or in how many seconds the one that is there ends."""
        is_set = self._shared.attempt(lambda client: client.set(name, 1, nx=True, ex=for_s) or 0)
        if is_set is None or is_set:
            return 0
        return max(1, self._shared.attempt(lambda client: client.ttl(name)) or 1)

    def _turn(self, bucket: Bucket, now: Instant, name: str) -> int:
        values = (now, bucket.most, bucket.per_s, name)
        at = self._name("turns", bucket.name)
        return int(self._shared.attempt(lambda client: client.eval(_TURN, 1, at, *values)) or 0)

    def _window(self, bucket: Bucket, key: str, now: Instant) -> str:
        return self._name(str(now // bucket.per_s), bucket.name, key)

    def _name(self, *words: str) -> str:
        text = "\0".join(words).encode(errors="surrogatepass")
        return "goftogu:" + hmac.digest(self._key, text, "sha256").hex()
