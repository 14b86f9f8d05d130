"""What the processes of one instance tell each other, over Redis or Valkey (ADR-0057).

Nothing that has to last goes through it, and nothing there is on a disk: subjects of pages that
changed, counts of limits, and the key of form tokens. It may go away at any time: pages are served
from each process's own memory, for a shorter time, and each counts by itself.
"""

import json
import secrets
from collections.abc import Callable, Iterable
from contextlib import suppress
from threading import Event, Thread
from time import monotonic
from typing import Any, Final

import redis

from app.db import EVERYTHING

from .logs import log_error, log_event

WAIT_S: Final = 0.1
"""So long a request waits for an answer; then this process goes on alone for `REST_S`."""
REST_S: Final = 2.0
_CHANNEL: Final = "goftogu:changed"
_FORM_KEY: Final = "goftogu:form-key"
_KEY_BYTES: Final = 32

Heard = Callable[[set[str], bool], None]
"""Called with subjects that another process changed, and whether words were taken away."""


class Shared:
    """A connection to what processes share; every call may find it gone, and then does nothing."""

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = {"socket_timeout": WAIT_S, "socket_connect_timeout": WAIT_S}
        # One try: whoever asks has a reader waiting, and can do without.
        retry = redis.retry.Retry(redis.backoff.NoBackoff(), 0)
        self.client = redis.Redis.from_url(url, retry=retry, **options)
        # Its types leave the subscription out.
        self._pubsub_client: Any = redis.Redis.from_url(url, socket_connect_timeout=WAIT_S)
        self._me = secrets.token_hex(8)
        self._rests_until = 0.0
        self._has_missed = False
        self._stop = Event()
        self._thread: Thread | None = None
        self.is_heard = False
        """Whether what others change reaches this process."""

    def attempt(self, act: Callable[[Any], Any]) -> Any:  # noqa: ANN401 (an answer of Redis)
        """Return what a call answers, or None where there is nobody to ask."""
        if monotonic() < self._rests_until:
            return None
        try:
            return act(self.client)
        except redis.RedisError as error:
            self._rests_until = monotonic() + REST_S
            log_event("shared-memory-gone", kind=type(error).__name__)
            return None

    def tell(self, subjects: Iterable[str], are_words_gone: bool = False) -> None:  # noqa: FBT001, FBT002 (`Teller`)
        """Tell the others, after a commit, what changed."""
        said = json.dumps([self._me, sorted(subjects), are_words_gone])
        if self.attempt(lambda client: client.publish(_CHANNEL, said)) is None:
            # They find out by the age of their pages, and for certain once it is back.
            self._has_missed = True

    def form_key(self) -> bytes:
        """Return the key of form tokens that all processes use: it is in no file."""
        own = secrets.token_bytes(_KEY_BYTES)
        self.attempt(lambda client: client.set(_FORM_KEY, own, nx=True))
        return self.attempt(lambda client: client.get(_FORM_KEY)) or own

    def listen(self, heard: Heard, form_key: bytes) -> None:
        """Call `heard` from now on, from a thread of its own; `form_key` outlives a restart."""

        def run() -> None:
            while not self._stop.is_set():
                try:
                    self._hear(heard, form_key)
                except redis.RedisError:
                    self.is_heard = False
                except Exception as error:  # noqa: BLE001 (this is a door)
                    self.is_heard = False
                    log_error("listening-failed", error)
                self._stop.wait(REST_S / 2)

        self._thread = Thread(target=run, name="shared", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join()
        for client in (self.client, self._pubsub_client):
            with suppress(redis.RedisError):
                client.close()

    def _hear(self, heard: Heard, form_key: bytes) -> None:
        with self._pubsub_client.pubsub(ignore_subscribe_messages=False) as pubsub:
            pubsub.subscribe(_CHANNEL)
            while not self._stop.is_set():
                message = pubsub.get_message(timeout=REST_S / 2)
                if self._has_missed and self.is_heard:
                    self._has_missed = False
                    self.tell([EVERYTHING])
                if message is None:
                    # Says nothing, or is gone without a word: ask.
                    pubsub.ping()
                elif message["type"] == "subscribe":
                    # From now on nothing passes unheard; what passed before is not known.
                    self.client.set(_FORM_KEY, form_key, nx=True)
                    heard({EVERYTHING}, True)
                    self.is_heard = True
                elif message["type"] == "message":
                    teller, subjects, are_words_gone = json.loads(message["data"])
                    if teller != self._me:
                        heard(set(subjects), are_words_gone)
